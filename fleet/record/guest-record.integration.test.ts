/** What guests see of a meeting afterwards, at the real fleet server with a media node by hand: who, what, and for how long. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pageFileName } from '#contract/converter-link.ts';
import { DEFAULT_DOCUMENT_POLICY, type DocumentPolicy } from '#contract/document-policy.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { GuestRecord } from '#contract/http/guest-record-api.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { DEFAULT_MEETING_POLICY, type GuestRecordRule, type MeetingPolicy } from '#contract/meeting-policy.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { RecordPolicy } from '#contract/record-policy.ts';
import type { EndReason } from '#contract/room-state.ts';
import { topicOf } from '#contract/topics.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { MembersUnderTest } from '../members-under-test.ts';

import { type AuthorityStore, newId } from '../store/index.ts';
import { attendanceKind } from './kinds/attendance.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PICTURE = sharp({ create: { width: 640, height: 360, channels: 3, background: 'white' } })
  .webp()
  .toBuffer();
let under: MembersUnderTest;
let fleet: FleetUnderTest;
let store: AuthorityStore;
let mina: string;
/** each test comes from a network of its own: no limit of one is another's */
let address = 1;

beforeAll(async () => {
  under = await MembersUnderTest.start('--trusted-proxy', '127.0.0.1');
  ({ fleet, store } = under);
  mina = (await under.member('Mina Kim')).cookie;
});
afterAll(() => under.stop());
beforeEach(async () => {
  address += 1;
  await permit({ shows: 'minutes', days: 7 });
});

const ask = (method: string, path: string, body?: object, cookie = mina) =>
  fleet.api(method, `/api/v1/${path}`, body, cookie);
async function permit(guestRecord: GuestRecordRule, more: Partial<MeetingPolicy> = {}): Promise<void> {
  const body = { meetingPolicy: { ...DEFAULT_MEETING_POLICY, ...more, guestRecord }, allowedRanges: [] };
  expect((await ask('PUT', 'organisation/meeting-defaults', body, fleet.admin.cookie)).status).toBe(200);
}
const from = (): Record<string, string> => ({ 'x-forwarded-for': `203.0.113.${address}` });
const post = (path: string, body: object) => fleet.api('POST', `/api/v1/${path}`, body, undefined, from());
const read = async (invite: string, entryId?: string): Promise<Json> =>
  (await post('guest-records', { invite, ...(entryId && { entryId }) })).body;
const codeOf = async (invite: string, entryId?: string): Promise<string> =>
  (await read(invite, entryId)).error?.code ?? 'shown';
const happened = (callId: string, meetingId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({ events: events.map((each) => ({ eventId: newId(), callId, meetingId, ...each })) }),
    { qos: 1 },
  );
const joined = (peerId: string, displayName: string, atMs: number) => ({
  name: 'participant-joined',
  ...{ peerId, peerKind: 'person', displayName, participantCount: 1, atMs },
});
const entryId = (name: string): string => name.padEnd(20, '-');

type Held = MeetingDetail & { named: string; link: string };
async function make(more: Json = {}): Promise<Held> {
  const draft = {
    title: '대리점 회의',
    startsAtMs: null,
    durationMinutes: 30,
    roomIds: [],
    agenda: 'Prices\nNext steps',
  };
  const people = [{ displayName: 'Dealer East', email: 'east@dealer.example' }];
  const made: MeetingDetail = (await ask('POST', 'meetings', { ...draft, people, ...more })).body.meeting;
  const path = `meetings/${made.meetingId}/invites`;
  const inviteOf = ({ body }: { body: Json }): string => body.joinUrl.split('#')[1];
  const named = inviteOf(await ask('GET', `${path}/${made.people[0]!.inviteId}/link`));
  const link = inviteOf(await ask('POST', path, { displayName: null, expiresInMinutes: 60 }));
  await ask('PUT', `meetings/${made.meetingId}/policy`, {
    ...{ ...DEFAULT_MEETING_POLICY, admission: 'all-enter' },
    guestRecord: { shows: 'chat-and-polls', days: 3_650 },
  });
  return { ...made, named, link };
}
const grantFor = async (invite: string, browser?: string): Promise<CallGrant> => {
  const { status, body } = await post('guest-entries', { invite, ...(browser && { entryId: entryId(browser) }) });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.grant;
};
type Sitting = { daysAgo: number; text: string; isSent: boolean; reason: EndReason };
/** One sitting that ended `daysAgo`, with these in it, and its minutes. @returns of its minutes */
async function hold(
  { meetingId }: Held,
  guests: { grant: CallGrant; name: string }[],
  { daysAgo = 0, text = '# 회의록\n', isSent = true, reason = 'ended-by-participant' }: Partial<Sitting> = {},
): Promise<string> {
  const host: CallGrant = (await ask('POST', `meetings/${meetingId}/entries`, {})).body.grant;
  const { callId } = host;
  const endedAtMs = Date.now() - daysAgo * DAY_MS;
  const startedAtMs = endedAtMs - 30 * MINUTE_MS;
  await happened(
    callId,
    meetingId,
    { name: 'call-opened', atMs: startedAtMs },
    joined(host.peerId, 'Mina Kim', startedAtMs),
    ...guests.map(({ grant, name }) => joined(grant.peerId, name, startedAtMs + MINUTE_MS)),
    { name: 'call-ended', reason, atMs: endedAtMs },
  );
  const isOver = async () =>
    (await store.read.selectFrom('call').select('endedAtMs').where('callId', '=', callId).executeTakeFirst())
      ?.endedAtMs;
  await expect.poll(isOver).toEqual(expect.any(Number));
  const minutesId = newId();
  await store.write(async (trx) => {
    await trx.updateTable('call').set({ endedAtMs, openedAtMs: startedAtMs }).where('callId', '=', callId).execute();
    const minutes = { minutesId, meetingId, startedAtMs, endedAtMs, language: 'ko' as const, facts: '{}', text };
    await trx
      .insertInto('minutes')
      .values({ ...minutes, sentAtMs: isSent ? endedAtMs : null })
      .execute();
  });
  return minutesId;
}

describe('who', () => {
  test('who was let in by a link, by their browser, and who has an invite of their own; nobody else with the link', async () => {
    const held = await make();
    const guest = await grantFor(held.link, 'jonas');
    await hold(held, [{ grant: guest, name: 'Jonas' }], { text: '# 결산\n' });
    const record: GuestRecord = await read(held.link, entryId('jonas'));
    expect(record).toMatchObject({
      ...{ meetingTitle: '대리점 회의', hostName: 'Mina Kim', agenda: 'Prices\nNext steps', isDeleted: false },
      minutes: [{ text: '# 결산\n' }],
    });
    expect(record.untilMs - record.heldUntilMs).toBe(7 * DAY_MS);
    expect(JSON.stringify(record)).not.toMatch(/@|revision|chat|polls/);
    // invited by name, and did not come
    expect(await read(held.named)).toMatchObject({ minutes: [{ text: '# 결산\n' }] });
    // another browser with the same link, one without an id, and one that was shown the grant and never came
    expect(await codeOf(held.link, entryId('stranger'))).toBe('not-admitted');
    expect(await codeOf(held.link)).toBe('not-admitted');
    await grantFor(held.link, 'shy');
    expect(await codeOf(held.link, entryId('shy'))).toBe('not-admitted');
    expect(await codeOf(`${held.link}x`, entryId('jonas'))).toBe('invite-invalid');
  });

  test('of several sittings by a link only those that they were in; by an invite of their own all', async () => {
    const held = await make();
    const first = await grantFor(held.link, 'jonas');
    await hold(held, [{ grant: first, name: 'Jonas' }], { text: 'first', daysAgo: 2 });
    const second = await grantFor(held.link, 'heidi');
    await hold(held, [{ grant: second, name: 'Heidi' }], { text: 'second', daysAgo: 1 });
    const texts = async (...of: Parameters<typeof read>) =>
      ((await read(...of)) as GuestRecord).minutes.map(({ text }) => text);
    expect(await texts(held.link, entryId('jonas'))).toEqual(['first']);
    expect(await texts(held.link, entryId('heidi'))).toEqual(['second']);
    expect(await texts(held.named)).toEqual(['second', 'first']);
  });

  test('nobody who was removed, declined, or whose invite was revoked', async () => {
    const held = await make();
    const [removed, stays] = [await grantFor(held.link, 'removed'), await grantFor(held.link, 'stays')];
    const host: CallGrant = (await ask('POST', `meetings/${held.meetingId}/entries`, {})).body.grant;
    await happened(removed.callId, held.meetingId, joined(removed.peerId, 'Removed', Date.now()), {
      name: 'participant-removed',
      peerId: removed.peerId,
      byPeerId: host.peerId,
      atMs: Date.now(),
    });
    await hold(held, [{ grant: stays, name: 'Stays' }]);
    expect(await codeOf(held.link, entryId('removed'))).toBe('removed-from-call');
    expect(await codeOf(held.link, entryId('stays'))).toBe('shown');
    const ticket = { meetingId: held.meetingId, inviteId: null, accountId: null, organisation: null, network: 'x' };
    await store.write((trx) =>
      trx
        .insertInto('ticket')
        .values({
          ...ticket,
          ...{ ticketId: newId(), ticketHash: newId(), person: `invite:${held.people[0]!.inviteId}` },
          ...{ displayName: 'Dealer East', state: 'declined', createdAtMs: 1, seenAtMs: 1 },
          ...{ decidedBy: 'account:x', decidedAtMs: 1 },
        })
        .execute(),
    );
    expect(await codeOf(held.named)).toBe('not-admitted');
    // nor by another knock, which nobody has answered
    await ask('PUT', `meetings/${held.meetingId}/policy`, {
      ...{ ...DEFAULT_MEETING_POLICY, admission: 'all-wait', guestRecord: { shows: 'minutes', days: 7 } },
    });
    const again = await post('guest-entries', {
      invite: held.named,
      knock: { displayName: 'Dealer East', organisation: null },
    });
    expect(again.body).toMatchObject({ kind: 'waiting' });
    expect(await codeOf(held.named)).toBe('not-admitted');
    const { body } = await ask('GET', `meetings/${held.meetingId}/invites`);
    const link = body.invites.find(({ displayName }: Json) => displayName === null);
    expect((await ask('DELETE', `meetings/${held.meetingId}/invites/${link.inviteId}`)).status).toBe(200);
    expect(await codeOf(held.link, entryId('stays'))).toBe('invite-invalid');
  });

  test('a link that lets nobody in any more is good for who was in; an own one that was over before is good for nothing', async () => {
    const held = await make();
    const guest = await grantFor(held.link, 'jonas');
    await hold(held, [{ grant: guest, name: 'Jonas' }], { daysAgo: 1 });
    const expire = (expiresAtMs: number) =>
      store.write((trx) =>
        trx.updateTable('invite').set({ expiresAtMs }).where('meetingId', '=', held.meetingId).execute(),
      );
    await expire(Date.now() - MINUTE_MS);
    expect((await post('guest-entries', { invite: held.link, entryId: entryId('jonas') })).body.error.code).toBe(
      'invite-expired',
    );
    expect(await codeOf(held.link, entryId('jonas'))).toBe('shown');
    expect(await codeOf(held.named)).toBe('shown');
    await expire(Date.now() - 2 * DAY_MS);
    expect(await codeOf(held.link, entryId('jonas'))).toBe('shown');
    expect(await codeOf(held.named)).toBe('call-ended');
  });

  test('an own invite that was over shows nothing of the sittings after that', async () => {
    const held = await make();
    await hold(held, [], { daysAgo: 3, text: 'first' });
    const later = await hold(held, [], { daysAgo: 1, text: 'second' });
    await store.write((trx) =>
      trx
        .updateTable('invite')
        .set({ expiresAtMs: Date.now() - 2 * DAY_MS })
        .where('meetingId', '=', held.meetingId)
        .execute(),
    );
    const record: GuestRecord = await read(held.named);
    expect(record.minutes.map(({ text }) => text)).toEqual(['first']);
    expect(record.heldUntilMs).toBeLessThan(Date.now() - 2 * DAY_MS);
    const pdf = await post('guest-records/minutes-pdf', { invite: held.named, minutesId: later });
    expect(pdf.body.error.code).toBe('not-found');
  });

  test('from addresses that policy allows', async () => {
    const held = await make();
    await hold(held, []);
    await ask('PUT', `meetings/${held.meetingId}/policy`, {
      ...{ ...DEFAULT_MEETING_POLICY, guestRecord: { shows: 'minutes', days: 7 } },
      allowedRanges: ['198.51.100.0/24'],
    });
    expect(await codeOf(held.named)).toBe('address-not-allowed');
  });
});

describe('what', () => {
  test('never a draft; chat and polls of their own calls where policy allows, without keys and recalled words', async () => {
    await permit({ shows: 'chat-and-polls', days: 7 });
    const held = await make();
    const { meetingId } = held;
    const guest = await grantFor(held.link, 'jonas');
    const { callId } = guest;
    const message = (text: string, number: number) => ({
      ...{
        number,
        messageId: newId(),
        peerId: guest.peerId,
        displayName: 'Jonas',
        isGuest: true,
        text,
        atMs: Date.now(),
      },
    });
    const recalled = message('wrong words', 2);
    const posts = [message('안녕하세요', 1), recalled].map((each) => ({
      name: 'chat-posted',
      ...{ message: each, person: `invite:x`, atMs: each.atMs },
    }));
    const poll = pollUnderTest({ pollId: newId(), counts: [2, 1], answeredCount: 3 });
    const result = { endedAtMs: Date.now(), rightChoice: null, answers: null };
    await happened(
      callId,
      meetingId,
      joined(guest.peerId, 'Jonas', Date.now()),
      ...posts,
      {
        name: 'chat-recalled',
        ...{ messageId: recalled.messageId, person: 'invite:x', atMs: Date.now(), byPeerId: guest.peerId },
      },
      { name: 'poll-ended', poll: { ...poll, isSecret: true, result }, atMs: Date.now() },
    );
    await expect
      .poll(() => store.read.selectFrom('poll').select('pollId').where('callId', '=', callId).execute())
      .toHaveLength(1);
    await hold(held, [{ grant: guest, name: 'Jonas' }], { isSent: false });
    const record: GuestRecord = await read(held.link, entryId('jonas'));
    expect(record.minutes).toEqual([]);
    expect(record.isDeleted).toBe(false);
    expect(record.chat!.map(({ displayName, isGuest, text }) => ({ displayName, isGuest, text }))).toEqual([
      { displayName: 'Jonas', isGuest: true, text: '안녕하세요' },
      { displayName: 'Jonas', isGuest: true, text: '' },
    ]);
    expect(record.polls).toMatchObject([{ question: 'Where do we meet?', counts: [2, 1], result: { answers: null } }]);
    expect(JSON.stringify(record)).not.toContain('invite:');
    // who did not come was in no call: they get its minutes alone
    expect(await read(held.named)).toMatchObject({ chat: [], polls: [] });
  });

  test('the file of minutes that they may read, of no others', async () => {
    const held = await make();
    const draft = await hold(held, [], { isSent: false, daysAgo: 1 });
    const sent = await hold(held, []);
    const pdf = async (minutesId: string): Promise<string> =>
      (await post('guest-records/minutes-pdf', { invite: held.named, minutesId })).body.error?.code;
    expect(await pdf(draft)).toBe('not-found');
    expect(await pdf(newId())).toBe('not-found');
    // there is no printer here
    expect(await pdf(sent)).toBe('printer-unavailable');
    expect((await post('guest-records/minutes-pdf', { invite: held.link, minutesId: sent })).body.error.code).toBe(
      'not-admitted',
    );
  });

  test('nothing of a record that was deleted, but that it was', async () => {
    const held = await make();
    await hold(held, []);
    expect((await ask('DELETE', `meetings/${held.meetingId}/record`)).status).toBe(200);
    expect(await read(held.named)).toMatchObject({ minutes: [], isDeleted: true });
  });
});

describe('documents that were kept', () => {
  const kept = { ...DEFAULT_DOCUMENT_POLICY, isKept: true };
  const setDocuments = (meetingId: string, policy: DocumentPolicy) =>
    store.write((trx) =>
      trx
        .updateTable('meeting')
        .set({ documentPolicy: JSON.stringify(policy) })
        .where('meetingId', '=', meetingId)
        .execute(),
    );
  const allow = (meetingId: string, guestRecord: GuestRecordRule) =>
    ask('PUT', `meetings/${meetingId}/policy`, { ...DEFAULT_MEETING_POLICY, admission: 'all-enter', guestRecord });
  /** One of one page. @returns its id */
  async function keep(meetingId: string, title: string, createdAtMs: number): Promise<string> {
    const documentId = newId();
    const pages = join(fleet.dataDir, 'documents', documentId, 'pages');
    await mkdir(pages, { recursive: true });
    await writeFile(join(pages, pageFileName(1, 'laptop')), await PICTURE);
    const row = { documentId, meetingId, uploader: newId(), title, state: 'ready' as const, failure: null };
    const bytes = { sizeBytes: 9, receivedBytes: 9, heldBytes: 9, pageCount: 1 };
    await store.write((trx) =>
      trx
        .insertInto('document')
        .values({ ...row, ...bytes, createdAtMs, usedAtMs: Date.now() })
        .execute(),
    );
    return documentId;
  }
  const page = async (documentId: string, invite: string, browser?: string): Promise<Json> => {
    const way = { invite, ...(browser && { entryId: entryId(browser) }) };
    return (await post('guest-records/document-page', { ...way, documentId, page: 1, size: 'laptop' })).body;
  };
  const refusalOf = async (...of: Parameters<typeof page>): Promise<string> =>
    (await page(...of)).error?.code ?? 'shown';
  const listed = async (held: Held): Promise<string[] | undefined> =>
    ((await read(held.link, entryId('jonas'))) as GuestRecord).documents?.map(({ title }) => title);

  test('open for who was in the call, where organisation and host both permit it', async () => {
    await permit({ shows: 'documents', days: 7 });
    const held = await make();
    await setDocuments(held.meetingId, kept);
    const guest = await grantFor(held.link, 'jonas');
    const documentId = await keep(held.meetingId, 'Prices.pdf', Date.now() - MINUTE_MS);
    await hold(held, [{ grant: guest, name: 'Jonas' }]);
    const later = await keep(held.meetingId, 'Internal.pdf', Date.now() + MINUTE_MS);
    const open = () => refusalOf(documentId, held.link, 'jonas');
    // by the host not yet
    expect([await listed(held), await open()]).toEqual([undefined, 'not-found']);
    await allow(held.meetingId, { shows: 'documents', days: 7 });
    expect(await listed(held)).toEqual(['Prices.pdf']);
    const { picture } = await page(documentId, held.link, 'jonas');
    expect(Buffer.from(picture, 'base64')).toEqual(await PICTURE);
    expect(await refusalOf(later, held.link, 'jonas')).toBe('not-found');
    // of another meeting, to which this guest is not invited
    const other = await make();
    await setDocuments(other.meetingId, kept);
    const foreign = await keep(other.meetingId, 'Theirs.pdf', Date.now() - MINUTE_MS);
    expect(await refusalOf(foreign, held.link, 'jonas')).toBe('not-found');
    // a stranger with the link, and who was invited and did not come
    expect(await refusalOf(documentId, held.link, 'stranger')).toBe('not-admitted');
    expect(await refusalOf(documentId, held.named)).toBe('not-found');
    expect(await read(held.named)).toMatchObject({ documents: [] });
    await permit({ shows: 'chat-and-polls', days: 7 });
    expect([await listed(held), await open()]).toEqual([undefined, 'not-found']);
  });

  test('as the documents’ own rules have it: with a name on each page, not for guests, not kept', async () => {
    await permit({ shows: 'documents', days: 7 });
    const held = await make();
    await allow(held.meetingId, { shows: 'documents', days: 7 });
    await setDocuments(held.meetingId, { ...kept, hasWatermark: true });
    const guest = await grantFor(held.link, 'jonas');
    const documentId = await keep(held.meetingId, 'Prices.pdf', Date.now() - MINUTE_MS);
    await hold(held, [{ grant: guest, name: 'Jonas' }]);
    const { picture } = await page(documentId, held.link, 'jonas');
    expect(Buffer.from(picture, 'base64').equals(await PICTURE)).toBe(false);
    await store.write((trx) => trx.updateTable('entry').set({ displayName: null }).execute());
    // without a name to put on its pages it is not even listed
    expect(await listed(held)).toBeUndefined();
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('not-found');
    await setDocuments(held.meetingId, { ...kept, guestsView: false });
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('not-found');
    await setDocuments(held.meetingId, kept);
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('shown');
    await setDocuments(held.meetingId, { ...kept, isKept: false });
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('not-found');
  });

  test('no more once the days are over, or the link is revoked', async () => {
    await permit({ shows: 'documents', days: 7 });
    const held = await make();
    await allow(held.meetingId, { shows: 'documents', days: 7 });
    await setDocuments(held.meetingId, kept);
    const guest = await grantFor(held.link, 'jonas');
    const documentId = await keep(held.meetingId, 'Prices.pdf', Date.now() - 3 * DAY_MS);
    await hold(held, [{ grant: guest, name: 'Jonas' }], { daysAgo: 2 });
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('shown');
    await permit({ shows: 'documents', days: 1 });
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('guest-record-over');
    await permit({ shows: 'documents', days: 7 });
    const { body } = await ask('GET', `meetings/${held.meetingId}/invites`);
    const link = body.invites.find(({ displayName }: Json) => displayName === null);
    expect((await ask('DELETE', `meetings/${held.meetingId}/invites/${link.inviteId}`)).status).toBe(200);
    expect(await refusalOf(documentId, held.link, 'jonas')).toBe('invite-invalid');
  });
});

test('a guest who was declined stays out once nobody knows of the knock any more', async () => {
  const held = await make();
  await ask('PUT', `meetings/${held.meetingId}/policy`, {
    ...{ ...DEFAULT_MEETING_POLICY, admission: 'all-wait', guestRecord: { shows: 'minutes', days: 7 } },
  });
  const knock = { displayName: 'Dealer East', organisation: null };
  const ticketOf = async (): Promise<string> => {
    expect((await post('guest-entries', { invite: held.named, knock })).body).toMatchObject({ kind: 'waiting' });
    const ticket = store.read.selectFrom('ticket').select('ticketId').where('meetingId', '=', held.meetingId);
    return (await ticket.executeTakeFirstOrThrow()).ticketId;
  };
  const decide = async (name: 'admit' | 'decline') => {
    const body = { name, ticketId: await ticketOf() };
    expect((await ask('POST', `meetings/${held.meetingId}/waiting-decisions`, body)).status).toBe(200);
  };
  await decide('decline');
  await hold(held, []);
  await store.write((trx) => attendanceKind.remove(trx, held.meetingId, null));
  expect(await store.read.selectFrom('ticket').selectAll().where('meetingId', '=', held.meetingId).execute()).toEqual(
    [],
  );
  expect(await codeOf(held.named)).toBe('not-admitted');
  const kept = await store.read.selectFrom('refusedGuest').selectAll().execute();
  expect(kept).toEqual([{ meetingId: held.meetingId, person: `invite:${held.people[0]!.inviteId}` }]);
  // until somebody lets them in
  await decide('admit');
  expect(await codeOf(held.named)).toBe('shown');
});

test('the time on the page is that of the minutes, and links that ask for an account are none', async () => {
  const held = await make();
  const place = `https://maru.example/staff#/meetings/${held.meetingId}/at/chat`;
  const watch = `https://maru.example/watch/${newId()}`;
  const minutesId = await hold(held, [], {
    text: `- Recording, 10:00–10:30: [Plan \\[1\\]](${watch})\n- It was so [Chat 10:05](${place})\n- [Map](https://map.example/watch)`,
  });
  const [startedAtMs, endedAtMs] = [Date.now() - 29 * MINUTE_MS, Date.now() - MINUTE_MS];
  await store.write((trx) =>
    trx.updateTable('minutes').set({ startedAtMs, endedAtMs }).where('minutesId', '=', minutesId).execute(),
  );
  const record: GuestRecord = await read(held.named);
  expect(record).toMatchObject({ heldFromMs: startedAtMs, heldUntilMs: endedAtMs });
  expect(record.minutes[0]!.text).toBe(
    '- Recording, 10:00–10:30: Plan \\[1\\]\n- It was so Chat 10:05\n- [Map](https://map.example/watch)',
  );
});

describe('for how long', () => {
  test('as many days as the place and the hosts allow, and not longer than minutes are kept', async () => {
    const held = await make();
    await hold(held, [], { daysAgo: 3 });
    expect(await codeOf(held.named)).toBe('shown');
    await permit({ shows: 'minutes', days: 3 });
    expect(await codeOf(held.named)).toBe('guest-record-over');
    await permit({ shows: 'minutes', days: 7 });
    const own = (days: number) =>
      ask('PUT', `meetings/${held.meetingId}/policy`, {
        ...{ ...DEFAULT_MEETING_POLICY, guestRecord: { shows: 'minutes', days } },
      });
    await own(2);
    expect(await codeOf(held.named)).toBe('guest-record-over');
    // a host allows no more than the place does
    await own(3_650);
    const record: GuestRecord = await read(held.named);
    expect(record.untilMs - record.heldUntilMs).toBe(7 * DAY_MS);
    await ask('PUT', 'organisation/record-policy', RecordPolicy.parse({ minutes: 2 }), fleet.admin.cookie);
    try {
      expect(await codeOf(held.named)).toBe('guest-record-over');
    } finally {
      await ask('PUT', 'organisation/record-policy', RecordPolicy.parse({}), fleet.admin.cookie);
    }
  });

  test('not any more from the moment on at which a host, or IT, has ended it, or the meeting is cancelled', async () => {
    const held = await make();
    await hold(held, []);
    expect(await codeOf(held.named)).toBe('shown');
    const own = (shows: GuestRecordRule['shows']) =>
      ask('PUT', `meetings/${held.meetingId}/policy`, { ...DEFAULT_MEETING_POLICY, guestRecord: { shows, days: 7 } });
    await own('nothing');
    expect(await codeOf(held.named)).toBe('record-not-for-guests');
    await own('chat-and-polls');
    expect(await codeOf(held.named)).toBe('shown');
    await permit({ shows: 'nothing', days: 7 });
    expect(await codeOf(held.named)).toBe('record-not-for-guests');
    await permit({ shows: 'minutes', days: 7 });
    await ask('PUT', `meetings/${held.meetingId}/policy`, {
      ...{ ...DEFAULT_MEETING_POLICY, guestsAllowed: false, guestRecord: { shows: 'minutes', days: 7 } },
    });
    expect(await codeOf(held.named)).toBe('guests-not-allowed');
    await own('minutes');
    expect(await codeOf(held.named)).toBe('shown');
    expect((await ask('DELETE', `meetings/${held.meetingId}`)).status).toBe(200);
    expect(await codeOf(held.named)).toBe('invite-invalid');
  });

  test('a guest who comes again is told that it is over once a host has ended the call, or its time is over', async () => {
    const held = await make({ startsAtMs: Date.now() + MINUTE_MS });
    const enter = async (): Promise<Json> => (await post('guest-entries', { invite: held.named })).body;
    expect(await enter()).toMatchObject({ kind: 'admitted', recordDays: 7 });
    expect((await enter()).isAfter).toBeUndefined();
    await hold(held, []);
    expect(await enter()).toMatchObject({ kind: 'admitted', isAfter: true });
    await permit({ shows: 'nothing', days: 7 });
    const quiet = await enter();
    expect([quiet.isAfter, quiet.recordDays]).toEqual([undefined, undefined]);
    await permit({ shows: 'minutes', days: 7 });
    const again = await enter();
    await happened(again.grant.callId, held.meetingId, joined(again.grant.peerId, 'Dealer East', Date.now()));
    const isRunning = async () => (await enter()).isAfter;
    await expect.poll(isRunning).toBeUndefined();
  });

  test('where the last has left before its time is over, it is over for guests as soon as its minutes are sent', async () => {
    const held = await make({ startsAtMs: Date.now() + MINUTE_MS });
    const minutesId = await hold(held, [], { reason: 'empty', isSent: false });
    const isAfter = async (): Promise<unknown> => (await post('guest-entries', { invite: held.named })).body.isAfter;
    expect(await isAfter()).toBeUndefined();
    await store.write((trx) =>
      trx.updateTable('minutes').set({ sentAtMs: Date.now() }).where('minutesId', '=', minutesId).execute(),
    );
    expect(await isAfter()).toBe(true);
  });
});

test('who is refused again and again is refused without a look, and nobody else is', async () => {
  const held = await make();
  await hold(held, []);
  const codes: string[] = [];
  for (let n = 0; n < 25; n += 1) codes.push(await codeOf(held.link, entryId('stranger')));
  expect(codes.slice(0, 20)).toEqual(Array(20).fill('not-admitted'));
  expect(codes.at(-1)).toBe('too-many-attempts');
  expect(await codeOf(held.named)).toBe('shown');
});
