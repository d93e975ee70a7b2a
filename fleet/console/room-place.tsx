/** The place that a room stands in. It is saved as it is chosen: rights and meeting rules of that place hold at once. */
import { useTranslation } from 'react-i18next';
import { type RoomOverview, roomsApi } from '#contract/http/rooms-api.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/people.ts';
import ko from '#ui/words/ko/people.ts';
import { addWords } from '#ui/words/words.ts';
import { placeChoices } from './account-form.tsx';
import { FreshSignIn, useFreshAction } from './fresh-sign-in.tsx';
import { SelectField } from './select-field.tsx';
import { usePlaces } from './use-places.ts';
import { useLiveRooms } from './use-rooms.ts';

addWords({ people: { en, ko } });

export function RoomPlace({ room }: { room: RoomOverview }) {
  return (
    <FreshSignIn>
      <PlaceCard room={room} />
    </FreshSignIn>
  );
}

function PlaceCard({ room: { roomId, placeIds } }: { room: RoomOverview }) {
  const { t } = useTranslation('people');
  const { refresh } = useLiveRooms();
  const { places, problem } = usePlaces();
  const moving = useFreshAction();
  const move = async (chosen: string) => {
    const placeId = chosen === '' ? null : chosen;
    const params = { roomId };
    if ((await moving.run(() => callApi(roomsApi.setRoomPlace, { params, body: { placeId } }))) !== null) refresh();
  };
  return (
    <Card title={t('places.ofRoom')}>
      {places !== null && (
        <SelectField
          label={t('places.ofRoomLabel')}
          choices={placeChoices(places, t('fields.organisation'))}
          chosen={placeIds[0] ?? ''}
          isDisabled={moving.isPending}
          onChoose={(chosen) => void move(chosen)}
        />
      )}
      <ProblemWords problem={moving.problem ?? problem} />
    </Card>
  );
}
