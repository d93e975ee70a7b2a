/** Makes a room, and shows the claim for its kiosk this once. */
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RouteAnswer } from '#contract/http/route.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { RoomClaim, RoomNameField } from './room-claim.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useLiveRooms } from './use-rooms.ts';

export function AddRoom() {
  const { t } = useTranslation('console');
  const { refresh } = useLiveRooms();
  const [isOpen, setOpen] = useState(false);
  const [roomName, setRoomName] = useState('');
  const [checked, setChecked] = useState(false);
  const [made, setMade] = useState<RouteAnswer<typeof roomsApi.createRoom> | null>(null);
  const { run, isPending, problem, dismissProblem } = useAsyncAction();
  const open = () => {
    setRoomName('');
    setChecked(false);
    setMade(null);
    dismissProblem();
    setOpen(true);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (shownText(roomName) === '' || isPending) return;
    const answer = await run(() => callApi(roomsApi.createRoom, { body: { roomName: shownText(roomName) } }));
    if (answer === null) return;
    setMade(answer);
    refresh();
  };
  return (
    <>
      <Button variant="primary" icon={Plus} onPress={open}>
        {t('add.button')}
      </Button>
      <Dialog
        title={made ? t('add.claimTitle', { room: shownText(roomName) }) : t('add.title')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        className="sm:max-w-lg!"
      >
        {made ? (
          <RoomClaim claim={made} onDone={() => setOpen(false)} />
        ) : (
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
            <RoomNameField name={roomName} onChange={setRoomName} roomId={null} isMissing={checked} />
            <ProblemWords problem={problem} />
            <Button type="submit" variant="primary" size="large" isPending={isPending}>
              {t('add.action')}
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}
