/**
 * Who watches the list of rooms, and what each has not seen yet: the ids of changed and removed rooms, so that a slow
 * watcher gets the newest row of each, once. Who comes back gets what changed since, or begins anew.
 */
import { createHash } from 'node:crypto';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { HealthCounts, RoomRow, roomsApi } from '#contract/http/rooms-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { EventFeed } from '../http/route.ts';
import { newId } from '../store/index.ts';

type Watcher = { reach: Reach; isNew: boolean; pending: Set<string>; wake: () => void };
type Opened = {
  reach: Reach;
  lastEventId: string | null;
  /** null: removed */
  rowOf: (roomId: string) => RoomRow | null;
  counts: () => HealthCounts;
  wake: () => void;
};

/** how many removed rooms are remembered for those who come back */
const REMOVED_KEPT = 1_000;

export class RoomChanges {
  /** of this process: a watcher of a former one begins anew */
  readonly #epoch = newId();
  readonly #watchers = new Set<Watcher>();
  /** the last change of each room, removed ones included */
  readonly #revisions = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  #revision = 0;
  /** of the newest removal that is no longer remembered */
  #forgottenRevision = 0;

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  changed(roomId: string): void {
    this.#revision += 1;
    this.#removed.delete(roomId);
    this.#revisions.set(roomId, this.#revision);
    for (const { reach, pending } of this.#watchers) if (reaches(reach, roomId)) pending.add(roomId);
  }

  removed(roomId: string): void {
    this.changed(roomId);
    this.#removed.set(roomId, this.#revision);
    const [oldest] = this.#removed;
    if (this.#removed.size <= REMOVED_KEPT || !oldest) return;
    this.#removed.delete(oldest[0]);
    this.#revisions.delete(oldest[0]);
    this.#forgottenRevision = oldest[1];
  }

  notify(): void {
    for (const { pending, wake } of this.#watchers) if (pending.size > 0) wake();
  }

  open({ reach, lastEventId, rowOf, counts, wake }: Opened): EventFeed<RouteEvent<typeof roomsApi.roomChanges>> {
    const scope = scopeOf(reach);
    const missed = this.#missedSince(lastEventId, scope);
    const pending = new Set(missed?.filter((roomId) => reaches(reach, roomId)));
    const watcher: Watcher = { reach, isNew: missed === null, pending, wake };
    this.#watchers.add(watcher);
    return {
      take: () => {
        const id = `${this.#epoch}.${this.#revision}.${scope}`;
        if (watcher.isNew) {
          watcher.isNew = false;
          watcher.pending.clear();
          return [{ name: 'ready', id, data: { counts: counts() } }];
        }
        if (watcher.pending.size === 0) return [];
        const found = [...watcher.pending].map((roomId) => ({ roomId, row: rowOf(roomId) }));
        watcher.pending.clear();
        const rows = found.flatMap(({ row }) => row ?? []);
        const removedRoomIds = found.flatMap(({ roomId, row }) => (row ? [] : [roomId]));
        return [{ name: 'changed', id, data: { rows, removedRoomIds, counts: counts() } }];
      },
      close: () => void this.#watchers.delete(watcher),
    };
  }

  /** null: not known, or seen with another reach, of whose rooms nothing needs to have changed */
  #missedSince(lastEventId: string | null, scope: string): string[] | null {
    const [epoch, revision, seenScope] = lastEventId?.split('.') ?? [];
    const since = Number(revision);
    const isKnown = Number.isInteger(since) && since >= this.#forgottenRevision && since <= this.#revision;
    if (epoch !== this.#epoch || seenScope !== scope || !isKnown) return null;
    return [...this.#revisions].filter(([, changedAt]) => changedAt > since).map(([roomId]) => roomId);
  }
}

/** A reach, short enough for an event's id. */
const scopeOf = (reach: Reach): string =>
  reach === 'organisation'
    ? reach
    : createHash('sha256')
        .update([...reach].sort().join())
        .digest('base64url')
        .slice(0, 16);
