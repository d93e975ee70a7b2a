/** Which page a guest sees: the check before, the call, or what became of it. */
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { CallPhase } from '#call/call-state.ts';
import { Cover } from '#ui/cover.tsx';
import { useDrawnAhead } from '#ui/use-drawn-ahead.ts';
import { useTrueFor } from '#ui/use-true-for.ts';
import { CallPage } from './call-page.tsx';
import { CheckPage } from './check-page.tsx';
import { EndedPage, FailedPage } from './ended-page.tsx';
import type { Guest } from './guest.ts';
import { JoiningNotice, JoiningPage } from './joining-page.tsx';

/** What is drawn meanwhile keeps the others' pictures waiting: at first nothing, then the button that works, then a page. */
const WAITING_SHOWN_AFTER_MS = 80;
const JOINING_SHOWN_AFTER_MS = 600;
const BEFORE_JOINING: ReadonlySet<CallPhase['name']> = new Set(['idle', 'preparing', 'prepared', 'closed']);

export function JoinPage({ guest }: { guest: Guest }) {
  const entry = useSyncExternalStore(guest.entry.subscribe, guest.entry.getSnapshot);
  const call = useSyncExternalStore(guest.call.subscribe, guest.call.getSnapshot);
  const devices = useSyncExternalStore(guest.devices.subscribe, guest.devices.getSnapshot);
  const waitsFor = useSyncExternalStore(guest.waitsFor.subscribe, guest.waitsFor.getSnapshot);
  const name = useRef<string | null>(null);
  const [waiting, setWaiting] = useState(false);
  const title = entry.name === 'admitted' ? entry.meetingTitle : null;
  useEffect(() => {
    document.title = title === null ? 'Maru' : `${title} · Maru`;
  }, [title]);

  // nothing is drawn before the request is out: it would wait for the drawing
  const join = useCallback(
    (displayName: string): void => {
      name.current = displayName;
      const waits = setTimeout(() => setWaiting(true), WAITING_SHOWN_AFTER_MS);
      void guest.join(displayName).finally(() => {
        clearTimeout(waits);
        setWaiting(false);
      });
    },
    [guest],
  );
  const again = (): void => {
    if (name.current !== null) join(name.current);
  };
  const { phase } = call;
  const joined = phase.name === 'joined' ? phase : null;
  const joining = phase.name === 'joining';
  const slow = useTrueFor(joining, JOINING_SHOWN_AFTER_MS);
  const aheadAs = useDrawnAhead(phase.name === 'prepared' ? phase.peerId : null, joining);
  // a call that is drawn ahead is seen from the press on; it gets its names when one is in
  const seesCall = joined !== null || (joining && aheadAs !== null);
  useEffect(() => {
    // the check page stays for a moment, a phone's keyboard must not
    if (seesCall && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, [seesCall]);
  const checkDrawn = useRef(false);
  const onCheck = BEFORE_JOINING.has(phase.name) || (joining && !seesCall && !slow && checkDrawn.current);
  checkDrawn.current = onCheck || (checkDrawn.current && seesCall);
  const callDrawn = useRef<ReactNode>(null);
  if (entry.name === 'refused') return <FailedPage code={entry.code} onTryAgain={null} />;

  const selfPeerId = joined?.peerId ?? aheadAs;
  // the same element is not drawn again: what changes while one joins keeps the call waiting
  if (!joining || selfPeerId === null) {
    callDrawn.current = selfPeerId !== null && (
      <CallPage
        guest={guest}
        call={call}
        phase={joined}
        selfPeerId={selfPeerId}
        title={joined?.meetingTitle ?? title ?? ''}
        devices={devices}
      />
    );
  }
  return (
    <>
      {checkDrawn.current && (
        <Cover lifted={!onCheck} className="z-10 bg-surface">
          <CheckPage
            guest={guest}
            entry={entry}
            waitsFor={waitsFor}
            devices={devices}
            waiting={waiting}
            onJoin={join}
          />
        </Cover>
      )}
      {joining && !onCheck && !seesCall && (
        <JoiningPage title={title} waitsFor={waitsFor} devices={devices} onCancel={() => guest.call.leave()} />
      )}
      {joining && seesCall && slow && <JoiningNotice waitsFor={waitsFor} />}
      {phase.name === 'ended' && <EndedPage reason={phase.reason} title={title} onJoinAgain={again} />}
      {phase.name === 'failed' && <FailedPage code={phase.code} onTryAgain={name.current === null ? null : again} />}
      {callDrawn.current && (
        <div inert={!seesCall} aria-hidden={!seesCall || undefined} className="fixed inset-0 contain-strict">
          {callDrawn.current}
        </div>
      )}
    </>
  );
}
