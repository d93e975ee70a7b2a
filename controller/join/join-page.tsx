/** Which page a person sees: the check before, the wait to be let in, the call, how it ended, or what it left behind. */
import { lazy, type ReactNode, useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { CallPhase } from '#call/call-state.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { Knock, TicketState } from '#contract/waiting.ts';
import { markOf } from '#ui/broadcast/air.ts';
import { codeOfPage, FetchedPage } from '#ui/fetched-page.tsx';
import { PreparedCall } from '#ui/prepared-call.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useDelayedStart } from '#ui/use-delayed-start.ts';
import { CallPage } from './call-page.tsx';
import { CheckPage } from './check-page.tsx';
import { EndedPage, FailedPage } from './ended-page.tsx';
import type { Guest } from './guest.ts';
import { JoiningNotice, JoiningPage } from './joining-page.tsx';
import { WaitingPage } from './waiting-page.tsx';

/** Drawing delays the others' pictures: at first nothing changes, then the button waits, then a page shows it. */
const WAITING_SHOWN_AFTER_MS = 80;
const JOINING_SHOWN_AFTER_MS = 600;
const BEFORE_JOINING: ReadonlySet<CallPhase['name']> = new Set(['idle', 'preparing', 'prepared', 'closed']);

/** What a knock came to, where it leads into no call. */
const OUTCOMES: Partial<Record<TicketState, ErrorCode>> = { declined: 'not-admitted', over: 'call-ended' };
/** of its own: who is about to be in a call does not wait for it */
const AfterPage = lazy(() => codeOfPage(import('./after-page.tsx')));
const goToStaff = (): void => location.assign(pagePaths.staff);

export function JoinPage({ guest }: { guest: Guest }) {
  const entry = useSyncExternalStore(guest.entry.subscribe, guest.entry.getSnapshot);
  const call = useSyncExternalStore(guest.call.subscribe, guest.call.getSnapshot);
  const devices = useSyncExternalStore(guest.devices.subscribe, guest.devices.getSnapshot);
  const waitsFor = useSyncExternalStore(guest.waitsFor.subscribe, guest.waitsFor.getSnapshot);
  const name = useRef<string | null>(null);
  const { run, isPending: waiting, problem } = useAsyncAction({ shownAfterMs: WAITING_SHOWN_AFTER_MS });
  const title =
    'meetingTitle' in entry ? entry.meetingTitle : entry.name === 'after' ? entry.record.meetingTitle : null;
  useEffect(() => {
    document.title = title === null ? 'Maru' : `${title} · Maru`;
  }, [title]);

  // the request goes out before anything is drawn: it would wait for the drawing
  const join = useCallback(
    (displayName: string): void => {
      name.current = displayName;
      void run(() => guest.join(displayName));
    },
    [guest, run],
  );
  const knock = useCallback((asked: Knock): void => void run(() => guest.knock(asked)), [guest, run]);
  const again = (): void => {
    if (name.current !== null) join(name.current);
  };
  const { phase } = call;
  const joined = phase.name === 'joined' ? phase : null;
  const joining = phase.name === 'joining';
  // the call has ended or gone on elsewhere, and a person who would be in it asks anew
  const mustAsk = phase.name === 'failed' && (entry.name === 'knock' || entry.name === 'waiting');
  const onCheck = BEFORE_JOINING.has(phase.name) || mustAsk;
  const startIsDelayed = useDelayedStart({ idle: onCheck, starting: joining }, JOINING_SHOWN_AFTER_MS);
  const onStaff = guest.way.kind === 'member' ? goToStaff : null;
  if (entry.name === 'refused') return <FailedPage code={entry.code} onTryAgain={null} onStaff={onStaff} />;
  if (entry.name === 'after')
    return (
      <FetchedPage wait={null} className="p-5">
        <AfterPage
          record={entry.record}
          readPdf={(minutesId) => guest.way.minutesPdf(minutesId)}
          readPage={(documentId, page) => guest.way.documentPage(documentId, page)}
          onJoin={entry.mayJoin ? () => guest.joinAgain() : null}
        />
      </FetchedPage>
    );
  const outcome = entry.name === 'waiting' && onCheck ? OUTCOMES[entry.state] : undefined;
  if (outcome)
    return (
      <FailedPage
        code={outcome}
        onTryAgain={outcome === 'not-admitted' ? () => void guest.stopWaiting() : null}
        onStaff={onStaff}
      />
    );
  if (entry.name === 'waiting' && onCheck) return <WaitingPage guest={guest} entry={entry} devices={devices} />;

  let before: ReactNode = null;
  if (onCheck || startIsDelayed)
    before = (
      <CheckPage
        guest={guest}
        entry={entry}
        waitsFor={waitsFor}
        devices={devices}
        waiting={waiting}
        air={markOf(call.announced.air)}
        isTranscribed={call.announced.transcript.isOn}
        problem={problem?.code ?? null}
        onJoin={join}
        onKnock={knock}
      />
    );
  else if (joining)
    before = <JoiningPage title={title} waitsFor={waitsFor} devices={devices} onCancel={() => guest.call.leave()} />;
  else if (phase.name === 'ended')
    before = (
      <EndedPage
        reason={phase.reason}
        wasLast={phase.wasLast ?? false}
        title={title}
        recordDays={entry.name === 'admitted' ? entry.recordDays : null}
        onJoinAgain={again}
        onStaff={onStaff}
      />
    );
  else if (phase.name === 'failed') before = <FailedPage code={phase.code} onTryAgain={again} onStaff={onStaff} />;
  return (
    <PreparedCall
      preparedAs={phase.name === 'prepared' ? phase.peerId : null}
      joining={joining}
      wanted={joining}
      joinedAs={joined?.peerId ?? null}
      coverClassName="bg-surface"
      before={before}
      notice={joining && !startIsDelayed && <JoiningNotice waitsFor={waitsFor} />}
    >
      {(selfPeerId) => (
        <CallPage
          guest={guest}
          call={call}
          phase={joined}
          selfPeerId={selfPeerId}
          title={joined?.meetingTitle ?? title ?? ''}
          meetingId={guest.way.kind === 'member' && 'meetingId' in entry ? entry.meetingId : null}
          devices={devices}
        />
      )}
    </PreparedCall>
  );
}
