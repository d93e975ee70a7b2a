/** What each watcher of the rooms has not seen yet: the newest of each room, once; what was missed; or all anew. */
import { expect, it } from 'vitest';
import type { Reach } from '#contract/http/permissions.ts';
import type { HealthCounts, RoomRow } from '#contract/http/rooms-api.ts';
import { RoomChanges } from './room-changes.ts';

const counts: HealthCounts = {
  trouble: 0,
  limited: 0,
  'in-call': 0,
  starting: 0,
  ready: 0,
  'being-set-up': 0,
  'out-of-service': 0,
};
function watch(
  changes: RoomChanges,
  { lastEventId = null, reach = 'organisation' }: { lastEventId?: string | null; reach?: Reach } = {},
) {
  let wakes = 0;
  const gone = new Set<string>();
  const rowOf = (roomId: string) => (gone.has(roomId) ? null : ({ roomId } as RoomRow));
  const wake = () => {
    wakes += 1;
  };
  const feed = changes.open({ reach, lastEventId, rowOf, counts: () => counts, wake });
  const take = () =>
    feed
      .take()
      .map((event) =>
        event.name === 'ready'
          ? 'ready'
          : { rows: event.data.rows.map(({ roomId }) => roomId), removed: event.data.removedRoomIds },
      );
  return { take, feed, gone, wakes: () => wakes };
}
const lastIdOf = ({ feed }: ReturnType<typeof watch>): string => feed.take().at(-1)!.id!;

it('begins with ready, then tells each change once, however often a room changed', () => {
  const changes = new RoomChanges();
  changes.changed('a');
  const watcher = watch(changes);
  expect(watcher.take()).toEqual(['ready']);
  for (let i = 0; i < 5; i += 1) changes.changed('b');
  changes.changed('c');
  changes.notify();
  expect(watcher.wakes()).toBe(1);
  expect(watcher.take()).toEqual([{ rows: ['b', 'c'], removed: [] }]);
  expect(watcher.take()).toEqual([]);
  changes.notify();
  expect(watcher.wakes()).toBe(1);
});

it('gives who comes back what changed meanwhile, removed rooms included', () => {
  const changes = new RoomChanges();
  const first = watch(changes);
  changes.changed('a');
  const lastEventId = lastIdOf(first);
  first.feed.close();
  changes.changed('b');
  changes.removed('c');
  const back = watch(changes, { lastEventId });
  back.gone.add('c');
  expect(back.take()).toEqual([{ rows: ['b'], removed: ['c'] }]);
  expect(changes.isWatched).toBe(true);
  back.feed.close();
  expect(changes.isWatched).toBe(false);
});

it.each([
  ['of another process', 'another.3'],
  ['that is none', 'nonsense'],
  ['that is empty', ''],
  ['without a number', 'EPOCH.'],
  ['of a change that is still to come', 'EPOCH.9999.organisation'],
  ['of a negative change', 'EPOCH.-1.organisation'],
])('begins anew for an id %s', (_, lastEventId) => {
  const changes = new RoomChanges();
  changes.changed('a');
  const [epoch] = lastIdOf(watch(changes)).split('.');
  const made = lastEventId.replace('EPOCH', epoch!);
  expect(watch(changes, { lastEventId: made }).take()).toEqual(['ready']);
});

it('begins anew for who missed a removal that is no longer remembered', () => {
  const changes = new RoomChanges();
  const lastEventId = lastIdOf(watch(changes));
  for (let i = 0; i < 1_001; i += 1) changes.removed(String(i));
  expect(watch(changes, { lastEventId }).take()).toEqual(['ready']);
});

it('tells nobody of rooms beyond their reach', () => {
  const changes = new RoomChanges();
  const watcher = watch(changes, { reach: new Set(['a']) });
  const lastEventId = lastIdOf(watcher);
  changes.changed('a');
  changes.changed('b');
  expect(watcher.take()).toEqual([{ rows: ['a'], removed: [] }]);
  expect(watch(changes, { reach: new Set(['a']), lastEventId }).take()).toEqual([{ rows: ['a'], removed: [] }]);
});

it.each<[string, Reach, Reach]>([
  ['more', new Set(['a']), new Set(['a', 'b'])],
  ['less', new Set(['a', 'b']), new Set(['a'])],
  ['all', new Set(['a']), 'organisation'],
])('begins anew for who reaches %s rooms than before: nothing of them has changed', (_, former, reach) => {
  const changes = new RoomChanges();
  for (const roomId of ['a', 'b']) changes.changed(roomId);
  const lastEventId = lastIdOf(watch(changes, { reach: former }));
  expect(watch(changes, { reach, lastEventId }).take()).toEqual(['ready']);
  expect(watch(changes, { reach: former, lastEventId }).take()).toEqual([]);
});
