/** Whose page is there: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { LEASE_MS, TicketLeases, type Waiter } from './ticket-leases.ts';

let dataDir: string;
let store: AuthorityStore;
let nowMs = 0;
let changed: string[] = [];
const onFatal = (error: unknown): void => {
  throw error;
};
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-leases-'));
  store = authorityStore({ dataDir, onFatal });
  await store.start();
  nowMs = 0;
  changed = [];
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const waiter = (ticketId: string): Waiter => ({
  ticketId,
  meetingId: 'm',
  inviteId: null,
  network: 'n',
  isKnown: false,
});
const leases = (onFailed = onFatal as (error: unknown) => void) =>
  new TicketLeases({ store, onChanged: (meetingId) => changed.push(meetingId), onFailed, nowMs: () => nowMs });
const there = (them: TicketLeases) => them.of('m').map(({ ticketId }) => ticketId);
function pass(them: TicketLeases, ms: number): void {
  for (const endMs = nowMs + ms; nowMs < endMs; ) {
    nowMs += 1_000;
    them.tick();
  }
}

test('a page that follows stays for hours; one that is gone is listed for a minute, and is back when it returns', () => {
  const them = leases();
  const release = them.hold(waiter('a'));
  pass(them, 3 * 3_600_000);
  expect(there(them)).toEqual(['a']);
  release();
  pass(them, LEASE_MS - 1_000);
  expect(there(them)).toEqual(['a']);
  changed = [];
  pass(them, 1_000);
  expect(there(them)).toEqual([]);
  expect(changed).toEqual(['m']);
  them.hold(waiter('a'));
  expect(there(them)).toEqual(['a']);
  expect(changed).toEqual(['m', 'm']);
});

test('a second page of one ticket that goes takes nobody along', () => {
  const them = leases();
  const [one] = [them.hold(waiter('a')), them.hold(waiter('a'))];
  one();
  one();
  pass(them, 2 * LEASE_MS);
  expect(there(them)).toEqual(['a']);
});

/** A ticket that waits, whose page was there so long ago. */
const waits = (ticketId: string, agoMs: number) =>
  store.write(async (trx) => {
    await trx
      .insertInto('meeting')
      .values({ meetingId: 'm', roomId: null, title: '', createdAtMs: 1 })
      .onConflict((c) => c.doNothing())
      .execute();
    await trx
      .insertInto('ticket')
      .values({
        ticketId,
        ticketHash: ticketId,
        meetingId: 'm',
        inviteId: null,
        accountId: null,
        person: ticketId,
        displayName: ticketId,
        organisation: null,
        network: 'n',
        state: 'waiting',
        createdAtMs: 1,
        seenAtMs: Date.now() - agoMs,
        decidedBy: null,
        decidedAtMs: null,
      })
      .execute();
  });
const seenAtMs = async (ticketId: string) =>
  (await store.read.selectFrom('ticket').select('seenAtMs').where('ticketId', '=', ticketId).executeTakeFirst())
    ?.seenAtMs;

test('what is saved is when each page was there last, by the clock of the day', async () => {
  const [gone, there] = ['gone', 'there'];
  for (const ticketId of [gone, there]) await waits(ticketId, 10 * LEASE_MS);
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 });
  try {
    const them = leases();
    them.hold(waiter(there));
    nowMs = 5_000;
    them.touch(waiter(gone));
    nowMs = 20_000;
    them.tick();
    await expect.poll(() => seenAtMs(there)).toBe(1_000_000_000_000);
    expect(await seenAtMs(gone)).toBe(1_000_000_000_000 - 15_000);
  } finally {
    vi.useRealTimers();
  }
});

test('what could not be saved is saved the next time, though its page is gone by then', async () => {
  await waits('a', 10 * LEASE_MS);
  const failed: unknown[] = [];
  const them = leases((error) => failed.push(error));
  const before = (await seenAtMs('a'))!;
  vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk full'));
  them.touch(waiter('a'));
  pass(them, 20_000);
  await expect.poll(() => failed.length).toBe(1);
  pass(them, 20_000);
  await expect.poll(() => seenAtMs('a')).toBeGreaterThan(before);
});

test('a page that is gone is saved once, one that is there every twenty seconds', async () => {
  const write = vi.spyOn(store, 'write');
  const them = leases();
  them.touch(waiter('gone'));
  pass(them, 19_000);
  expect(write).toHaveBeenCalledTimes(0);
  pass(them, 1_000);
  expect(write).toHaveBeenCalledTimes(1);
  pass(them, 39_000);
  expect(write).toHaveBeenCalledTimes(1);
  const release = them.hold(waiter('there'));
  pass(them, 40_000);
  expect(write).toHaveBeenCalledTimes(3);
  release();
  pass(them, 40_000);
  expect(write).toHaveBeenCalledTimes(4);
  await Promise.all(write.mock.results.map(({ value }) => value));
});

test('the next start has those whose page was there, and not those who went before', async () => {
  await waits('there', 5_000);
  await waits('gone', 10 * LEASE_MS);
  const them = leases();
  await them.start();
  them.stop();
  expect(there(them)).toEqual(['there']);
  // saved for the start after that
  them.hold(waiter('gone'));
  await store.write((trx) => trx.updateTable('ticket').set({ seenAtMs: 0 }).execute());
  pass(them, 30_000);
  await expect.poll(() => seenAtMs('gone')).toBeGreaterThan(0);
});
