/** Where a place can stand, and moving it there with all that is in it. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlaceKind } from '#contract/http/permissions.ts';
import { placesApi } from '#contract/http/places-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { SelectField } from './select-field.tsx';
import type { PlaceInTree } from './use-places.ts';

/** A floor stands in a building or a site, a building in a site. */
export const kindsIn = (parent: PlaceInTree | null): PlaceKind[] =>
  parent === null
    ? ['site']
    : parent.kind === 'site'
      ? ['building', 'floor']
      : parent.kind === 'building'
        ? ['floor']
        : [];

/** Where else it can stand. */
export const placesToMoveTo = ({ kind, parentId }: PlaceInTree, places: readonly PlaceInTree[]): PlaceInTree[] =>
  places.filter((other) => other.placeId !== parentId && kindsIn(other).includes(kind));

type MovePlaceProps = { place: PlaceInTree; choices: readonly PlaceInTree[]; onDone: () => void };

export function MovePlace({ place, choices, onDone }: MovePlaceProps) {
  const { t } = useTranslation('people');
  const [parentId, setParentId] = useState(choices[0]?.placeId ?? '');
  const { run, isPending, problem } = useFreshAction();
  const { placeId, placeName } = place;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    const body = { parentId, placeName };
    if ((await run(() => callApi(placesApi.changePlace, { params: { placeId }, body }))) !== null) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <p className="text-base text-quiet">{t('places.moveLead')}</p>
      <SelectField
        label={t('places.moveInto')}
        choices={choices.map((choice) => ({ key: choice.placeId, words: choice.path }))}
        chosen={parentId}
        onChoose={setParentId}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('places.move')}
      </Button>
    </form>
  );
}
