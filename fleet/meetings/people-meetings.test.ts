/** Until when guests of a meeting may come, and what is kept of one who is taken off it: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_MEETING_POLICY } from '#contract/meeting-policy.ts';
import { emptied } from '../store/emptied-under-test.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { type Organizer, PeopleMeetings } from './people-meetings.ts';

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let dataDir: string;
let store: AuthorityStore;
let people: PeopleMeetings;
const by: Organizer = { account: { accountId: 'mina' } as Organizer['account'], reach: 'organisation' };
const meetings = {
  changed: vi.fn(),
  removePeers: vi.fn(),
  sendRoles: vi.fn(async () => {}),
  waitingRoom: { listOf: async () => ({ count: 0 }) },
};
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-people-meetings-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  await emptied(store);
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  const account = { accountId: 'mina', issuer: 'local', subject: 'mina', userName: 'mina', displayName: 'Mina' };
  await store.write((trx) =>
    trx
      .insertInto('account')
      .values({ ...account, createdAtMs: 1 })
      .execute(),
  );
  people = new PeopleMeetings({ store, meetings: meetings as never, bookingsOf: () => [], mails: null });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const guest = (displayName: string) => ({ displayName, email: null });
const draftOf = (startsAtMs: number | null, names: string[]) => ({
  title: 'Plan',
  startsAtMs,
  durationMinutes: 60,
  roomIds: [],
  people: names.map(guest),
  policy: DEFAULT_MEETING_POLICY,
});
const change = (meetingId: string, sequence: number, draft: ReturnType<typeof draftOf>) =>
  people.change(meetingId, { ...draft, sequence }, { ...by, role: 'host', makesHosts: true });
const expiries = async () =>
  (await store.read.selectFrom('invite').select(['displayName', 'expiresAtMs']).orderBy('displayName').execute()).map(
    ({ displayName, expiresAtMs }) => [displayName, expiresAtMs - NOW_MS],
  );

test('guests may come for a day after the end, also where the meeting is put off', async () => {
  const { meetingId, sequence } = await people.create(draftOf(NOW_MS, ['Ana']), by);
  expect(await expiries()).toEqual([['Ana', HOUR_MS + DAY_MS]]);
  await change(meetingId, sequence, draftOf(NOW_MS + HOUR_MS, ['Ana', 'Ben']));
  expect(await expiries()).toEqual([
    ['Ana', 2 * HOUR_MS + DAY_MS],
    ['Ben', 2 * HOUR_MS + DAY_MS],
  ]);
});

test('a guest who is asked to a meeting that overruns may come for a day from then on', async () => {
  const { meetingId, sequence } = await people.create(draftOf(NOW_MS, []), by);
  vi.setSystemTime(NOW_MS + 3 * HOUR_MS);
  await change(meetingId, sequence, draftOf(NOW_MS, ['Ana']));
  expect(await expiries()).toEqual([['Ana', 3 * HOUR_MS + DAY_MS]]);
});

test('guests of a meeting without a time may come for ninety days', async () => {
  await people.create(draftOf(null, ['Ana']), by);
  expect(await expiries()).toEqual([['Ana', 90 * DAY_MS]]);
});

test('the invite of a guest who is taken off is revoked, and who did it is kept', async () => {
  const { meetingId, sequence } = await people.create(draftOf(NOW_MS, ['Ana']), by);
  await change(meetingId, sequence, draftOf(NOW_MS, []));
  const { inviteId, revokedAtMs } = await store.read.selectFrom('invite').selectAll().executeTakeFirstOrThrow();
  expect(revokedAtMs).toBe(NOW_MS);
  const audited = await store.read
    .selectFrom('audit')
    .select(['actor', 'subject'])
    .where('kind', '=', 'invite-revoked')
    .execute();
  expect(audited).toEqual([{ actor: 'account:mina', subject: `invite:${inviteId}` }]);
});

test('large repetitions are written one after another, and few of one account: what others write waits for one of them alone', async () => {
  // of the account's hundred attempts all but eleven are used, and none comes back however long the writing takes
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW_MS });
  for (let attempts = 0; attempts < 89; attempts += 1)
    await expect(people.create(draftOf(NOW_MS - DAY_MS, []), by)).rejects.toMatchObject({ code: 'meeting-in-past' });
  const repeats = { every: 'week', timeZone: 'Asia/Seoul', ends: { count: 5 } } as const;
  const names = Array.from({ length: 24 }, (_, n) => `Guest ${n}`);
  const making = Array.from({ length: 4 }, () => people.create({ ...draftOf(NOW_MS, names), repeats }, by));
  const made = Promise.allSettled(making);
  // all four are asked for, and the first is being written
  await setImmediate();
  const rows = await store.write((trx) => trx.selectFrom('meeting').select('meetingId').execute());
  expect(rows).toHaveLength(5);
  const states = (await made).map((each) => (each.status === 'fulfilled' ? 'made' : each.reason.code));
  expect(states).toEqual(['made', 'made', 'made', 'too-many-attempts']);
});
