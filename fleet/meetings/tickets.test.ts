/** How long a person who was declined rests, and what a knock keeps of the one before: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { decideTicket, keepKnock, type NewKnock } from './tickets.ts';

const NOW_MS = 1_800_000_000_000;
const knock: NewKnock = {
  meetingId: 'm',
  person: 'ana',
  inviteId: null,
  accountId: null,
  displayName: 'Ana',
  organisation: null,
  network: '192.0.2.1',
};
let dataDir: string;
let store: AuthorityStore;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-tickets-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  const meeting = { meetingId: 'm', roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
});
afterEach(async () => {
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const row = async () => (await store.read.selectFrom('ticket').selectAll().executeTakeFirst()) ?? null;
const knocks = () => store.write(async (trx) => keepKnock(trx, await row(), knock));
const decide = (state: 'admitted' | 'declined') =>
  store.write(async (trx) => decideTicket(trx, (await row())!, state, 'account:host'));

test('who was declined knocks again after five minutes, and not before', async () => {
  await knocks();
  vi.setSystemTime(NOW_MS + 60_000);
  await decide('declined');
  vi.setSystemTime(NOW_MS + 60_000 + 299_999);
  await expect(knocks()).rejects.toMatchObject({ code: 'not-admitted' });
  vi.setSystemTime(NOW_MS + 360_000);
  expect((await knocks()).row).toMatchObject({ state: 'waiting', createdAtMs: NOW_MS + 360_000 });
});

test('that somebody was declined is known until they are let in, however often they knock', async () => {
  await knocks();
  expect(await row()).toMatchObject({ decidedBy: null, decidedAtMs: null });
  await decide('declined');
  for (const laterMs of [300_000, 400_000]) {
    vi.setSystemTime(NOW_MS + laterMs);
    await knocks();
    expect(await row()).toMatchObject({ state: 'waiting', decidedBy: 'account:host', decidedAtMs: NOW_MS });
  }
  await decide('admitted');
  expect(await row()).toMatchObject({ state: 'admitted', decidedAtMs: NOW_MS + 400_000 });
  await knocks();
  expect(await row()).toMatchObject({ state: 'waiting', decidedBy: null, decidedAtMs: null });
});

test('who waits and knocks again keeps the place; the newest page alone holds the ticket', async () => {
  const first = await knocks();
  vi.setSystemTime(NOW_MS + 60_000);
  const second = await knocks();
  expect(second.secret).not.toBe(first.secret);
  const { ticketId, ticketHash } = first.row;
  expect(second.row).toMatchObject({ ticketId, createdAtMs: NOW_MS, seenAtMs: NOW_MS + 60_000 });
  expect((await row())?.ticketHash).not.toBe(ticketHash);
  const audited = await store.read.selectFrom('audit').select('kind').execute();
  expect(audited).toEqual([{ kind: 'guest-waiting' }]);
});

test('of two who decide the first counts, and who repeats it changes nothing', async () => {
  await knocks();
  await decide('admitted');
  vi.setSystemTime(NOW_MS + 60_000);
  await decide('admitted');
  await expect(decide('declined')).rejects.toMatchObject({ code: 'not-possible-now' });
  expect(await row()).toMatchObject({ state: 'admitted', decidedBy: 'account:host', decidedAtMs: NOW_MS });
});
