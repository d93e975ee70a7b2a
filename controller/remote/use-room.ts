/** React's side of the link: the projected view, and commands that are pending until the room has done them. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { DocumentAccess } from '#contract/grants.ts';
import type { ProjectionName, ProjectionValue } from '#contract/projections.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import { type AsyncAction, useAsyncAction } from '#ui/use-async-action.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { nextChangeAtMs, project } from './projection.ts';
import type { RemoteView } from './projection.ts';
import { type Presence, usePresence, type WhenPresent } from './use-presence.ts';

/** If the room acts within this time, nothing is shown pending; the button already shows the press. */
const PENDING_SHOWN_AFTER_MS = 80;
/** The room has accepted; if its state does not follow within this time, the button is released. */
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

/** The link of the room that the page shows. */
export const ShownRoomLink = createContext<RoomLink | null>(null);

/** What the room shows of itself, as it changes; null: nothing came yet. */
export function useProjection<N extends ProjectionName>(name: N): ProjectionValue<N> | null {
  const link = useContext(ShownRoomLink);
  if (link === null) throw new Error('useProjection is for pages of a room');
  const read = () => link.getSnapshot().projections[name] ?? null;
  return useSyncExternalStore(link.subscribe, read) as ProjectionValue<N> | null;
}

/** To the documents of the room's meeting; null: not now, or not by this server. */
export function useDocumentAccess(): DocumentAccess | null {
  const link = useContext(ShownRoomLink);
  if (link === null) throw new Error('useDocumentAccess is for pages of a room');
  return useSyncExternalStore(link.subscribe, () => link.getSnapshot().documentAccess ?? null);
}

export type Ask = (command: RoomCommand, done?: (state: RoomState, link: LinkSnapshot) => boolean) => void;
export type Asking = Pick<AsyncAction, 'problem' | 'report' | 'dismissProblem'> & {
  /** `done` recognises the result in the room's state; without it the reply is enough. One of a kind at a time. */
  ask: Ask;
  /** the pending command of that kind, before the room has done it */
  pending: (name: RoomCommand['name'], about?: string) => RoomCommand | null;
  /** for what is asked of others than the room */
  whenPresent: WhenPresent;
};

/** The key of a command: two of one name about different things may be under way at once. */
function keyOf(command: RoomCommand): string {
  if ('peerId' in command) return command.name + command.peerId;
  if (command.name === 'recall-preset') return command.name + command.presetId;
  // every volume is sent, above all the last: a slider's end must not be lost to the value before it
  if (command.name === 'set-volume') return command.name + command.percent;
  if (command.name === 'choose-device') return command.name + command.kind;
  if (command.name === 'set-order') return command.name + Object.keys(command.change).join();
  if (command.name === 'present') return command.name + command.act.act;
  // one start at a time, of whichever meeting
  if (command.name === 'join-call') return command.name;
  return command.name + ('bookingId' in command ? command.bookingId : '');
}

/** What needs a person in the room waits for `presence`. */
export function useAsking(link: RoomLink): Asking & { presence: Presence } {
  const commands = useAsyncAction<RoomCommand>({ shownAfterMs: PENDING_SHOWN_AFTER_MS });
  const { run, pending: pendingBy, problem, report, dismissProblem } = commands;
  const { presence, whenPresent } = usePresence(link);
  const ask = useCallback<Ask>(
    (command, done) => {
      const send = async (): Promise<void> => {
        const isDone = await whenPresent(() => link.command(command));
        if (isDone && done !== undefined) await stateFollows(link, done);
      };
      void run(send, { key: keyOf(command), about: command });
    },
    [link, run, whenPresent],
  );
  const pending = useCallback<Asking['pending']>((name, about = '') => pendingBy(name + about), [pendingBy]);
  return { ask, pending, presence, whenPresent, problem, report, dismissProblem };
}

function stateFollows(link: RoomLink, done: NonNullable<Parameters<Ask>[1]>): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const told = link.getSnapshot();
      const { state } = told.projections;
      if (state && !done(state, told)) return;
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
