/** Who follows the actions of a room: each action as it goes on, pictures that can be fetched, lines of logs. */
import type { helpApi } from '#contract/http/help-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { LogLines, ShownAction } from '#contract/room-action.ts';
import type { EventFeed } from '../http/route.ts';

type ActionEvent = RouteEvent<typeof helpApi.roomActionChanges>;
type Follower = {
  onAction: (action: ShownAction) => void;
  onPicture: (actionId: string, atMs: number) => void;
  onLines: (lines: LogLines) => void;
};

/** for a client that reads slowly: what is beyond is counted */
const MOST_LINES_WAITING = 500;

export class ActionFeed {
  readonly #followers = new Map<string, Set<Follower>>();

  action(action: ShownAction): void {
    for (const follower of this.#of(action.roomId)) follower.onAction(action);
  }
  picture(roomId: string, actionId: string, atMs: number): void {
    for (const follower of this.#of(roomId)) follower.onPicture(actionId, atMs);
  }
  lines(roomId: string, lines: LogLines): void {
    for (const follower of this.#of(roomId)) follower.onLines(lines);
  }

  /** @param known those that are shown first */
  open(roomId: string, known: readonly ShownAction[], wake: () => void): EventFeed<ActionEvent> {
    const actions = new Map(known.map((action) => [action.actionId, action]));
    const pictures = new Map<string, number>();
    const lines = new Map<string, LogLines>();
    const follower: Follower = {
      onAction(action) {
        actions.set(action.actionId, action);
        wake();
      },
      onPicture(actionId, atMs) {
        pictures.set(actionId, atMs);
        wake();
      },
      onLines(newer) {
        lines.set(newer.actionId, joined(lines.get(newer.actionId), newer));
        wake();
      },
    };
    const followers = this.#followers.get(roomId) ?? new Set();
    this.#followers.set(roomId, followers);
    followers.add(follower);
    return {
      take: () => {
        const events: ActionEvent[] = [
          ...[...actions.values()].map((data) => ({ name: 'action' as const, data })),
          ...[...pictures].map(([actionId, atMs]) => ({ name: 'picture' as const, data: { actionId, atMs } })),
          ...[...lines.values()].flatMap(parts).map((data) => ({ name: 'lines' as const, data })),
        ];
        for (const pending of [actions, pictures, lines]) pending.clear();
        return events;
      },
      close: () => {
        followers.delete(follower);
        if (followers.size === 0) this.#followers.delete(roomId);
      },
    };
  }

  #of(roomId: string): Iterable<Follower> {
    return this.#followers.get(roomId) ?? [];
  }
}

/** The newest that are kept, in their order. */
function joined(former: LogLines | undefined, newer: LogLines): LogLines {
  if (!former) return newer;
  const lines = [...former.lines, ...newer.lines];
  const tooMany = Math.max(0, lines.length - MOST_LINES_WAITING);
  return {
    ...newer,
    lines: lines.slice(tooMany),
    skippedCount: former.skippedCount + newer.skippedCount + tooMany,
  };
}

const LINES_OF_EVENT = 50;
/** As many to an event as the contract allows. */
function parts({ lines, skippedCount, actionId }: LogLines): LogLines[] {
  const events: LogLines[] = [];
  for (let from = 0; from === 0 || from < lines.length; from += LINES_OF_EVENT)
    events.push({
      actionId,
      lines: lines.slice(from, from + LINES_OF_EVENT),
      skippedCount: from === 0 ? skippedCount : 0,
    });
  return events;
}
