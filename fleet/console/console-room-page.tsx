/** One room: how it is, the guest links of its meeting, the phones and tablets that control it, its kiosk and its name. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import Smartphone from 'lucide-react/icons/smartphone';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { roomsApi, type RoomOverview } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import devicesEn from '#ui/words/en/devices.ts';
import en from '#ui/words/en/fleet.ts';
import { ago, clockTime, dateAndTime } from '#ui/words/format.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import ko from '#ui/words/ko/fleet.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { DocumentPolicyCard } from './document-policy-card.tsx';
import { GuestLinks } from './guest-links.tsx';
import { callApi } from '#ui/http-client.ts';
import { useMay } from './account.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { LazyPage, pageCode } from './lazy-page.tsx';
import { lastSeenMs, Loading, StateMark, WhyWords } from './parts.tsx';
import { RoomAlerts } from './room-alerts.tsx';
import { SameName } from './room-claim.tsx';
import { RoomDevices } from './room-devices.tsx';
import { RoomHappenings } from './room-happenings.tsx';
import { RoomRecordCard } from './room-record-card.tsx';
import { RoomServiceCard } from './room-service-card.tsx';
import { RoomSignals } from './room-signals.tsx';
import { roomsHref } from './room-list-parts.tsx';
import { SettingsCard } from './settings-card.tsx';
import { KioskCard, RoomItself } from './room-settings.tsx';
import { Tablets } from './tablets.tsx';
import { UnreachableCall } from './unreachable-call.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useLiveState, useRoom } from './use-rooms.ts';

// what not everybody may do, and what draws charts
const remoteHelp = pageCode(() => import('./remote-help.tsx').then((module) => module.RemoteHelp));
const roomHistory = pageCode(() => import('./room-history.tsx').then((module) => module.RoomHistory));
const roomSoftware = pageCode(() =>
  import('./updates/room-software-card.tsx').then((module) => module.RoomSoftwareCard),
);
const roomPlace = pageCode(() => import('./room-place.tsx').then((module) => module.RoomPlace));

addWords({ fleet: { en, ko }, devices: { en: devicesEn, ko: devicesKo } });

export function ConsoleRoomPage({ roomId }: { roomId: string }) {
  const { t } = useTranslation('console');
  const { room, fetchedAtMs, problem } = useRoom(roomId);
  return (
    <>
      <a
        href={roomsHref()}
        className="inline-flex min-h-12 items-center gap-2 self-start text-small font-semibold text-accent"
      >
        <Icon of={ArrowLeft} className="size-4" />
        {t('room.back')}
      </a>
      {problem?.code === 'not-found' ? (
        <h1 className="text-title font-bold">{t('room.gone')}</h1>
      ) : room === null ? (
        problem === null ? (
          <Loading />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <Room room={room} fetchedAtMs={fetchedAtMs} />
      )}
    </>
  );
}

function Room({ room, fetchedAtMs }: { room: RoomOverview; fetchedAtMs: number }) {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  // paints again at each sign of life: what is so long ago grows
  const { isConnected, asOfMs } = useLiveState();
  const mayManageKiosk = useMay('kiosks.manage', room);
  const maySet = useMay('settings.manage', room);
  const mayManageRoom = useMay('rooms.manage', room);
  const mayManageDocuments = useMay('documents.manage', room);
  const mayHelp = useMay('rooms.help', room);
  const mayInvite = useMay('meetings.manage', room);
  const mayPair = useMay('controllers.manage', room);
  const seenMs = lastSeenMs(room);
  return (
    <>
      <div className="-mt-3 flex flex-col gap-3">
        <h1 className="text-title font-bold wrap-anywhere">{room.roomName}</h1>
        {room.hasSameName && <SameName words={t('sameName.listed')} />}
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <StateMark state={room.health} />
          <span className="numerals text-small">
            {fleet('service.since', { time: dateAndTime(room.healthSinceMs, currentLanguage()) })} (
            {ago(room.healthSinceMs, Date.now(), currentLanguage())})
          </span>
          {room.call !== null && (
            <span>{t('table.inMeeting', { title: room.call.meetingTitle, count: room.call.participantCount })}</span>
          )}
          <span className="numerals text-small text-quiet">
            {seenMs === null
              ? t('room.neverHeard')
              : t('room.heard', { ago: ago(seenMs, Date.now(), currentLanguage()) })}
          </span>
        </p>
        {!isConnected && asOfMs !== null && (
          <p role="status" className="text-small font-semibold text-warn">
            {t('now.stale', { time: clockTime(asOfMs, currentLanguage()) })}
          </p>
        )}
      </div>
      {room.reasons.length > 0 && (
        <ul
          className={`flex flex-col gap-3 rounded-card p-5 ${room.health === 'trouble' ? 'bg-fault-soft' : 'bg-warn-soft'}`}
        >
          {room.reasons.map((why) => (
            <li key={JSON.stringify(why)}>
              <WhyWords why={why} />
            </li>
          ))}
        </ul>
      )}
      <UnreachableCall room={room} fetchedAtMs={fetchedAtMs} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] lg:items-start">
        <div className="flex flex-col gap-6">
          <RoomSignals room={room} />
          {mayHelp && (
            <Suspense>
              <LazyPage code={remoteHelp} props={{ room }} />
            </Suspense>
          )}
          <Suspense>
            <LazyPage code={roomHistory} props={{ roomId: room.roomId }} />
          </Suspense>
          <RoomAlerts roomId={room.roomId} openCount={room.openAlertCount} />
          <RoomHappenings roomId={room.roomId} />
          {mayInvite && <GuestLinks meetingId={room.meetingId} />}
          {mayManageDocuments && <DocumentPolicyCard meetingId={room.meetingId} />}
          {maySet && (
            <SettingsCard key={room.roomId} scope={{ kind: 'room', roomId: room.roomId }} isOnline={room.online} />
          )}
        </div>
        <div className="flex flex-col gap-6">
          <RoomServiceCard room={room} mayChange={mayManageRoom} />
          <Suspense>
            <LazyPage code={roomSoftware} props={{ room }} />
          </Suspense>
          <RoomDevices room={room} />
          {mayPair && <Phones room={room} />}
          {mayPair && <Tablets roomId={room.roomId} />}
          {mayInvite && <RoomRecordCard room={room} />}
          {mayManageKiosk && <KioskCard room={room} />}
          {mayManageRoom && (
            <Suspense>
              <LazyPage code={roomPlace} props={{ room }} />
            </Suspense>
          )}
          {mayManageRoom && <RoomItself room={room} />}
        </div>
      </div>
    </>
  );
}

function Phones({ room }: { room: RoomOverview }) {
  const { t } = useTranslation('console');
  const [asking, setAsking] = useState(false);
  const [revokedCount, setRevokedCount] = useState<number | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const revoke = async () => {
    setAsking(false);
    const answer = await run(() => callApi(roomsApi.revokePairings, { params: { roomId: room.roomId } }));
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
