/** One room: how it is, the guest links of its meeting, the phones and tablets that control it, its kiosk and its name. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import Smartphone from 'lucide-react/icons/smartphone';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomSummary } from '#contract/http-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { ago } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { callApi } from './api.ts';
import { GuestLinks } from './guest-links.tsx';
import { ProblemWords, StateMark, WhyWords } from './parts.tsx';
import { SameName } from './room-claim.tsx';
import { healthOf } from './room-health.ts';
import { isTaken } from './room-names.ts';
import { KioskCard, RoomItself } from './room-settings.tsx';
import { Tablets } from './tablets.tsx';
import { UnreachableCall } from './unreachable-call.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { RoomList } from './use-api.ts';

type RoomPageProps = {
  room: RoomSummary;
  known: RoomList;
  /** kiosk and name are for administrators */
  mayManage: boolean;
};

export function ConsoleRoomPage({ room, known, mayManage }: RoomPageProps) {
  const { t } = useTranslation('console');
  const health = healthOf(room);
  const phase = room.state?.phase;
  return (
    <>
      <div className="flex flex-col gap-3">
        <a href="#/" className="inline-flex min-h-9 items-center gap-2 self-start text-small font-semibold text-accent">
          <Icon of={ArrowLeft} className="size-4" />
          {t('room.back')}
        </a>
        <h1 className="text-title font-bold wrap-anywhere">{room.roomName}</h1>
        {isTaken(room.roomName, known.rooms ?? [], room.roomId) && <SameName words={t('sameName.listed')} />}
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <StateMark state={health.state} />
          {phase?.name === 'in-call' && (
            <span>{t('table.inMeeting', { title: phase.meetingTitle, count: phase.participantCount })}</span>
          )}
          <span className="numerals text-small text-quiet">
            {room.lastSeenMs === null
              ? t('room.neverHeard')
              : t('room.heard', { ago: ago(room.lastSeenMs, Date.now(), currentLanguage()) })}
          </span>
        </p>
      </div>
      {health.why.length > 0 && (
        <ul
          className={`flex flex-col gap-3 rounded-card p-5 ${health.state === 'trouble' ? 'bg-fault-soft' : 'bg-warn-soft'}`}
        >
          {health.why.map((why) => (
            <li key={JSON.stringify(why)}>
              <WhyWords why={why} />
            </li>
          ))}
        </ul>
      )}
      <UnreachableCall room={room} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] lg:items-start">
        <GuestLinks meetingId={room.meetingId} />
        <div className="flex flex-col gap-6">
          <Phones room={room} />
          <Tablets roomId={room.roomId} />
          {mayManage && (
            <>
              <KioskCard room={room} onChanged={known.refresh} />
              <RoomItself room={room} rooms={known.rooms ?? []} onChanged={known.refresh} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Phones({ room }: { room: RoomSummary }) {
  const { t } = useTranslation('console');
  const [asking, setAsking] = useState(false);
  const [revokedCount, setRevokedCount] = useState<number | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const revoke = async () => {
    setAsking(false);
    const answer = await run(() => callApi('revokePairings', { params: { roomId: room.roomId } }));
    setRevokedCount(answer?.revokedCount ?? null);
  };
  return (
    <Card title={t('room.phones')} aside={<Icon of={Smartphone} className="size-5 text-quiet" />}>
      <div className="flex flex-col gap-4">
        <p className="text-small text-quiet">{t('room.phonesLead')}</p>
        <Button isPending={isPending} onPress={() => setAsking(true)}>
          {t('room.endPairings')}
        </Button>
        {revokedCount !== null && (
          <p role="status" className="text-small font-semibold text-accent">
            {t('room.ended', { count: revokedCount })}
          </p>
        )}
        <ProblemWords problem={problem} />
      </div>
      <ConfirmDialog
        title={t('room.endPairingsTitle', { room: room.roomName })}
        body={t('room.endPairingsBody')}
        action={t('room.endPairingsAction')}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => void revoke()}
      />
    </Card>
  );
}
