/** Rooms and media nodes of another release: named, answered, and otherwise not read, whatever they send. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OLDEST_SERVED_PROTOCOL, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

let fleet: FleetUnderTest;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
afterAll(() => fleet.stop());

const rowOf = ({ room }: RoomUnderTest) => fleet.roomOf(room.roomId);
const get = async (path: string): Promise<string> => {
  const { body } = await fleet.api('GET', path, undefined, fleet.admin.cookie);
  return typeof body === 'string' ? body : JSON.stringify(body);
};

test.each([
  ['older', OLDEST_SERVED_PROTOCOL - 1, 'client-too-old'],
  ['newer', PROTOCOL_VERSION + 1, 'server-too-old'],
] as const)(
  'an %s room is answered by whose number is too low, and keeps its connection',
  async (name, protocol, code) => {
    const [other, served] = [
      new RoomUnderTest(await fleet.enrolRoom(`Room ${name}`)),
      new RoomUnderTest(await fleet.enrolRoom(`Room beside ${name}`)),
    ];
    await other.start(fleet, protocol);
    await served.start(fleet);
    await expect.poll(() => other.last('requestReply')).toMatchObject({ name: 'refused', id: null, error: { code } });
    // what its schema is nobody here knows, and nothing of it counts as malformed
    await other.say('state', { protocol, mood: 'good' });
    await other.say('pairing', { offers: 3 });
    await other.say('request', { name: 'of-another-release' }, false);
    await served.sayState({ volumePercent: 77 });
    const metrics = await get('/metrics');
    expect(metrics).toMatch(new RegExp(`maru_refusals_total{wire="mqtt",code="${code}"} 1`));
    expect(metrics).not.toMatch(/maru_refusals_total{wire="mqtt",code="bad-message"}/);
    expect(other.connected).toBe(true);
    const tooOld = code === 'client-too-old' ? 'kiosk' : 'server';
    const reason = { kind: 'protocol', tooOld, kioskProtocol: protocol, serverProtocol: PROTOCOL_VERSION };
    await expect.poll(() => rowOf(other)).toMatchObject({ health: 'trouble', reasons: [reason] });
    await expect.poll(() => rowOf(served)).toMatchObject({ health: 'ready', reasons: [] });
    expect(other.heard.filter((message) => message.name === 'requestReply')).toHaveLength(1);
    other.stop();
    await expect.poll(() => rowOf(other)).toMatchObject({ reasons: [{ kind: 'fleet', reason: 'offline' }] });
    served.stop();
  },
);

test('a room with words of a newer release is listed and shown with the rest of its state, and the words are counted', async () => {
  const [newer, beside] = [new RoomUnderTest(await fleet.enrolRoom('Newer')), await fleet.enrolRoom('Beside it')];
  await newer.start(fleet);
  const later = {
    phase: { name: 'rehearsing', sceneCount: 3 },
    layout: 'theatre',
    notices: ['lens-dirty', 'camera-missing'],
    volumePercent: 31,
  };
  await newer.sayState(later as never);
  await expect
    .poll(() => rowOf(newer))
    .toMatchObject({
      health: 'limited',
      reasons: [{ kind: 'notice', notice: 'camera-missing' }],
    });
  const { body } = await fleet.api('GET', '/api/v1/rooms', undefined, fleet.admin.cookie);
  const listed = body.rows.map(({ roomId }: { roomId: string }) => roomId);
  expect(listed).toEqual(expect.arrayContaining([newer.room.roomId, beside.roomId]));
  expect(await get('/metrics')).toMatch(/^maru_unknown_words_total [1-9]/m);
  expect(newer.heard.filter((message) => message.name === 'requestReply')).toEqual([]);
  newer.stop();
});

test('a media node of another release takes no calls, and the health page names it', async () => {
  const registration = { protocol: PROTOCOL_VERSION + 1, capacity: 'endless' };
  await fleet.node.publishAsync(topicOf('registration', fleet.nodeId), JSON.stringify(registration), { qos: 1 });
  const { problems } = JSON.parse(await get('/healthz'));
  expect(problems).toContainEqual(expect.stringContaining(`${fleet.nodeId}: protocol ${PROTOCOL_VERSION + 1}`));
});
