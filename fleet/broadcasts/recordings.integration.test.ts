/** Recordings with the real fleet server and scripted peers: begun and ended, finished over any restart, replayed, fetched, deleted. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';
import { ScriptedPackager } from './broadcasts-under-test.ts';
import { RecordingsUnderTest, type Staff } from './recordings-under-test.ts';

const under = new RecordingsUnderTest();
const { fleet } = under;
let meetingId: string;
let callId: string;
const MP4 = Buffer.from('0123456789');

beforeAll(() => under.start());
afterAll(() => under.stop());
beforeEach(async () => {
  ({ meetingId } = await fleet.enrolRoom(`Room ${newId()}`));
  callId = await under.openCall(meetingId);
  play(under.packager);
});

/** Ends and finishes as it is asked, as the real one does. */
function play(packager: ScriptedPackager): void {
  packager.onMessage = (message) => {
    if (message.name === 'open') packager.send({ name: 'opened', broadcastId: message.broadcastId, mediaPort: 40_000 });
    if (message.name === 'end') packager.ended(message.broadcastId);
    if (message.name === 'finish') {
      mkdirSync(message.folder, { recursive: true });
      writeFileSync(join(message.folder, 'final.mp4'), MP4);
      packager.send({ name: 'finished', broadcastId: message.broadcastId, sizeBytes: MP4.length });
    }
  };
}
const start = (cookie = fleet.admin.cookie, of = meetingId) =>
  fleet.api('POST', `/api/v1/meetings/${of}/recordings`, undefined, cookie);
const stop = (cookie = fleet.admin.cookie, of = meetingId) =>
  fleet.api('DELETE', `/api/v1/meetings/${of}/recordings/current`, undefined, cookie);
const act = (name: string) => under.asAdmin('POST', `/api/v1/meetings/${meetingId}/broadcast-acts`, { name });
const file = (broadcastId: string, cookie = fleet.admin.cookie, headers: Record<string, string> = {}) =>
  fleet.api('GET', `/api/v1/broadcasts/${broadcastId}/file`, undefined, cookie, headers);
const remove = (broadcastId: string, cookie = fleet.admin.cookie) =>
  fleet.api('DELETE', `/api/v1/broadcasts/${broadcastId}/recording`, undefined, cookie);
const folderOf = (broadcastId: string): string => join(fleet.dataDir, 'broadcasts', broadcastId);
async function started(): Promise<string> {
  const answer = await start();
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { broadcastId } = answer.body.air.recording;
  await expect.poll(() => under.packager.of(broadcastId)).toContain('go-live');
  return broadcastId;
}
/** Recorded, ended and finished. */
async function kept(): Promise<string> {
  const broadcastId = await started();
  await stop();
  await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('ready');
  return broadcastId;
}

test('everybody in the call is told before anything is recorded', async () => {
  const { program, packager, node } = under;
  const play = program.onMessage;
  program.onMessage = () => {};
  const { broadcastId } = (await start()).body.air.recording;
  await expect.poll(() => node.airOf(meetingId)).toMatchObject({ phase: 'off', isRecorded: true });
  expect(packager.of(broadcastId)).toEqual(['open']);
  program.onMessage = play;
  program.publishing(broadcastId);
  await expect.poll(() => packager.of(broadcastId)).toEqual(['open', 'go-live']);
  await stop();
  await expect.poll(() => node.airOf(meetingId)).toMatchObject({ isRecorded: false });
});

test('a fresh page of the program repeats no chapter of the one before it', async () => {
  const { program } = under;
  const broadcastId = await started();
  let atMs = Date.now();
  const shows = (title: string): void => {
    atMs += 1_000;
    program.send({ name: 'chapter', broadcastId, atMs, kind: 'page', title });
  };
  const titles = async () => {
    const rows = await under.store.read
      .selectFrom('chapter')
      .select('title')
      .where('broadcastId', '=', broadcastId)
      .where('kind', '=', 'page')
      .orderBy('atMs')
      .execute();
    return rows.map(({ title }) => title);
  };
  shows('Results, 1');
  await expect.poll(titles).toEqual(['Results, 1']);
  program.publishing(broadcastId);
  shows('Results, 1');
  shows('Results, 2');
  await expect.poll(titles).toEqual(['Results, 1', 'Results, 2']);
  // shown again: it is a chapter again
  shows('Results, 1');
  shows('Results, 1');
  await expect.poll(titles).toEqual(['Results, 1', 'Results, 2', 'Results, 1', 'Results, 1']);
  await stop();
});

test('a recording’s life: started, ended, finished with its chapters, replayed and fetched', async () => {
  const { packager, program } = under;
  const broadcastId = await started();
  program.send({ name: 'chapter', broadcastId, atMs: Date.now() + 2_000, kind: 'speaker', title: '김하늘' });
  await expect
    .poll(() => under.store.read.selectFrom('chapter').select('title').where('broadcastId', '=', broadcastId).execute())
    .toHaveLength(2);
  expect((await under.air(meetingId)).recording).toMatchObject({ phase: 'live', kind: 'recording' });
  expect((await file(broadcastId)).status).toBe(404);
  await stop();
  await expect.poll(() => packager.of(broadcastId)).toEqual(['open', 'go-live', 'end', 'serve', 'finish']);
  const finish = packager.asked.find((each) => each.name === 'finish' && each.broadcastId === broadcastId);
  expect(finish).toMatchObject({
    folder: folderOf(broadcastId),
    chapters: [
      { atMs: 0, kind: 'start' },
      { kind: 'speaker', title: '김하늘' },
    ],
  });
  await expect
    .poll(() => under.row(broadcastId))
    .toMatchObject({ recording: 'ready', durationMs: 5_000, sizeBytes: MP4.length });
  const detail = await fleet.api('GET', `/api/v1/broadcasts/${broadcastId}`, undefined, fleet.admin.cookie);
  expect(detail.body.broadcast).toMatchObject({ recording: 'ready', mayDownload: true, mayDelete: true });
  expect(detail.body.broadcast.deletedAtMs).toBeGreaterThan(Date.now() + 89 * 86_400_000);
  expect((await file(broadcastId)).status).toBe(200);
  expect(under.audit(meetingId)).toEqual(
    expect.arrayContaining([
      'recording-started by account',
      'recording-ended by account',
      'recording-downloaded by account',
    ]),
  );
});

test('a download has the meeting’s title in its name, and goes on where it broke off', async () => {
  const meeting = await under.store.read
    .selectFrom('meeting')
    .select('title')
    .where('meetingId', '=', meetingId)
    .executeTakeFirstOrThrow();
  await under.store.write((trx) =>
    trx.updateTable('meeting').set({ title: '임원 회의' }).where('meetingId', '=', meetingId).execute(),
  );
  expect(meeting.title).not.toBe('임원 회의');
  const broadcastId = await kept();
  const whole = await file(broadcastId);
  const [day] = new Date().toLocaleDateString('sv-SE').split(' ');
  expect(whole.headers.get('content-disposition')).toBe(
    `attachment; filename="__ __ ${day}.mp4"; filename*=UTF-8''${encodeURIComponent(`임원 회의 ${day}.mp4`)}`,
  );
  expect(whole.headers.get('content-type')).toBe('video/mp4');
  expect(whole.body).toBe(MP4.toString());
  const etag = whole.headers.get('etag')!;
  const part = await file(broadcastId, fleet.admin.cookie, { range: 'bytes=4-', 'if-range': etag });
  expect([part.status, part.body, part.headers.get('content-range')]).toEqual([206, '456789', 'bytes 4-9/10']);
  expect((await file(broadcastId, fleet.admin.cookie, { range: 'bytes=2-3' })).body).toBe('23');
  expect((await file(broadcastId, fleet.admin.cookie, { range: 'bytes=-2' })).body).toBe('89');
  const beyond = await file(broadcastId, fleet.admin.cookie, { range: 'bytes=10-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  expect((await file(broadcastId, fleet.admin.cookie, { range: 'bytes=4-', 'if-range': '"other"' })).status).toBe(200);
  expect(under.audit(meetingId).filter((line) => line.startsWith('recording-downloaded'))).toHaveLength(1);
});

test('while the file is being made it is 202, and where it could not be made an error', async () => {
  const { packager } = under;
  packager.onMessage = (message) => {
    if (message.name === 'end') packager.ended(message.broadcastId);
  };
  const broadcastId = await started();
  await stop();
  await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('finishing');
  expect((await file(broadcastId)).status).toBe(202);
  packager.send({ name: 'finish-failed', broadcastId, code: 'storage-failed', message: 'no room' });
  await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('failed');
  const failed = await file(broadcastId);
  expect([failed.status, failed.body.error.code]).toEqual([503, 'recording-failed']);
});

test('one that runs is no recording twice, and one beside a broadcast is none', async () => {
  const broadcastId = await started();
  expect((await start()).body.air.recording.broadcastId).toBe(broadcastId);
  await act('open-green-room');
  await act('start');
  // the broadcast records the call from its first moment
  await expect.poll(() => under.packager.of(broadcastId), { timeout: 10_000 }).toContain('end');
  expect(under.node.airOf(meetingId)).toMatchObject({ phase: 'live', isRecorded: true });
  const again = await start();
  expect([again.status, again.body.error.code]).toEqual([409, 'not-possible-now']);
  await act('end');
});

test('where nobody is in the meeting, or nothing is recorded, it is not possible now', async () => {
  const { meetingId: empty } = await fleet.enrolRoom(`Room ${newId()}`);
  for (const answer of [await start(fleet.admin.cookie, empty), await stop()])
    expect([answer.status, answer.body.error.code]).toEqual([409, 'not-possible-now']);
});

test('a hold is a chapter, and so is what comes after it', async () => {
  const { broadcastId } = (await act('open-green-room')).body.air.broadcast;
  await act('start');
  await expect.poll(() => under.packager.of(broadcastId), { timeout: 10_000 }).toContain('go-live');
  await act('hold');
  await act('resume');
  await act('end');
  await expect.poll(() => under.packager.of(broadcastId)).toContain('finish');
  const finish = under.packager.asked.find((each) => each.name === 'finish' && each.broadcastId === broadcastId);
  const chapters = (finish as { chapters: { kind: string; title: string }[] }).chapters.map(({ kind, title }) => [
    kind,
    title,
  ]);
  expect(chapters.map(([kind]) => kind)).toEqual(['start', 'hold', 'start']);
  expect(chapters[1]).toEqual(['hold', 'Paused']);
});

test.each(['before its end is known', 'while it is finished', 'when it is ready'])(
  'the fleet server ends %s: it goes on',
  async (when) => {
    const { packager } = under;
    const silent = when === 'before its end is known' ? 'end' : when === 'while it is finished' ? 'finish' : null;
    const playing = packager.onMessage;
    packager.onMessage = (message) => message.name !== silent && playing(message);
    const broadcastId = await started();
    await stop();
    await expect.poll(() => packager.of(broadcastId)).toContain(silent ?? 'finish');
    if (silent === null) await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('ready');
    packager.onMessage = playing;
    packager.asked.length = 0;
    await under.restartFleet(callId);
    await expect.poll(() => packager.of(broadcastId)).toContain('serve');
    await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('ready');
    expect((await file(broadcastId)).status).toBe(200);
  },
);

test('the packager ends while it finishes: the next one is asked again, and serves all replays', async () => {
  const ready = await kept();
  const { packager: former } = under;
  const playing = former.onMessage;
  const { broadcastId } = (await start()).body.air.recording;
  former.onMessage = (message) => message.name !== 'finish' && playing(message);
  await expect.poll(() => former.of(broadcastId)).toContain('go-live');
  await stop();
  await expect.poll(() => former.of(broadcastId)).toContain('finish');
  former.stop();
  under.packager = await new ScriptedPackager(fleet.dataDir).start();
  play(under.packager);
  await expect.poll(() => under.packager.of(ready)).toEqual(['serve']);
  await expect.poll(() => under.packager.of(broadcastId)).toEqual(['serve', 'finish']);
  await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('ready');
});

test('deleted by hand: gone at the packager, on the disk and for everybody; its row stays', async () => {
  const broadcastId = await kept();
  expect(existsSync(folderOf(broadcastId))).toBe(true);
  expect((await remove(broadcastId)).status).toBe(200);
  expect(under.packager.of(broadcastId).at(-1)).toBe('forget');
  expect(existsSync(folderOf(broadcastId))).toBe(false);
  const row = await under.row(broadcastId);
  expect(row).toMatchObject({ recording: 'deleted', phase: 'ended' });
  expect(row.deletedAtMs).toBeGreaterThan(Date.now() - 5_000);
  expect((await file(broadcastId)).status).toBe(404);
  expect((await fleet.api('GET', `/api/v1/broadcasts/${broadcastId}`, undefined, fleet.admin.cookie)).status).toBe(404);
  expect((await remove(broadcastId)).status).toBe(404);
  expect(under.audit(meetingId)).toContain('recording-deleted by account');
  // an answer that was on its way
  under.packager.send({ name: 'finished', broadcastId, sizeBytes: 10 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await under.row(broadcastId)).recording).toBe('deleted');
});

test('one that runs is not deleted', async () => {
  const { broadcastId } = (await act('open-green-room')).body.air.broadcast;
  await act('start');
  await expect.poll(() => under.packager.of(broadcastId), { timeout: 10_000 }).toContain('go-live');
  const answer = await remove(broadcastId);
  expect([answer.status, answer.body.error.code]).toEqual([409, 'not-possible-now']);
  const fetched = await file(broadcastId);
  expect([fetched.status, fetched.body.error.code]).toEqual([409, 'not-possible-now']);
  await act('end');
});

type Who = 'a member' | 'of its people' | 'a co-host' | 'an operator';
const people = async (): Promise<[Who, Staff][]> => [
  ['a member', await under.staff()],
  ['of its people', await under.personOf(meetingId, 'member')],
  ['a co-host', await under.personOf(meetingId, 'co-host')],
  ['an operator', await under.staff('operator')],
];
test.each([
  ['nobody', 'recording', { 'a member': 404, 'of its people': 403, 'a co-host': 403, 'an operator': 403 }],
  ['hosts', 'recording', { 'a member': 404, 'of its people': 403, 'a co-host': 200, 'an operator': 200 }],
  ['viewers', 'recording', { 'a member': 404, 'of its people': 200, 'a co-host': 200, 'an operator': 200 }],
  ['hosts', 'broadcast', { 'a member': 403, 'of its people': 403, 'a co-host': 200, 'an operator': 200 }],
  ['viewers', 'broadcast', { 'a member': 200, 'of its people': 200, 'a co-host': 200, 'an operator': 200 }],
] as const)('who fetches, where %s may, a %s', async (downloadedBy, kind, expected) => {
  await under.setPolicy({ downloadedBy });
  const broadcastId = await kept();
  await under.store.write((trx) =>
    trx.updateTable('broadcast').set({ kind }).where('broadcastId', '=', broadcastId).execute(),
  );
  const seen: Record<string, number> = {};
  for (const [who, { cookie }] of await people()) seen[who] = (await file(broadcastId, cookie)).status;
  expect(seen).toEqual(expected);
  await under.setPolicy({ downloadedBy: 'hosts' });
});

test('who replays and who deletes a meeting’s recording: its people, and its hosts', async () => {
  const broadcastId = await kept();
  const seen: Record<string, number[]> = {};
  for (const [who, { cookie }] of await people()) {
    const watched = await fleet.api('POST', `/api/v1/broadcasts/${broadcastId}/viewings`, undefined, cookie);
    const deleted = who === 'an operator' ? { status: 200 } : await remove(broadcastId, cookie);
    seen[who] = [watched.status, deleted.status];
    if (who === 'a co-host') break;
  }
  expect(seen).toEqual({ 'a member': [404, 404], 'of its people': [200, 403], 'a co-host': [200, 200] });
  const other = await kept();
  const { cookie } = await under.staff('operator');
  expect((await fleet.api('POST', `/api/v1/broadcasts/${other}/viewings`, undefined, cookie)).status).toBe(200);
  expect((await remove(other, cookie)).status).toBe(200);
});

/** Spoken in the meeting's call, as a node reports it. */
async function spoken(text: string, fromMs: number, lastsMs = 500): Promise<string> {
  const segmentId = newId();
  const segment = { segmentId, peerId: newId(), displayName: 'Mina', text, fromMs, untilMs: fromMs + lastsMs };
  await under.node.report('transcript-segment', { callId, meetingId, person: null, segment });
  const kept = () =>
    under.store.read.selectFrom('transcript').select('segmentId').where('segmentId', '=', segmentId).executeTakeFirst();
  await expect.poll(kept, { timeout: 5_000 }).toBeDefined();
  return segmentId;
}
async function captions(broadcastId: string, cookie = fleet.admin.cookie) {
  const url = new URL(`/api/v1/broadcasts/${broadcastId}/captions.vtt`, fleet.ready.fleetUrl);
  const answer = await fetch(url, { headers: { cookie } });
  const { headers, status } = answer;
  return {
    status,
    type: headers.get('content-type'),
    named: headers.get('content-disposition'),
    text: await answer.text(),
  };
}
const hasCaptions = async (broadcastId: string): Promise<boolean> =>
  (await fleet.api('GET', `/api/v1/broadcasts/${broadcastId}`, undefined, fleet.admin.cookie)).body.broadcast
    .hasCaptions;
/** As the packager leaves it: one segment, which begins with the recording. */
function writeReplayIndex(broadcastId: string, fromMs: number): void {
  mkdirSync(folderOf(broadcastId), { recursive: true });
  const index = { partTargetS: 0.5, segments: [[0, 0, 60, fromMs, 0, 10]] };
  writeFileSync(join(folderOf(broadcastId), 'replay.json'), JSON.stringify(index));
}

test('captions of a recording: for who may replay it alone, in its times, and gone with the words', async () => {
  const broadcastId = await started();
  const { liveAtMs } = await under.row(broadcastId);
  await fleet.measureClock({ callIds: [callId], participantCounts: { [callId]: 1 } });
  // it is reported once it was spoken
  await expect.poll(() => Date.now()).toBeGreaterThan(liveAtMs! + 510);
  const segmentId = await spoken('Good morning', liveAtMs! + 10);
  await stop();
  await expect.poll(async () => (await under.row(broadcastId)).recording).toBe('ready');
  // its packager wrote no index
  expect((await captions(broadcastId)).status).toBe(404);
  writeReplayIndex(broadcastId, liveAtMs! - 990);
  expect(await captions(broadcastId)).toMatchObject({
    ...{ status: 200, type: 'text/vtt; charset=utf-8', named: expect.stringContaining('.vtt') },
    text: `WEBVTT\n\n${segmentId}\n00:00:01.000 --> 00:00:01.500\n<v Mina>Good morning\n`,
  });
  expect(await hasCaptions(broadcastId)).toBe(true);
  const seen: Record<string, number> = {};
  for (const [who, { cookie }] of await people()) seen[who] = (await captions(broadcastId, cookie)).status;
  expect(seen).toEqual({ 'a member': 404, 'of its people': 200, 'a co-host': 200, 'an operator': 200 });
  const { cookie } = await under.personOf(meetingId, 'host');
  const path = `/api/v1/meetings/${meetingId}/calls/${callId}/transcript/${segmentId}`;
  expect((await fleet.api('DELETE', path, undefined, cookie)).status).toBe(200);
  expect([await hasCaptions(broadcastId), (await captions(broadcastId)).text]).toEqual([false, 'WEBVTT\n']);
  await remove(broadcastId);
  expect((await captions(broadcastId)).status).toBe(404);
});

test('captions of what is live are for who goes back in it, from when it went live, and nothing of a hold', async () => {
  const { body } = await act('start');
  const { broadcastId } = body.air.broadcast;
  await expect.poll(async () => (await under.row(broadcastId)).phase, { timeout: 10_000 }).toBe('live');
  const { liveAtMs } = await under.row(broadcastId);
  expect([await hasCaptions(broadcastId), (await captions(broadcastId)).text]).toEqual([false, 'WEBVTT\n']);
  await fleet.measureClock({ callIds: [callId], participantCounts: { [callId]: 1 } });
  await spoken('Good morning', liveAtMs!, 1);
  await act('hold');
  await spoken('Behind the card', Date.now() + 5);
  expect((await captions(broadcastId)).text).toContain('00:00:00.000 --> 00:00:00.500\n<v Mina>Good morning');
  expect((await captions(broadcastId)).text).not.toContain('Behind the card');
  expect(await hasCaptions(broadcastId)).toBe(true);
  await act('end');
  expect((await fleet.api('GET', `/api/v1/broadcasts/${broadcastId}/captions.vtt`)).status).toBe(401);
});

test('who records is the policy’s: nobody, or hosts', async () => {
  const { cookie } = await under.personOf(meetingId, 'co-host');
  await under.setPolicy({ recordedBy: 'nobody' });
  const refused = await start(cookie);
  expect([refused.status, refused.body.error.code]).toEqual([403, 'recording-not-allowed']);
  await under.setPolicy({ recordedBy: 'hosts' });
  expect((await start(cookie)).status).toBe(200);
  // what runs may be ended whatever the policy is by now
  await under.setPolicy({ recordedBy: 'nobody' });
  expect((await stop(cookie)).status).toBe(200);
  const stranger = await start((await under.staff()).cookie);
  expect([stranger.status, stranger.body.error.code]).toEqual([403, 'forbidden']);
  await under.setPolicy({ recordedBy: 'hosts-and-rooms' });
  expect(fleet.audit().filter(({ kind }) => kind === 'recording-policy-changed').length).toBeGreaterThanOrEqual(4);
});

test('a room’s phone records by the policy and by the room’s setting, both', async () => {
  const room = new RoomUnderTest(await fleet.enrolRoom(`Room ${newId()}`));
  await room.start(fleet);
  const { roomId, meetingId: ofRoom } = room.room;
  const ofCall = await under.openCall(ofRoom);
  await room.offer('BCDFGHJK');
  const phase = { name: 'in-call', callId: ofCall, meetingId: ofRoom, meetingTitle: 'M', sinceMs: Date.now() };
  await room.sayState({ phase: phase as never });
  const paired = await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGHJK' });
  const phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(paired.body.controllerToken);
  const record = async (on: boolean): Promise<string | null> => {
    const id = newId();
    phone.send({ type: 'set-recording', id, on });
    await expect.poll(() => phone.of('command-reply').find((each) => each.id === id)).toBeDefined();
    return phone.of('command-reply').find((each) => each.id === id)!.error?.code ?? null;
  };
  expect(await record(true)).toBe('recording-not-allowed');
  const settings = `/api/v1/rooms/${roomId}/settings`;
  const { revision } = (await under.asAdmin('GET', settings)).body;
  await under.asAdmin('PUT', settings, { revision, set: { broadcast: { mayRecord: true } } });
  await under.setPolicy({ recordedBy: 'hosts' });
  expect(await record(true)).toBe('recording-not-allowed');
  await under.setPolicy({ recordedBy: 'hosts-and-rooms' });
  expect(await record(true)).toBeNull();
  await expect.poll(() => phone.of('air').at(-1)?.air.recording?.phase).toBe('live');
  expect(await record(false)).toBeNull();
  await expect.poll(() => phone.of('air').at(-1)?.air.recording).toBeNull();
  phone.close();
  room.stop();
});

test('the console lists what runs, what is kept and what is gone, with the space; ends one and deletes one', async () => {
  const broadcastId = await started();
  const list = async (shelf: string) => {
    const { body } = await under.asAdmin('GET', `/api/v1/broadcasts?shelf=${shelf}&limit=1`);
    return body;
  };
  expect((await list('under-way')).rows[0]).toMatchObject({ broadcastId, kind: 'recording', phase: 'live' });
  const end = await under.asAdmin('POST', `/api/v1/broadcasts/${broadcastId}/end`);
  expect(end.status).toBe(200);
  await expect
    .poll(async () => (await list('kept')).rows[0])
    .toMatchObject({ broadcastId, recording: 'ready', sizeBytes: MP4.length });
  const { counts, nextCursor, total } = await list('kept');
  expect(counts.usedBytes).toBeGreaterThanOrEqual(MP4.length);
  expect(counts.freeBytes).toBeGreaterThan(0);
  if (total > 1) {
    const next = await under.asAdmin('GET', `/api/v1/broadcasts?shelf=kept&limit=1&cursor=${nextCursor}`);
    expect(next.body.rows[0].broadcastId < broadcastId).toBe(true);
  }
  await remove(broadcastId);
  expect((await list('gone')).rows[0]).toMatchObject({ broadcastId, recording: 'deleted' });
  const stopped = await under.asAdmin('POST', `/api/v1/broadcasts/${broadcastId}/end`);
  expect([stopped.status, stopped.body.error.code]).toEqual([409, 'not-possible-now']);
  expect((await under.asAdmin('GET', '/api/v1/broadcasts?cursor=made-up')).status).toBe(400);
});

test('folders that no row needs are removed when the server starts, recordings stay', async () => {
  const broadcastId = await kept();
  const unknown = newId();
  const gone = await kept();
  await remove(gone);
  for (const each of [unknown, gone]) mkdirSync(folderOf(each), { recursive: true });
  await under.restartFleet(callId);
  await expect.poll(() => [unknown, gone].some((each) => existsSync(folderOf(each)))).toBe(false);
  expect(existsSync(join(folderOf(broadcastId), 'final.mp4'))).toBe(true);
});
