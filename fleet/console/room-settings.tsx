/** A room for those who run it: the kiosk that is enrolled for it, its name, and its end. */
import Monitor from 'lucide-react/icons/monitor';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHashLocation } from 'wouter/use-hash-location';
import type { RouteAnswer } from '#contract/http/route.ts';
import { roomsApi, type RoomOverview } from '#contract/http/rooms-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ClaimKiosk } from './claim-kiosk.tsx';
import { RoomClaim, RoomNameField } from './room-claim.tsx';
import { type AsyncAction, useAsyncAction } from '#ui/use-async-action.ts';
import { useLiveRooms } from './use-rooms.ts';

type RoomProps = { room: RoomOverview };

export function KioskCard({ room }: RoomProps) {
  const { t } = useTranslation('console');
  const { refresh } = useLiveRooms();
  const [asking, setAsking] = useState<'claim' | 'claim-file' | 'revoke' | null>(null);
  const [claim, setClaim] = useState<RouteAnswer<typeof roomsApi.createClaim> | null>(null);
  const [isRevoked, setRevoked] = useState(false);
  const [isClaimed, setClaimed] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const params = { roomId: room.roomId };
  const makeClaim = async () => {
    setAsking(null);
    setClaim(await run(() => callApi(roomsApi.createClaim, { params })));
  };
  const revoke = async () => {
    setAsking(null);
    setRevoked((await run(() => callApi(roomsApi.revokeKiosk, { params }))) !== null);
    refresh();
  };
  return (
    <Card title={t('kiosk.title')} aside={<Icon of={Monitor} className="size-5 text-quiet" />}>
      <div className="flex flex-col gap-4">
        <p className="text-small text-quiet">{t(room.enrolled ? 'kiosk.enrolled' : 'kiosk.notEnrolled')}</p>
        <Button variant={room.enrolled ? 'plain' : 'primary'} onPress={() => setAsking('claim')}>
          {t(room.enrolled ? 'claim.replaceAction' : 'claim.action')}
        </Button>
        <Button isPending={isPending} onPress={() => (room.enrolled ? setAsking('claim-file') : void makeClaim())}>
          {t('kiosk.newClaim')}
        </Button>
        {room.enrolled && (
          <Button variant="danger-quiet" isDisabled={isPending} onPress={() => setAsking('revoke')}>
            {t('kiosk.revoke')}
          </Button>
        )}
        <p role="status" className="text-small font-semibold text-accent empty:hidden">
          {isClaimed ? t('claim.done') : isRevoked && !room.enrolled && t('kiosk.revoked')}
        </p>
        <ProblemWords problem={problem} />
      </div>
      <ConfirmDialog
        title={t('kiosk.newClaimTitle', { room: room.roomName })}
        body={t('kiosk.newClaimBody')}
        action={t('kiosk.newClaim')}
        isOpen={asking === 'claim-file'}
        onClose={() => setAsking(null)}
        onConfirm={() => void makeClaim()}
      />
      <ConfirmDialog
        title={t('kiosk.revokeTitle', { room: room.roomName })}
        body={t('kiosk.revokeBody')}
        action={t('kiosk.revokeAction')}
        isOpen={asking === 'revoke'}
        onClose={() => setAsking(null)}
        onConfirm={() => void revoke()}
      />
      <Dialog
        title={t('claim.title', { room: room.roomName })}
        isOpen={asking === 'claim'}
        onClose={() => setAsking(null)}
        className="sm:max-w-lg!"
      >
        {asking === 'claim' && (
          <ClaimKiosk
            room={room}
            onDone={() => {
              setAsking(null);
              setClaimed(true);
            }}
          />
        )}
      </Dialog>
      <Dialog
        title={t('add.claimTitle', { room: room.roomName })}
        isOpen={claim !== null}
        onClose={() => setClaim(null)}
        className="sm:max-w-lg!"
      >
        {claim !== null && <RoomClaim claim={claim} onDone={() => setClaim(null)} />}
      </Dialog>
    </Card>
  );
}

export function RoomItself({ room }: RoomProps) {
  const { t } = useTranslation('console');
  const { refresh } = useLiveRooms();
  const [, navigate] = useHashLocation();
  const [isRenaming, setRenaming] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const renaming = useAsyncAction();
  const removing = useAsyncAction();
  const inCall = room.call?.participantCount ?? 0;
  const remove = async () => {
    setAsking(false);
    if ((await removing.run(() => callApi(roomsApi.removeRoom, { params: { roomId: room.roomId } }))) === null) return;
    navigate('/');
    refresh();
  };
  const close = () => setRenaming(false);
  return (
    <Card title={t('settings.title')}>
      <div className="flex flex-col gap-4">
        <Button
          onPress={() => {
            renaming.dismissProblem();
            setRenaming(true);
          }}
        >
          {t('settings.rename')}
        </Button>
        <Button variant="danger-quiet" isPending={removing.isPending} onPress={() => setAsking(true)}>
          {t('settings.remove')}
        </Button>
        <ProblemWords problem={removing.problem} />
      </div>
      <Dialog title={t('settings.renameTitle', { room: room.roomName })} isOpen={isRenaming} onClose={close}>
        <Rename room={room} doing={renaming} onDone={close} />
      </Dialog>
      <ConfirmDialog
        title={t('settings.removeTitle', { room: room.roomName })}
        body={`${inCall > 0 ? `${t('settings.removeInCall', { count: inCall })} ` : ''}${t('settings.removeBody')}`}
        action={t('settings.remove')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      />
    </Card>
  );
}

type RenameProps = RoomProps & { doing: AsyncAction; onDone: () => void };

function Rename({ room, doing, onDone }: RenameProps) {
  const { t } = useTranslation('console');
  const { refresh } = useLiveRooms();
  const [name, setName] = useState(room.roomName);
  const [checked, setChecked] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const roomName = shownText(name);
    if (roomName === '' || doing.isPending) return;
    const params = { roomId: room.roomId };
    if ((await doing.run(() => callApi(roomsApi.renameRoom, { params, body: { roomName } }))) === null) return;
    refresh();
    onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      <RoomNameField name={name} onChange={setName} roomId={room.roomId} isMissing={checked} />
      <ProblemWords problem={doing.problem} />
      <Button type="submit" variant="primary" size="large" isPending={doing.isPending}>
        {t('settings.rename')}
      </Button>
    </form>
  );
}
