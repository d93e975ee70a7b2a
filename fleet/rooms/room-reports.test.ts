/** Whether a room is there, since when it was not heard, and what its clock says, over second lives of the room and of us. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { stateOf } from '../room-under-test.ts';
import { newId, type TelemetryStore } from '../store/index.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { RoomReports } from './room-reports.ts';
import { type Opened, openTelemetry } from './store-under-test.ts';

const roomId = newId();
let opened: Opened<TelemetryStore>;
let broker: BrokerUnderTest;
let clock: WallClock;
let reports: RoomReports;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
  opened = await openTelemetry();
  broker = new BrokerUnderTest();
  clock = new WallClock({ steadyNowMs: () => performance.now() });
  reports = new RoomReports({
    telemetry: opened.store,
    broker: broker as never,
    clock,
    logger: pino({ level: 'silent' }),
  });
});
afterEach(async () => {
  await reports.stop();
  vi.useRealTimers();
  await opened.end();
});

const presence = (changes: object = {}): void =>
  broker.receive('presence', roomId, {
    protocol: PROTOCOL_VERSION,
    online: true,
    epoch: 1,
    asOfMs: Date.now(),
    ...changes,
  });
const lastSaved = async (): Promise<number | undefined> => {
  await opened.store.write(async () => {});
  const rows = await opened.store.read.selectFrom('roomReport').select('lastSeenMs').execute();
  return rows.at(-1)?.lastSeenMs;
};
async function seenAgo(agoMs: number): Promise<void> {
  const row = { roomId, lastSeenMs: Date.now() - agoMs };
  await opened.store.write((trx) => trx.insertInto('roomReport').values(row).execute());
}

test.each([90_000, -90_000])(
  'a kiosk whose clock differs by %d ms: its time follows from ours, also after ours was set',
  async (differsByMs) => {
    await reports.start();
    presence({ asOfMs: Date.now() + differsByMs });
    expect(reports.clockOffsetOf(roomId)).toBe(differsByMs);
    vi.setSystemTime(Date.now() + 600_000);
    clock.nowMs();
    expect(reports.clockOffsetOf(roomId)).toBe(differsByMs - 600_000);
  },
);

test('a room is online until it was silent for 15 s, whatever the wall clock does', async () => {
  await reports.start();
  const shown: boolean[] = [];
  const unlisten = reports.listen(roomId, { onPresence: (online) => shown.push(online) });
  presence();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(ROOM_ONLINE_MS - 1);
  expect([reports.of(roomId).online, reports.onlineCount]).toEqual([true, 1]);
  vi.advanceTimersByTime(1);
  expect([reports.of(roomId).online, reports.onlineCount]).toEqual([false, 0]);
  expect(shown).toEqual([true, false]);
  unlisten();
  presence();
  expect(shown).toEqual([true, false]);
});

test('after our restart a room has the rest of its 15 s to be heard', async () => {
  await seenAgo(10_000);
  await reports.start();
  vi.advanceTimersByTime(4_999);
  expect(reports.of(roomId).online).toBe(true);
  vi.advanceTimersByTime(1);
  expect(reports.of(roomId).online).toBe(false);
});

test('a room whose 15 s were over before our restart is offline at once; one of a clock that was ahead has 15 s', async () => {
  await seenAgo(ROOM_ONLINE_MS);
  await reports.start();
  expect(reports.of(roomId)).toMatchObject({ online: false, lastSeenMs: Date.now() - ROOM_ONLINE_MS });
  const ahead = newId();
  await opened.store.write((trx) => trx.deleteFrom('roomReport').execute());
  const row = { roomId: ahead, lastSeenMs: Date.now() + 86_400_000 };
  await opened.store.write((trx) => trx.insertInto('roomReport').values(row).execute());
  const next = new RoomReports({
    telemetry: opened.store,
    broker: broker as never,
    clock,
    logger: pino({ level: 'silent' }),
  });
  await next.start();
  vi.advanceTimersByTime(ROOM_ONLINE_MS - 1);
  expect(next.of(ahead).online).toBe(true);
  vi.advanceTimersByTime(1);
  expect(next.of(ahead).online).toBe(false);
  await next.stop();
});

test('the will of a former life that comes late ends nothing; that of this life does, and is no sign of life', async () => {
  await reports.start();
  broker.receive('state', roomId, { ...stateOf(roomId, { name: 'idle' }), epoch: 5 });
  presence({ epoch: 5 });
  const seenMs = Date.now();
  vi.advanceTimersByTime(2_000);
  presence({ epoch: 4, online: false, asOfMs: 1 });
  expect(reports.of(roomId)).toMatchObject({ online: true, lastSeenMs: seenMs });
  expect(reports.clockOffsetOf(roomId)).toBe(0);
  presence({ epoch: 5, online: false });
  expect(reports.of(roomId)).toMatchObject({ online: false, lastSeenMs: seenMs });
});

test('the will of a room that was removed brings nothing of it back', async () => {
  await reports.start();
  presence();
  reports.remove(roomId);
  presence({ online: false });
  vi.advanceTimersByTime(2_000);
  expect(reports.of(roomId)).toEqual({ state: null, online: false, lastSeenMs: null });
  expect(await lastSaved()).toBeUndefined();
});

test('when a room was seen is saved within a second; what the disk refused with the next, and the last with our stop', async () => {
  await reports.start();
  presence();
  const seenMs = Date.now();
  vi.spyOn(opened.store, 'write').mockRejectedValueOnce(new Error('disk'));
  vi.advanceTimersByTime(1_000);
  expect(await lastSaved()).toBeUndefined();
  vi.advanceTimersByTime(1_000);
  expect(await lastSaved()).toBe(seenMs);
  broker.receive('commandReply', roomId, { ok: true, id: newId() });
  await reports.stop();
  expect(await lastSaved()).toBe(seenMs + 2_000);
  expect(vi.getTimerCount()).toBe(0);
});
