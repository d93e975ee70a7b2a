/** React's side of the link: the projected view, and commands that are pending until the room has done them. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { toMaruError } from '#contract/error-codes.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { nextChangeAtMs, project } from './projection.ts';
import type { RemoteView } from './projection.ts';

/** What the room does sooner is seen done, and never seen pending; the tap itself is shown by the button. */
const PENDING_SHOWN_AFTER_MS = 80;
/** The room has said yes; its state follows within this, or the button is let go. */
const STATE_FOLLOWS_WITHIN_MS = 1_500;

export function useLinkView(link: RoomLink): { snapshot: LinkSnapshot; view: RemoteView } {
  const snapshot = useSyncExternalStore(link.subscribe, link.getSnapshot);
  const [, repaint] = useState(0);
  const now = Date.now();
  const nextAtMs = nextChangeAtMs(snapshot, now);
  useEffect(() => {
    if (nextAtMs === null) return;
    const timer = setTimeout(() => repaint((count) => count + 1), nextAtMs - Date.now() + 10);
    return () => clearTimeout(timer);
  }, [nextAtMs]);
  return { snapshot, view: project(snapshot, now) };
}

export type Problem = { code: ErrorCode; command: RoomCommand['name'] };
export type Ask = (command: RoomCommand, done?: (state: RoomState, link: LinkSnapshot) => boolean) => void;
export type Asking = {
  /** `done` says by what the room tells that it has happened; without it the reply is enough. One of a kind at a time. */
  ask: Ask;
  /** the pending command of that kind, before the room has done it */
  pending: (name: RoomCommand['name'], about?: string) => RoomCommand | null;
  problem: Problem | null;
  /** of a command that was told beside `ask` */
  report: (error: unknown, command: RoomCommand['name']) => void;
  dismissProblem: () => void;
};

/** What a command is about: two of one name about different things are under way side by side. */
function keyOf(command: RoomCommand): string {
  if ('peerId' in command) return command.name + command.peerId;
  if (command.name === 'recall-preset') return command.name + command.presetId;
  // every volume is told, the last one above all: a slider's end must not be lost to the value before it
  if (command.name === 'set-volume') return command.name + command.percent;
  if (command.name === 'choose-device') return command.name + command.kind;
  // one start at a time, of whichever meeting
  if (command.name === 'start-meeting') return command.name;
  return command.name + ('bookingId' in command ? command.bookingId : '');
}

export function useAsking(link: RoomLink): Asking {
  const [asked, setAsked] = useState<ReadonlyMap<string, RoomCommand>>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const underWay = useRef(new Map<string, RoomCommand>());

  const report = useCallback((error: unknown, command: RoomCommand['name']) => {
    setProblem({ code: toMaruError(error).code, command });
  }, []);
  const ask = useCallback<Ask>(
    (command, done) => {
      const key = keyOf(command);
      if (underWay.current.has(key)) return;
      const show = () =>
        setAsked((shown) => (shown.size + underWay.current.size === 0 ? shown : new Map(underWay.current)));
      underWay.current.set(key, command);
      const waits = setTimeout(show, PENDING_SHOWN_AFTER_MS);
      setProblem(null);
      void link
        .command(command)
        .then(() => (done === undefined ? undefined : stateFollows(link, done)))
        .catch((error: unknown) => report(error, command.name))
        .finally(() => {
          clearTimeout(waits);
          underWay.current.delete(key);
          show();
        });
    },
    [link, report],
  );
  const pending = useCallback((name: RoomCommand['name'], about = '') => asked.get(name + about) ?? null, [asked]);
  const dismissProblem = useCallback(() => setProblem(null), []);
  return { ask, pending, problem, report, dismissProblem };
}

function stateFollows(link: RoomLink, done: NonNullable<Parameters<Ask>[1]>): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const told = link.getSnapshot();
      if (told.state !== null && !done(told.state, told)) return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(() => {
      unsubscribe();
      resolve();
    }, STATE_FOLLOWS_WITHIN_MS);
    const unsubscribe = link.subscribe(check);
    check();
  });
}

/** The time, again each `everyMs`, for what counts up. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
