/** A presenter's acts: what is under way, and why one was refused. The line is a phone's room link or the staff page's routes. */
import { useCallback } from 'react';
import { type BroadcastAct, isOnAir, isRunning, type MeetingAir, type ProgramStage } from '#contract/broadcast.ts';
import type { MaruError } from '#contract/error-codes.ts';
import { useAsyncAction } from '../use-async-action.ts';

export type DirectorLine = {
  /** Resolves once the meeting's air shows it, or has had time to. @returns false: the person gave up. @throws MaruError */
  direct: (act: BroadcastAct) => Promise<boolean>;
  /** @throws MaruError */
  setRecording: (on: boolean) => Promise<void>;
};

type DirectedAct = BroadcastAct['name'] | 'set-recording';
export type Directing = {
  /** resolves false where it was refused, or the person gave up; never rejects */
  act: (act: BroadcastAct) => Promise<boolean>;
  setRecording: (on: boolean) => void;
  isPending: (name: DirectedAct) => boolean;
  problem: MaruError | null;
  dismissProblem: () => void;
};

/** What is done sooner is never shown pending. */
const PENDING_SHOWN_AFTER_MS = 80;

export function useDirecting({ direct, setRecording }: DirectorLine): Directing {
  const { run, pending, problem, dismissProblem } = useAsyncAction<DirectedAct>({
    shownAfterMs: PENDING_SHOWN_AFTER_MS,
  });
  const act = useCallback<Directing['act']>(
    async (asked) => (await run(() => direct(asked), { key: asked.name, about: asked.name })) ?? false,
    [run, direct],
  );
  const record = useCallback<Directing['setRecording']>(
    (on) => void run(() => setRecording(on), { key: 'set-recording', about: 'set-recording' }),
    [run, setRecording],
  );
  const isPending = useCallback<Directing['isPending']>((name) => pending(name) !== null, [pending]);
  return { act, setRecording: record, isPending, problem, dismissProblem };
}

/** The air shows that it is done. */
export function isDone(act: BroadcastAct, { broadcast }: MeetingAir): boolean {
  const phase = broadcast?.phase ?? 'ended';
  switch (act.name) {
    case 'open-green-room':
      return isRunning(phase);
    case 'start':
      return phase === 'countdown' || isOnAir(phase);
    case 'cancel-countdown':
      return phase !== 'countdown';
    case 'hold':
      return phase !== 'live';
    case 'resume':
      return phase !== 'hold';
    case 'set-stage':
      return isSameStage(act.stage, broadcast?.stage ?? null);
    case 'close-green-room':
      return phase !== 'green-room';
    case 'end':
      return !isRunning(phase);
  }
}

function isSameStage(asked: ProgramStage, shown: ProgramStage | null): boolean {
  return (
    asked.kind === shown?.kind && (asked.kind !== 'one' || (shown.kind === 'one' && asked.peerId === shown.peerId))
  );
}
