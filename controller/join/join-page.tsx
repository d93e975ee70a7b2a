/** Which page a guest sees: the check before, the call, or what became of it. */
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useDrawnAhead } from '#ui/use-drawn-ahead.ts';
import { useTrueFor } from '#ui/use-true-for.ts';
import { CallPage } from './call-page.tsx';
import { CheckPage } from './check-page.tsx';
import { EndedPage, FailedPage } from './ended-page.tsx';
import type { Guest } from './guest.ts';
import { JoiningPage } from './joining-page.tsx';

/** What is drawn meanwhile keeps the others' pictures waiting: at first nothing, then the button that works, then a page. */
const WAITING_SHOWN_AFTER_MS = 80;
const JOINING_SHOWN_AFTER_MS = 600;

export function JoinPage({ guest }: { guest: Guest }) {
  const entry = useSyncExternalStore(guest.entry.subscribe, guest.entry.getSnapshot);
  const call = useSyncExternalStore(guest.call.subscribe, guest.call.getSnapshot);
  const devices = useSyncExternalStore(guest.devices.subscribe, guest.devices.getSnapshot);
  const [name, setName] = useState<string | null>(null);
  const [pressed, setPressed] = useState(false);
  const title = entry.name === 'admitted' ? entry.meetingTitle : null;
  useEffect(() => {
    document.title = title === null ? 'Maru' : `${title} · Maru`;
  }, [title]);

  const join = useCallback(
    (displayName: string): void => {
      setPressed(true);
      setName(displayName);
      void guest.join(displayName).finally(() => setPressed(false));
    },
    [guest],
  );
  const again = (): void => {
    if (name !== null) join(name);
  };
  const { phase } = call;
  const slow = useTrueFor(phase.name === 'joining', JOINING_SHOWN_AFTER_MS);
  const waiting = useTrueFor(pressed, WAITING_SHOWN_AFTER_MS);
  const fromCheck = useRef(false);
  const waitsOnCheck = phase.name === 'joining' && fromCheck.current && !slow;
  fromCheck.current = waitsOnCheck || !['joining', 'joined', 'ended', 'failed'].includes(phase.name);
  const aheadAs = useDrawnAhead(phase.name === 'prepared' ? phase.peerId : null, phase.name === 'joining');
  const callDrawn = useRef<ReactNode>(null);
  if (entry.name === 'refused') return <FailedPage code={entry.code} onTryAgain={null} />;
  const joined = phase.name === 'joined' ? phase : null;
  const page = (): ReactNode => {
    switch (phase.name) {
      case 'joined':
        return null;
      case 'joining':
        if (waitsOnCheck) break;
        return <JoiningPage title={title} devices={devices} onCancel={() => guest.call.leave()} />;
      case 'ended':
        return <EndedPage reason={phase.reason} title={title} onJoinAgain={again} />;
      case 'failed':
        return <FailedPage code={phase.code} onTryAgain={name === null ? null : again} />;
    }
    return <CheckPage guest={guest} entry={entry} devices={devices} waiting={waiting} onJoin={join} />;
  };
  const selfPeerId = joined?.peerId ?? aheadAs;
  // the same element is not drawn again: what changes while one joins keeps the call waiting
  if (phase.name !== 'joining' || selfPeerId === null) {
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
      {page()}
      {callDrawn.current}
    </>
  );
}
