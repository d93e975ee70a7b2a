/** How much of a meeting its guests are shown at once, and how often, on a real store. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuestRecord, MAX_GUEST_RECORD_MINUTES } from '#contract/http/guest-record-api.ts';
import type { GuestVisit } from '../meetings/index.ts';
import { MEMBER, PeopleUnderTest } from '../people/people-under-test.ts';
import { newId } from '../store/index.ts';
import { guestMinutesOf, guestRecordOf } from './guest-record.ts';
import { guestRecordRoutes } from './guest-record-routes.ts';

const NOW_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const polls = { endedOf: async () => [] };
let people: PeopleUnderTest;
let visit: GuestVisit;

beforeEach(async () => {
  people = new PeopleUnderTest();
  await people.start();
  const { accountId: hostAccountId } = await people.account('mina', MEMBER);
  const [meetingId, callId] = [newId(), newId()];
  await people.store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ meetingId, title: 'Prices', createdAtMs: 1, language: 'en', hostAccountId })
      .execute(),
  );
  visit = {
    ...{ meetingId, invitedUntilMs: NOW_MS, ownCallIds: [], rule: { shows: 'minutes', days: 7 }, documents: null },
    calls: [{ callId, openedAtMs: NOW_MS - 300 * MINUTE_MS, endedAtMs: NOW_MS - MINUTE_MS }],
  };
});
afterEach(() => people.stop());

test('of very many sittings the minutes of the newest', async () => {
  const { meetingId } = visit;
  const ids = Array.from({ length: MAX_GUEST_RECORD_MINUTES + 10 }, () => newId());
  await people.store.write(async (trx) => {
    for (const [at, minutesId] of ids.entries()) {
      const endedAtMs = NOW_MS - (at + 2) * MINUTE_MS;
      const times = { startedAtMs: endedAtMs - 1_000, endedAtMs, sentAtMs: endedAtMs };
      await trx
        .insertInto('minutes')
        .values({ minutesId, meetingId, ...times, language: 'en', facts: '{}', text: `# ${at}` })
        .execute();
    }
  });
  const record = await guestRecordOf(people.store.read, visit, { nowMs: NOW_MS, polls });
  expect(record.minutes.map(({ minutesId }) => minutesId)).toEqual(ids.slice(0, MAX_GUEST_RECORD_MINUTES));
  expect(GuestRecord.safeParse(record).success).toBe(true);
  const printed = (minutesId: string) => guestMinutesOf(people.store.read, visit, minutesId, NOW_MS);
  expect(await printed(ids[0]!)).toMatchObject({ text: '# 0' });
  await expect(printed(ids.at(-1)!)).rejects.toMatchObject({ code: 'not-found' });
});

test('where it is not known any more who was in a sitting, its minutes are over for who came by a link, and not to come', async () => {
  const { meetingId, calls } = visit;
  const [{ callId, openedAtMs, endedAtMs }] = calls as [GuestVisit['calls'][number]];
  visit = { ...visit, invitedUntilMs: null, ownCallIds: [callId] };
  const person = { stayId: newId(), meetingId, callId, peerId: newId(), person: 'invite:x', displayName: 'Jonas' };
  const stay = { ...person, kind: 'guest' as const, accountId: null, joinedAtMs: openedAtMs, leftAtMs: endedAtMs };
  const times = { startedAtMs: openedAtMs, endedAtMs, sentAtMs: endedAtMs };
  const call = { callId, meetingId, nodeId: newId(), nodeInstanceId: newId(), state: 'ended' as const };
  await people.store.write(async (trx) => {
    await trx
      .insertInto('call')
      .values({ ...call, participantCount: 0, createdAtMs: openedAtMs, openedAtMs, endedAtMs })
      .execute();
    await trx
      .insertInto('stay')
      .values({ ...stay, seenAtMs: endedAtMs })
      .execute();
    await trx
      .insertInto('minutes')
      .values({ minutesId: newId(), meetingId, ...times, language: 'en', facts: '{}', text: '# A' })
      .execute();
  });
  const shown = () => guestRecordOf(people.store.read, visit, { nowMs: NOW_MS, polls });
  expect(await shown()).toMatchObject({ minutes: [{ text: '# A' }], isDeleted: false });
  // the minutes are still to be sent
  await people.store.write((trx) => trx.updateTable('minutes').set({ sentAtMs: null }).execute());
  expect(await shown()).toMatchObject({ minutes: [], isDeleted: false });
  await people.store.write((trx) => trx.updateTable('minutes').set({ sentAtMs: endedAtMs }).execute());
  await people.store.write((trx) => trx.deleteFrom('stay').execute());
  expect(await shown()).toMatchObject({ minutes: [], isDeleted: true });
});

test.each(['guestRecord', 'guestMinutesPdf', 'guestDocumentPage'])(
  '%s: who asks again and again is refused without a look',
  async (name) => {
    let looks = 0;
    const visits = {
      of: async () => {
        looks += 1;
        return visit;
      },
    };
    const routes = guestRecordRoutes({
      ...{ store: people.store, visits: visits as never, pdf: {} as never, polls, documentPage: async () => null },
      ...{ nowMs: () => NOW_MS, logger: { warn: () => {} } },
    });
    const { handler } = routes.find((route) => route.name === name)!;
    const context = { body: { invite: 'x', minutesId: newId() }, network: '192.0.2.1', address: '192.0.2.1' };
    const asks = Array.from({ length: 1_000 }, () => handler(context as never).catch((error) => error.code));
    const codes = await Promise.all(asks);
    expect(codes.at(-1)).toBe('too-many-attempts');
    expect(looks).toBeLessThan(1_000);
  },
);
