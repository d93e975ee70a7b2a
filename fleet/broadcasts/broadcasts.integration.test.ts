/** A broadcast's whole life with the real fleet server, a scripted packager, program, node, room and phone. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { JoinTokenClaims } from '#contract/grants.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';
import { NodeInTest, ScriptedPackager, ScriptedProgram } from './broadcasts-under-test.ts';

const fleet = new FleetUnderTest();
let packager: ScriptedPackager;
let program: ScriptedProgram;
let node: NodeInTest;
let room: RoomUnderTest;
let callId: string;

beforeAll(async () => {
  packager = await new ScriptedPackager(fleet.dataDir).start();
  program = await new ScriptedProgram(fleet.dataDir).start();
  await fleet.start();
  node = await new NodeInTest(fleet).start();
});
afterAll(async () => {
  packager.stop();
  program.stop();
  await fleet.stop();
});

beforeEach(async () => {
  ({ room, callId } = await roomInCall());
});

/** A room whose meeting's call runs. */
async function roomInCall(): Promise<{ room: RoomUnderTest; callId: string }> {
  const made = new RoomUnderTest(await fleet.enrolRoom(`Room ${newId()}`));
  await made.start(fleet);
  return { room: made, callId: await openCall(made) };
}
/** As an invite opens it, so that the fleet knows its call. */
async function openCall(of: RoomUnderTest): Promise<string> {
  const { meetingId } = of.room;
  const made = await fleet.api(
    'POST',
    `/api/v1/meetings/${meetingId}/invites`,
    { displayName: null, expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  const invite = made.body.joinUrl.split('#')[1];
  const { grant } = (await fleet.api('POST', '/api/v1/guest-entries', { invite })).body as Json;
  await node.joins(meetingId, grant.callId);
  await expect.poll(() => of.last('desired')?.meeting?.underWay).toBe(true);
  return grant.callId;
}

const actIn = (meetingId: string, name: string, more: object = {}) =>
  fleet.api('POST', `/api/v1/meetings/${meetingId}/broadcast-acts`, { name, ...more }, fleet.admin.cookie);
const act = (name: string, more: object = {}) => actIn(room.room.meetingId, name, more);
async function phase(): Promise<string | null> {
  const events = new EventsUnderTest(
    new URL(`/api/v1/meetings/${room.room.meetingId}/air`, fleet.ready.fleetUrl).href,
    { cookie: fleet.admin.cookie },
  );
  await expect.poll(() => events.last('air')).toBeDefined();
  events.close();
  return events.last('air').broadcast?.phase ?? null;
}
/** On air, and its id. */
async function live(): Promise<string> {
  const opened = await act('open-green-room');
  const { broadcastId } = opened.body.air.broadcast;
  await act('start');
  await expect.poll(() => packager.lifeOf(broadcastId)).toContain('go-live');
  return broadcastId;
}

test('from the green room to the end: packager, program, node and audit log follow', async () => {
  const { meetingId } = room.room;
  const opened = await act('open-green-room');
  expect(opened.body.air).toMatchObject({ mayBroadcast: true, broadcast: { phase: 'green-room', meetingId } });
  const { broadcastId } = opened.body.air.broadcast;
  await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open']);
  await expect.poll(() => node.portOf(broadcastId)).toBe(40_000);
  await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
  expect(program.shown(broadcastId).show).toMatchObject({ card: 'title', isLive: false });
  expect(node.airOf(meetingId)).toMatchObject({ phase: 'green-room', isRecorded: false });

  const started = await act('start');
  expect(started.body.air.broadcast).toMatchObject({ phase: 'countdown' });
  expect(started.body.air.broadcast.liveAtMs).toBeGreaterThan(Date.now() + 3_000);
  expect(packager.lifeOf(broadcastId)).not.toContain('go-live');
  await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open', 'go-live']);
  await expect.poll(() => node.airOf(meetingId)).toMatchObject({ phase: 'live', isRecorded: true });
  await expect.poll(() => program.shown(broadcastId).show).toMatchObject({ card: null, isLive: true });

  expect((await act('hold')).body.air.broadcast.phase).toBe('hold');
  await expect.poll(() => program.shown(broadcastId).show.card).toBe('hold');
  await act('resume');
  await expect.poll(() => node.airOf(meetingId)).toMatchObject({ phase: 'live' });

  packager.health(broadcastId, { watching: 7 });
  await expect.poll(() => node.airOf(meetingId).watching).toBe(7);

  expect((await act('end')).body.air.broadcast).toBeNull();
  await expect.poll(() => node.airOf(meetingId)).toMatchObject({ phase: 'off', isRecorded: false });
  await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open', 'go-live', 'end']);
  await expect.poll(() => program.of(broadcastId, 'stop')).toHaveLength(1);
  await expect.poll(() => node.portOf(broadcastId)).toBeNull();
  const kinds = fleet
    .audit()
    .filter(({ subject }) => subject === `meeting:${meetingId}`)
    .map(({ kind }) => kind);
  expect(kinds).toEqual(
    expect.arrayContaining(['broadcast-started', 'broadcast-held', 'broadcast-resumed', 'broadcast-ended']),
  );
});

test('a host on the staff page sees who can be shown alone; a program is nobody', async () => {
  const { meetingId } = room.room;
  expect((await act('open-green-room')).body.air.people).toEqual([]);
  const events = new EventsUnderTest(new URL(`/api/v1/meetings/${meetingId}/air`, fleet.ready.fleetUrl).href, {
    cookie: fleet.admin.cookie,
  });
  await expect.poll(() => events.last('air')?.people).toEqual([]);
  const { broadcastId } = events.last('air').broadcast;
  await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
  const hall = { callId, meetingId, peerId: newId(), displayName: 'Hall', participantCount: 2 };
  await node.report('participant-joined', { ...hall, peerKind: 'room' });
  const { peerId } = program.of(broadcastId, 'run')[0]!.grant;
  await node.report('participant-joined', { ...hall, peerId, displayName: 'Broadcast', peerKind: 'program' });
  const looks = () => {
    packager.health(broadcastId);
    return events.last('air').people;
  };
  await expect.poll(looks, { timeout: 5_000 }).toEqual([{ peerId: hall.peerId, displayName: 'Hall' }]);
  expect((await act('set-stage', { stage: { kind: 'one', peerId: hall.peerId } })).status).toBe(200);
  await expect.poll(() => program.shown(broadcastId).show.stage).toEqual({ kind: 'one', peerId: hall.peerId });
  await node.report('participant-left', { ...hall, reason: 'left', participantCount: 1 });
  await expect.poll(looks, { timeout: 5_000 }).toEqual([]);
  events.close();
  await act('close-green-room');
});

test('the program’s grant lets a program in, and nobody else', async () => {
  const { broadcastId } = (await act('open-green-room')).body.air.broadcast;
  await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
  const { grant } = program.of(broadcastId, 'run')[0]!;
  expect(grant).toMatchObject({ callId, documents: { documents: ['view', 'view-unmarked'] } });
  expect(JoinTokenClaims.parse(decodeJwt(grant.joinToken))).toMatchObject({
    peerKind: 'program',
    broadcastId,
    publishes: ['program', 'program-sound'],
    receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    rights: [],
    isLetIn: true,
  });
  // nobody's mark on the pages that everybody sees, whatever guests may do
  const path = `/api/v1/meetings/${room.room.meetingId}/document-policy`;
  const strict = { ...DEFAULT_DOCUMENT_POLICY, guestsView: false, hasWatermark: true };
  expect((await fleet.api('PUT', path, strict, fleet.admin.cookie)).status).toBe(200);
  const bearer = { authorization: `Bearer ${grant.documents!.token}` };
  expect((await fleet.api('GET', '/api/v1/documents', undefined, undefined, bearer)).status).toBe(200);
  expect(node.told.filter(({ name, peerIds }) => name === 'set-permissions' && peerIds.includes(grant.peerId))).toEqual(
    [],
  );
  program.send({ name: 'grant-wanted', broadcastId, endedCallId: null });
  await expect.poll(() => program.of(broadcastId, 'grant')).toHaveLength(1);
  program.send({ name: 'grant-wanted', broadcastId, endedCallId: callId });
  await expect.poll(() => program.of(broadcastId, 'no-grant')[0]).toMatchObject({ code: 'call-ended' });
});

test('a phone of a room that may broadcast directs it; of another it is refused in words', async () => {
  await pairedPhone(async (phone, ask) => {
    const open = { type: 'direct-broadcast', act: { name: 'open-green-room' } };
    await expect.poll(() => phone.of('air').at(-1)?.air).toMatchObject({ mayBroadcast: false, broadcast: null });
    expect(await ask(open)).toBe('broadcasting-not-allowed');
    await set(room.room.roomId, { mayBroadcast: true });
    expect(await ask(open)).toBeNull();
    await expect.poll(() => phone.of('air').at(-1)?.air).toMatchObject({ broadcast: { phase: 'green-room' } });
    // it has the roster
    expect(phone.of('air').at(-1).air.people).toBeNull();
    const { broadcastId } = phone.of('air').at(-1).air.broadcast;
    await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
    program.send({ name: 'level', broadcastId, loudnessDb: -20, preview: 'AAAA' });
    await expect.poll(() => phone.of('program-preview').at(-1)).toMatchObject({ broadcastId, jpeg: 'AAAA' });
    await expect.poll(() => phone.of('air').at(-1)?.air.broadcast.loudnessDb).toBe(-20);
  });
});

/** A phone of the room, whose TV shows that it is in its call. */
async function pairedPhone(
  work: (phone: PhoneUnderTest, ask: (message: object) => Promise<string | null>) => Promise<void>,
): Promise<void> {
  const { meetingId } = room.room;
  await room.offer('BCDFGHJK');
  const inCall = { name: 'in-call', callId, meetingId, meetingTitle: 'M', sinceMs: Date.now() };
  await room.sayState({ phase: inCall as never });
  const paired = await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGHJK' });
  expect(paired.status, JSON.stringify(paired.body)).toBe(200);
  const phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(paired.body.controllerToken);
  await expect.poll(() => phone.of('welcome')).toHaveLength(1);
  /** the code by which it is refused; null: done */
  const ask = async (message: object): Promise<string | null> => {
    const id = newId();
    phone.send({ ...message, id });
    const reply = (): Json => phone.of('command-reply').find((each) => each.id === id);
    await expect.poll(reply).toBeDefined();
    return reply().error?.code ?? null;
  };
  await work(phone, ask);
  phone.close();
}
async function set(roomId: string, values: object): Promise<void> {
  const settings = `/api/v1/rooms/${roomId}/settings`;
  const { revision } = (await fleet.api('GET', settings, undefined, fleet.admin.cookie)).body;
  const body = { revision, set: { broadcast: values } };
  expect((await fleet.api('PUT', settings, body, fleet.admin.cookie)).status).toBe(200);
}

test('an audience is chosen of the places there are, by whoever may broadcast alone', async () => {
  const { cookie } = fleet.admin;
  const place = (parentId: string | null, kind: string, placeName: string) =>
    fleet.api('POST', '/api/v1/places', { parentId, kind, placeName }, cookie);
  const seoul = (await place(null, 'site', 'Seoul')).body.placeId;
  const tower = (await place(seoul, 'building', 'Tower')).body.placeId;
  const path = `/api/v1/meetings/${room.room.meetingId}/audience-choices`;
  const { body } = await fleet.api('GET', path, undefined, cookie);
  expect(body.places).toEqual([
    { placeId: seoul, placeName: 'Seoul' },
    { placeId: tower, placeName: 'Seoul / Tower' },
  ]);
  expect(body.groups).toEqual([]);
  expect((await fleet.api('GET', path)).status).toBe(401);
});

test('two acts at once make one countdown, one broadcast', async () => {
  const opened = await Promise.all([act('open-green-room'), act('open-green-room')]);
  const answers = [...opened, ...(await Promise.all([act('start'), act('start')]))];
  const ids = new Set(answers.map(({ body }) => body.air?.broadcast?.broadcastId));
  expect(ids.size).toBe(1);
  expect(await phase()).toBe('countdown');
  expect((await act('end')).body.air.broadcast).toBeNull();
});

test.each(['resume', 'hold', 'end', 'cancel-countdown', 'close-green-room'])(
  '%s where nothing runs is not possible now',
  async (name) => {
    const { status, body } = await act(name);
    expect([status, body.error.code]).toEqual([409, 'not-possible-now']);
  },
);

test('what is away is a trouble on the desk, and what this machine cannot do is refused in words', async () => {
  const { broadcastId } = (await act('open-green-room')).body.air.broadcast;
  await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
  program.send({ name: 'lost', broadcastId, why: 'scripted' });
  packager.health(broadcastId, { isDiskFull: true });
  const events = new EventsUnderTest(
    new URL(`/api/v1/meetings/${room.room.meetingId}/air`, fleet.ready.fleetUrl).href,
    { cookie: fleet.admin.cookie },
  );
  const troubles = (): string[] | undefined => events.last('air')?.broadcast?.troubles;
  await expect.poll(troubles).toEqual(['program-unavailable', 'rewind-off']);
  program.publishing(broadcastId);
  await expect.poll(troubles).toEqual(['rewind-off']);
  packager.stop();
  await expect.poll(troubles).toEqual(['packager-unavailable']);
  events.close();
  expect((await act('end')).body.air.broadcast).toBeNull();
  packager = new ScriptedPackager(fleet.dataDir);
  packager.whyUnavailable = 'no ffmpeg';
  await packager.start();
  await expect.poll(() => packager.hellos).toHaveLength(1);
  const refused = await act('open-green-room');
  expect([refused.status, refused.body.error.code]).toEqual([503, 'packager-unavailable']);
  packager.stop();
  packager = await new ScriptedPackager(fleet.dataDir).start();
  await expect.poll(() => packager.hellos).toHaveLength(1);
});

test('a broadcast that nobody is in is refused; one whose call is gone for a moment goes on', async () => {
  const { meetingId } = room.room;
  const broadcastId = await live();
  await node.report('call-ended', { callId, meetingId, reason: 'empty' });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await phase()).toBe('live');
  program.send({ name: 'grant-wanted', broadcastId, endedCallId: callId });
  await expect.poll(() => program.of(broadcastId, 'no-grant')).toHaveLength(1);
  callId = await openCall(room);
  program.send({ name: 'grant-wanted', broadcastId, endedCallId: null });
  await expect.poll(() => program.of(broadcastId, 'grant').at(-1)?.grant.callId).toBe(callId);
  await act('end');
  await node.report('call-ended', { callId, meetingId, reason: 'empty' });
  await expect.poll(async () => (await act('open-green-room')).status).toBe(409);
});

test('a recording starts when its program sends, and is seen in the call', async () => {
  const { roomId, meetingId } = room.room;
  await pairedPhone(async (phone, ask) => {
    expect(await ask({ type: 'set-recording', on: true })).toBe('recording-not-allowed');
    await set(roomId, { mayRecord: true });
    expect(await ask({ type: 'set-recording', on: true })).toBeNull();
    await expect.poll(() => node.airOf(meetingId)).toMatchObject({ phase: 'off', isRecorded: true });
    await expect.poll(() => phone.of('air').at(-1).air.recording).toMatchObject({ kind: 'recording', phase: 'live' });
    const { broadcastId } = phone.of('air').at(-1).air.recording;
    expect(program.shown(broadcastId).show).toMatchObject({ card: null, isLive: false });
    expect(await ask({ type: 'set-recording', on: false })).toBeNull();
    await expect.poll(() => node.airOf(meetingId)).toMatchObject({ isRecorded: false });
    await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open', 'go-live', 'end']);
  });
});

test('what sends another picture than the call is replaced', async () => {
  const broadcastId = await live();
  packager.health(broadcastId);
  await expect.poll(() => program.of(broadcastId, 'run')).toHaveLength(1);
  // a packager that was started again has seen nothing yet
  packager.send({ name: 'opened', broadcastId, mediaPort: 40_000 });
  packager.health(broadcastId, { picture: 'none' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  packager.health(broadcastId);
  expect(program.of(broadcastId, 'replace')).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // reported once, as it changes: the next report, a second later, would be late
  packager.health(broadcastId, { picture: 'black' });
  const sinceMs = performance.now();
  await expect
    .poll(() => program.of(broadcastId, 'replace'), { interval: 20 })
    .toEqual([{ name: 'replace', broadcastId, why: 'black' }]);
  expect(performance.now() - sinceMs).toBeGreaterThan(500);
  // its fresh page sends what it should
  program.publishing(broadcastId);
  packager.health(broadcastId);
  packager.health(broadcastId, { picture: 'none' });
  packager.health(broadcastId);
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  expect(program.of(broadcastId, 'replace')).toHaveLength(1);
});

/** Four rooms, one in each phase: one restart for all, because a start is what takes long on a busy machine. */
test('after a restart each goes on where it was: green room, countdown, live and hold', async () => {
  const inPhase = async (at: 'green-room' | 'countdown' | 'live' | 'hold') => {
    const made = await roomInCall();
    const { meetingId } = made.room.room;
    const { broadcastId } = (await actIn(meetingId, 'open-green-room')).body.air.broadcast;
    await expect.poll(() => packager.lifeOf(broadcastId)).toContain('open');
    if (at === 'live' || at === 'hold') {
      await actIn(meetingId, 'start');
      await expect.poll(() => packager.lifeOf(broadcastId)).toContain('go-live');
    }
    if (at === 'hold') await actIn(meetingId, 'hold');
    return { at, meetingId, broadcastId, callId: made.callId };
  };
  const scenes = await Promise.all((['green-room', 'countdown', 'live', 'hold'] as const).map(inPhase));
  const [, counting] = scenes;
  expect((await actIn(counting!.meetingId, 'start')).body.air.broadcast.phase).toBe('countdown');
  await fleet.kill();
  packager.asked.length = 0;
  program.asked.length = 0;
  node.told.length = 0;
  program.running = scenes.map(({ broadcastId }) => broadcastId);
  await fleet.startServer();
  // as a node that has subscribed before it registers
  await fleet.register({ online: false });
  const callIds = scenes.map((scene) => scene.callId);
  await fleet.register({ callIds, participantCounts: Object.fromEntries(callIds.map((each) => [each, 1])) });
  program.running = [];
  for (const { at, meetingId, broadcastId } of scenes) {
    await expect.poll(() => packager.lifeOf(broadcastId)[0], { message: at }).toBe('open');
    await expect.poll(() => program.of(broadcastId, 'run').length, { message: at }).toBeGreaterThan(0);
    expect(program.of(broadcastId, 'stop'), at).toEqual([]);
    await expect.poll(() => node.portOf(broadcastId), { message: at }).toBe(40_000);
    const after = at === 'countdown' ? 'live' : at;
    await expect.poll(() => node.airOf(meetingId)?.phase, { message: at }).toBe(after);
    const opened = packager.asked.find((message) => message.name === 'open' && message.broadcastId === broadcastId);
    const wentLiveAtMs = opened?.name === 'open' ? opened.wentLiveAtMs : null;
    // its timeline goes on where its folder ends
    if (at === 'live' || at === 'hold') expect(wentLiveAtMs, at).not.toBeNull();
    if (at === 'green-room') expect(wentLiveAtMs).toBeNull();
    // a countdown that was over before the packager was there is sent with its opening
    if (at === 'countdown' && wentLiveAtMs === null)
      await expect.poll(() => packager.lifeOf(broadcastId)).toContain('go-live');
    await actIn(meetingId, at === 'green-room' ? 'close-green-room' : 'end');
  }
});

test('a green room that was closed by hand stays closed across a restart, until its time is another', async () => {
  const path = `/api/v1/meetings/${room.room.meetingId}/broadcasts`;
  const inMinutes = (minutes: number) => ({ startsAtMs: Date.now() + minutes * 60_000 });
  const planned = await fleet.api('POST', path, inMinutes(3), fleet.admin.cookie);
  const { broadcastId } = planned.body.broadcast;
  await expect.poll(phase).toBe('green-room');
  expect((await act('close-green-room')).body.air.broadcast.phase).toBe('planned');
  await fleet.kill();
  await fleet.startServer();
  await fleet.register({ online: false });
  await fleet.register({ callIds: [callId], participantCounts: { [callId]: 1 } });
  // it looks twice a second
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await phase()).toBe('planned');
  expect((await fleet.api('PUT', `${path}/${broadcastId}`, inMinutes(4), fleet.admin.cookie)).status).toBe(200);
  await expect.poll(phase).toBe('green-room');
  await act('end');
});

test('what is spoken while it is live reaches who watches, with the list, and nothing of what is spoken on hold', async () => {
  const { meetingId } = room.room;
  const home = (headers: Record<string, string> = {}) =>
    new EventsUnderTest(new URL('/api/v1/watch-home', fleet.ready.fleetUrl).href, {
      cookie: fleet.admin.cookie,
      ...headers,
    });
  const texts = ({ heard }: EventsUnderTest): string[] =>
    heard.flatMap(({ name, data }) =>
      name === 'captions' ? data.captions.map(({ text }: { text: string }) => text) : [],
    );
  const speak = (text: string) => {
    const segment = { segmentId: newId(), peerId: newId(), displayName: 'Mina', text };
    const times = { fromMs: Date.now(), untilMs: Date.now() };
    return node.report('transcript-segment', { callId, meetingId, segment: { ...segment, ...times }, person: null });
  };
  await fleet.measureClock({ callIds: [callId], participantCounts: { [callId]: 1 } });
  const page = home();
  await expect.poll(() => page.last('home')).toBeDefined();
  await act('open-green-room');
  await speak('in the green room');
  await act('close-green-room');
  const broadcastId = await live();
  await speak('Good morning');
  await expect.poll(() => texts(page)).toEqual(['Good morning']);
  expect(page.last('captions')).toMatchObject({ broadcastId, captions: [{ displayName: 'Mina' }] });
  expect(JSON.stringify(page.last('captions'))).not.toContain('peerId');
  await act('hold');
  await speak('on hold');
  await act('resume');
  await speak('Back again');
  await expect.poll(() => texts(page)).toEqual(['Good morning', 'Back again']);
  const late = home();
  await expect.poll(() => texts(late)).toEqual(['Good morning', 'Back again']);
  for (const each of [page, late]) each.close();
});
