/** Which rooms have a call at a silent node: the three ways in which a meeting is a room's, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import type { CallRow } from './call-rows.ts';
import type { Calls } from './calls.ts';
import type { MediaNodes } from './media-nodes.ts';
import { UnreachableCalls } from './unreachable-calls.ts';

const [roomId, otherRoomId] = [newId(), newId()];
let dataDir: string;
let store: AuthorityStore;
let calls: Pick<CallRow, 'callId' | 'meetingId' | 'nodeId' | 'participantCount'>[];
let unreachable: UnreachableCalls;
const giveUp = vi.fn<Calls['giveUp']>();
const silentMs: Record<string, number> = { short: 2_000, long: 9_000 };
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-unreachable-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  giveUp.mockReset().mockImplementation(async (given) => given.length);
  calls = [];
  unreachable = new UnreachableCalls({
    store,
    nodes: { silentMs: (nodeId: string) => silentMs[nodeId] } as unknown as MediaNodes,
    calls: { unreachable: async () => calls, giveUp } as unknown as Calls,
  });
  for (const id of [roomId, otherRoomId])
    await store.write((trx) =>
      trx.insertInto('room').values({ roomId: id, roomName: id, createdAtMs: 1, placeId: null }).execute(),
    );
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

type Of = { own?: string; booking?: string; asked?: string[] };
async function callAt(nodeId: string, participantCount: number, { own, booking, asked = [] }: Of): Promise<string> {
  const [callId, meetingId] = [newId(), newId()];
  await store.write(async (trx) => {
    await trx
      .insertInto('meeting')
      .values({ meetingId, roomId: own ?? null, title: 'M', createdAtMs: 1 })
      .execute();
    if (booking)
      await trx.insertInto('bookingMeeting').values({ roomId: booking, bookingId: callId, meetingId }).execute();
    for (const each of asked) await trx.insertInto('meetingRoom').values({ meetingId, roomId: each }).execute();
  });
  calls.push({ callId, meetingId, nodeId, participantCount });
  return callId;
}
const given = () => giveUp.mock.calls.map(([rows]) => rows.map(({ callId }) => callId).sort());

test.each<[string, Of]>([
  ['own', { own: roomId }],
  ['booked', { booking: roomId }],
  ['asked for', { asked: [roomId] }],
])('a call of a meeting that is the room’s %s is named and given up, and no other', async (_, of) => {
  await callAt('short', 5, { own: otherRoomId });
  const callId = await callAt('long', 2, of);
  expect((await unreachable.byRoom()).get(roomId)).toEqual({ silentMs: 9_000, participantCount: 2 });
  expect(await unreachable.giveUp(roomId, 'account:it')).toBe(1);
  expect(given()).toEqual([[callId]]);
});

test('calls of one room count together: their people, and the longest silence', async () => {
  const ids = [
    await callAt('long', 2, { own: roomId }),
    await callAt('short', 3, { booking: roomId }),
    await callAt('short', 4, { asked: [roomId, otherRoomId] }),
  ];
  expect([...(await unreachable.byRoom())]).toEqual(
    expect.arrayContaining([
      [roomId, { silentMs: 9_000, participantCount: 9 }],
      [otherRoomId, { silentMs: 2_000, participantCount: 4 }],
    ]),
  );
  expect(await unreachable.giveUp(roomId, 'account:it')).toBe(3);
  expect(given()).toEqual([ids.sort()]);
});

test('a room whose calls came back meanwhile is refused, and one that is unknown or removed is not found', async () => {
  await callAt('long', 2, { own: roomId });
  giveUp.mockResolvedValue(0);
  await expect(unreachable.giveUp(roomId, 'account:it')).rejects.toMatchObject({ code: 'not-possible-now' });
  await expect(unreachable.giveUp(newId(), 'account:it')).rejects.toMatchObject({ code: 'not-found' });
  await store.write((trx) =>
    trx.updateTable('room').set({ removedAtMs: 1 }).where('roomId', '=', otherRoomId).execute(),
  );
  await expect(unreachable.giveUp(otherRoomId, 'account:it')).rejects.toMatchObject({ code: 'not-found' });
});
