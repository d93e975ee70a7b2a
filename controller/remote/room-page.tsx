/** A paired remote: keeps the link, and chooses the screen by the projection. */
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Floor } from '#ui/floor.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { elapsed } from '#ui/words/format.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { DocumentsDoor } from './documents-door.tsx';
import { DoorPage } from './door-page.tsx';
import { EndedScreen } from './ended-screen.tsx';
import { Header } from './header.tsx';
import { CallForHelp, HelpCard } from './help-call.tsx';
import { IdleScreen } from './idle-screen.tsx';
import { PresenceDialog } from './presence-dialog.tsx';
import type { StoredPairing } from './stored-pairing.ts';
import { ProblemNote, ReconnectingMark } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import { useStayAwake } from './stay-awake.ts';
import { Still } from '#ui/still.tsx';
import { useDelayedStart } from '#ui/use-delayed-start.ts';
import { useNow } from '#ui/use-now.ts';
import { StartingScreen } from './starting-screen.tsx';
import { UnknownScreen } from './unknown-screen.tsx';
import { FaultScreen, GoneScreen, RefusedScreen } from './trouble-screens.tsx';
import { usePrepare } from './use-prepare.ts';
import { WaitingPeople } from './waiting-people.tsx';
import { UpdateCard } from './update-card.tsx';
import { useCallCode } from './use-call-code.ts';
import { type Asking, ShownRoomLink, useAsking, useLinkView } from './use-room.ts';

type RoomPageProps = {
  link: RoomLink;
  pairing: StoredPairing;
  /** the tablet hangs outside and shows whether the room is free */
  atDoor: boolean;
  onDoor: (atDoor: boolean) => void;
  onPairingOver: (code: ErrorCode | null) => void;
};

/** Only these are mended by a reload; every other refusal means that the pairing is over. */
const VERSION_CODES: readonly ErrorCode[] = ['client-too-old', 'server-too-old'];

/** Where somebody can be let in. */
const waitsFor: ReadonlySet<RemoteView['screen']> = new Set(['idle', 'starting', 'in-call']);

export function RoomPage({ link, pairing, atDoor, onDoor, onPairingOver }: RoomPageProps) {
  const { t } = useTranslation('remote');
  const { snapshot, view } = useLinkView(link);
  const asking = useAsking(link);
  const callCode = useCallCode();
  usePrepare(link, view.screen === 'idle' && snapshot.connection === 'connected' && !atDoor);
  useStayAwake(atDoor || pairing.kind === 'tablet');
  const over = view.screen === 'refused' && !VERSION_CODES.includes(view.code) ? view.code : null;
  useEffect(() => {
    if (over !== null) onPairingOver(over);
  }, [over, onPairingOver]);
  const shownName = snapshot.roomName ?? pairing.roomName ?? '';
  useEffect(() => {
    document.title = t('pageTitle', { room: shownName });
  }, [t, shownName]);

  const unpair = () => {
    link.unpair();
    onPairingOver(null);
  };
  const reachesRoom = view.screen !== 'loading' && view.screen !== 'refused' && view.screen !== 'gone';
  const quietScreen = view.screen !== 'in-call';
  const startIsDelayed = useDelayedStart({ idle: view.screen === 'idle', starting: view.screen === 'starting' });
  // the header too: a start changes it for too short a time to be read
  const page = (
    <Still still={startIsDelayed}>
      <div className="relative isolate flex min-h-dvh flex-col overflow-clip">
        {quietScreen && <Floor />}
        <ShownRoomLink value={link}>
          <Header
            roomName={shownName}
            status={<Status view={view} roomName={shownName} clockOffsetMs={snapshot.clockOffsetMs} />}
            isTablet={pairing.kind === 'tablet'}
            onDoor={() => onDoor(true)}
            onUnpair={unpair}
          >
            {reachesRoom && <CallForHelp asking={asking} />}
          </Header>
          {reachesRoom && <HelpCard link={link} asking={asking} />}
          {view.screen === 'idle' && <UpdateCard asking={asking} />}
          <DocumentsDoor link={link} snapshot={snapshot} view={view} asking={asking}>
            {waitsFor.has(view.screen) && <WaitingPeople link={link} waiting={snapshot.waiting} />}
            <Screen
              view={view}
              link={link}
              snapshot={snapshot}
              asking={asking}
              callCode={callCode}
              isTablet={pairing.kind === 'tablet'}
            />
          </DocumentsDoor>
        </ShownRoomLink>
        <PresenceDialog presence={asking.presence} />
        {quietScreen && (
          <div className="fixed inset-x-0 top-16 z-20 mx-auto w-full max-w-xl px-5">
            <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
          </div>
        )}
      </div>
    </Still>
  );
  // a refusal of this tablet must be seen, wherever it hangs
  if (!atDoor || view.screen === 'refused') return page;
  return (
    <DoorPage
      view={view}
      roomName={shownName}
      clockOffsetMs={snapshot.clockOffsetMs}
      asking={asking}
      onLeave={() => onDoor(false)}
    />
  );
}

type ScreenProps = {
  view: RemoteView;
  link: RoomLink;
  snapshot: LinkSnapshot;
  asking: Asking;
  callCode: ReturnType<typeof useCallCode>;
  isTablet: boolean;
};

function Screen({ view, link, snapshot, asking, callCode, isTablet }: ScreenProps) {
  switch (view.screen) {
    case 'loading':
      return <LoadingScreen roomName={view.roomName} />;
    case 'refused':
      return <RefusedScreen code={view.code} />;
    case 'gone':
      return <GoneScreen view={view} />;
    case 'idle':
      return <IdleScreen view={view} asking={asking} />;
    case 'starting':
      return <StartingScreen view={view} asking={asking} />;
    case 'in-call':
      return callCode === null ? (
        <LoadingScreen roomName={view.roomName} />
      ) : (
        <callCode.CallScreen view={view} link={link} snapshot={snapshot} asking={asking} isTablet={isTablet} />
      );
    case 'ended':
      return <EndedScreen view={view} asking={asking} />;
    case 'fault':
      return <FaultScreen view={view} asking={asking} />;
    case 'unknown':
      return <UnknownScreen view={view} asking={asking} />;
  }
}

function LoadingScreen({ roomName }: { roomName: string | null }) {
  const { t } = useTranslation('remote');
  return (
    <main className="flex flex-1 flex-col items-center justify-center gap-4 pb-24 text-quiet">
      <h1 className="sr-only">{roomName}</h1>
      <Spinner className="size-10 text-accent" />
      <p role="status">{t('loading')}</p>
    </main>
  );
}

const dotClass = { free: 'bg-accent', released: 'bg-accent', due: 'bg-warn', booked: 'bg-ink' } as const;

/** One line: the room where the screen does not name it, the call's time, or that the line is being mended. */
function Status({ view, roomName, clockOffsetMs }: { view: RemoteView; roomName: string; clockOffsetMs: number }) {
  const { t } = useTranslation('remote');
  const words = useBookingWords('day' in view ? view.day?.timeZone : undefined);
  const now = useNow(1_000);
  if ('reconnecting' in view && view.reconnecting) return <ReconnectingMark />;
  if (view.screen === 'idle') {
    if (view.cutOff) return <CutOff />;
    return (
      <span className="inline-flex items-center gap-2">
        <span className={`size-2 rounded-full ${view.day === null ? 'bg-accent' : dotClass[view.day.now.kind]}`} />
        {view.day === null ? t('idle.ready') : words.holds(view.day.now)}
      </span>
    );
  }
  const time = view.screen === 'in-call' ? elapsed(now + clockOffsetMs - view.phase.startedAtMs) : null;
  return (
    <span className="flex items-baseline gap-2">
      <span className="truncate font-semibold text-ink">{roomName}</span>
      {time !== null && (
        <span className="numerals shrink-0" role="timer" aria-label={t('call.since', { time })}>
          {time}
        </span>
      )}
    </span>
  );
}

/** The notices below name the fault. */
function CutOff() {
  const { t } = useTranslation('remote');
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-warn">
      <Icon of={TriangleAlert} className="size-4" />
      {t('idle.cutOff')}
    </span>
  );
}
