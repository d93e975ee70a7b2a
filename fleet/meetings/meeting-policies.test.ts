import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Admission,
  DEFAULT_MEETING_POLICY,
  type GuestRecordRule,
  type MeetingPolicy,
} from '#contract/meeting-policy.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { ORGANISATION_POLICY_SETTING } from '../people/index.ts';
import { MeetingPolicies, meetingRulesIn } from './meeting-policies.ts';

let dataDir: string;
let store: AuthorityStore;
let policies: MeetingPolicies;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-policies-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  policies = new MeetingPolicies({ store });
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const policyOf = (admission: Admission): MeetingPolicy => ({ ...DEFAULT_MEETING_POLICY, admission });
const place = (placeId: string, parentId: string | null, policy: MeetingPolicy | null = null) =>
  store.write((trx) =>
    trx
      .insertInto('place')
      .values({
        placeId,
        parentId,
        kind: 'site',
        placeName: placeId,
        meetingPolicy: policy && JSON.stringify(policy),
        allowedRanges: '[]',
        createdAtMs: 1,
      })
      .execute(),
  );

test('a meeting has its own policy, else that of the nearest place that has one, else the organisation’s', async () => {
  await place('site', null, policyOf('all-wait'));
  await place('floor', 'site');
  await place('elsewhere', null);
  await store.write(async (trx) => {
    for (const [roomId, placeId] of [
      ['a', 'floor'],
      ['b', 'elsewhere'],
      ['c', null],
    ] as const) {
      await trx
        .insertInto('room')
        .values({ roomId, roomName: roomId, createdAtMs: 1, removedAtMs: null, placeId })
        .execute();
      await trx
        .insertInto('meeting')
        .values({ meetingId: `of-${roomId}`, roomId, title: '', createdAtMs: 1 })
        .execute();
    }
    await trx.insertInto('meeting').values({ meetingId: 'booked', roomId: null, title: '', createdAtMs: 1 }).execute();
    await trx.insertInto('bookingMeeting').values({ roomId: 'a', bookingId: 'x', meetingId: 'booked' }).execute();
    await trx
      .insertInto('account')
      .values({
        accountId: 'mina',
        issuer: 'local',
        subject: 'mina',
        userName: 'mina',
        displayName: 'Mina',
        placeId: 'floor',
        createdAtMs: 1,
      })
      .execute();
    await trx
      .insertInto('meeting')
      .values({ meetingId: 'made', roomId: null, hostAccountId: 'mina', title: '', createdAtMs: 1 })
      .execute();
  });
  const admissions = async () =>
    Promise.all(
      ['of-a', 'booked', 'made', 'of-b', 'of-c'].map(async (each) => (await policies.of(each))?.admission ?? null),
    );
  expect(await admissions()).toEqual(['all-wait', 'all-wait', 'all-wait', 'links-wait', 'links-wait']);
  expect(await policies.of('made-up')).toBeNull();

  const value = JSON.stringify(policyOf('all-enter'));
  await store.write((trx) => trx.insertInto('setting').values({ name: ORGANISATION_POLICY_SETTING, value }).execute());
  expect(await admissions()).toEqual(['all-wait', 'all-wait', 'all-wait', 'all-enter', 'all-enter']);

  await policies.set('of-a', policyOf('links-wait'), 'account:mina');
  expect(await policies.of('of-a')).toEqual(policyOf('links-wait'));
  const audit = await store.read.selectFrom('audit').select(['kind', 'actor', 'subject']).execute();
  expect(audit).toEqual([{ kind: 'meeting-policy-changed', actor: 'account:mina', subject: 'meeting:of-a' }]);
  await expect(policies.set('made-up', policyOf('all-wait'), 'account:mina')).rejects.toThrow('no such meeting');
});

test('a range that is none is refused, and nothing is written', async () => {
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId: 'm', roomId: null, title: 'M', createdAtMs: 1 }).execute(),
  );
  const before = await policies.of('m');
  const broken = { ...policyOf('all-wait'), allowedRanges: ['192.0.2.0/33'] };
  await expect(policies.set('m', broken, 'account:it')).rejects.toMatchObject({ code: 'bad-message' });
  expect(await policies.of('m')).toEqual(before);
  const good = { ...broken, allowedRanges: ['192.0.2.0/24'] };
  await policies.set('m', good, 'account:it');
  expect(await policies.of('m')).toEqual(good);
});

test.each([
  [false, null, false],
  [true, null, true],
  [true, false, false],
  [true, true, true],
  // a host allows no more than the place does
  [false, true, false],
])('where the place permits a transcript (%s) and the meeting’s own policy (%s): %s', async (ofPlace, own, may) => {
  const policyWith = (transcript: boolean) => JSON.stringify({ ...DEFAULT_MEETING_POLICY, transcript });
  await store.write(async (trx) => {
    const policy = own === null ? null : policyWith(own);
    await trx
      .insertInto('meeting')
      .values({ meetingId: 'spoken', roomId: null, title: '', createdAtMs: 1, policy })
      .execute();
    await trx
      .insertInto('setting')
      .values({ name: ORGANISATION_POLICY_SETTING, value: policyWith(ofPlace) })
      .execute();
  });
  expect(await meetingRulesIn(store.read, 'spoken')).toMatchObject({
    mayTranscribe: may,
    isTranscriptPermitted: ofPlace,
  });
});

test('a policy that was stored before transcripts permits none', async () => {
  const { transcript: _, ...former } = DEFAULT_MEETING_POLICY;
  await store.write((trx) =>
    trx
      .insertInto('setting')
      .values({ name: ORGANISATION_POLICY_SETTING, value: JSON.stringify(former) })
      .execute(),
  );
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId: 'old', roomId: null, title: '', createdAtMs: 1 }).execute(),
  );
  expect(await policies.of('old')).toEqual(DEFAULT_MEETING_POLICY);
});

const nothing = { shows: 'nothing', days: 7 } as const;
const minutes = { shows: 'minutes', days: 7 } as const;
const all = { shows: 'chat-and-polls', days: 30 } as const;
test.each<[GuestRecordRule, GuestRecordRule | null, GuestRecordRule]>([
  [nothing, null, nothing],
  [all, null, all],
  [all, minutes, minutes],
  [all, { shows: 'nothing', days: 90 }, { shows: 'nothing', days: 30 }],
  // a host shows no more, and not for longer, than the place does
  [minutes, { shows: 'chat-and-polls', days: 90 }, minutes],
  [nothing, all, nothing],
])('where the place shows guests %o afterwards and the meeting’s own policy %o: %o', async (ofPlace, own, shown) => {
  const policyWith = (guestRecord: GuestRecordRule) => JSON.stringify({ ...DEFAULT_MEETING_POLICY, guestRecord });
  await store.write(async (trx) => {
    const policy = own && policyWith(own);
    await trx
      .insertInto('meeting')
      .values({ meetingId: 'm', roomId: null, title: '', createdAtMs: 1, policy })
      .execute();
    const setting = { name: ORGANISATION_POLICY_SETTING, value: policyWith(ofPlace) };
    await trx.insertInto('setting').values(setting).execute();
  });
  expect(await meetingRulesIn(store.read, 'm')).toMatchObject({ guestRecord: shown, guestRecordOfPlace: ofPlace });
});

test('a policy that was stored before shows guests nothing afterwards', async () => {
  const { guestRecord: _, ...former } = DEFAULT_MEETING_POLICY;
  await store.write(async (trx) => {
    const setting = { name: ORGANISATION_POLICY_SETTING, value: JSON.stringify(former) };
    await trx.insertInto('setting').values(setting).execute();
    await trx.insertInto('meeting').values({ meetingId: 'm', roomId: null, title: '', createdAtMs: 1 }).execute();
  });
  expect(await meetingRulesIn(store.read, 'm')).toMatchObject({ guestRecord: nothing });
});
