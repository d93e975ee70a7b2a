/** A room whose box is in strange hands, against the real fleet server: refused by name, and nobody else notices. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projections } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let hostile: RoomUnderTest;
let honest: RoomUnderTest;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  hostile = new RoomUnderTest(await fleet.enrolRoom('Hostile'));
  honest = new RoomUnderTest(await fleet.enrolRoom('Honest'));
  await Promise.all([hostile.start(fleet), honest.start(fleet)]);
});
afterAll(async () => {
  hostile?.stop();
  honest?.stop();
  await fleet.stop();
});

const refusals = () => hostile.heard.filter(({ name }) => name === 'requestReply').map(({ message }) => message);
const heading = (room: RoomUnderTest, revision: number) => ({
  protocol: PROTOCOL_VERSION,
  roomId: room.room.roomId,
  epoch: 1,
  revision,
  asOfMs: Date.now(),
});
function saved(roomId: string): Json[] {
  const database = new DatabaseSync(join(fleet.dataDir, 'telemetry.sqlite'), { readOnly: true });
  const rows = database.prepare('select value from room_projection where room_id = ?').all(roomId);
  database.close();
  return rows.map(({ value }) => JSON.parse(String(value)));
}

test('a projection that is nested too deep is refused, and those of other rooms are still saved', async () => {
  const nest = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const agenda = JSON.stringify({
    ...heading(hostile, 1),
    timeZone: 'Asia/Seoul',
    calendar: { state: 'none', code: null, freshAsOfMs: null },
    bookings: [],
    moreCount: 0,
  }).slice(0, -1);
  const levels = Math.floor((projections.agenda.maxBytes - agenda.length - 20) / 2);
  const before = refusals().length;
  await hostile.sayText('agenda', `${agenda},"later":${nest(levels)}}`);
  await honest.sayState({ volumePercent: 41 });
  await expect
    .poll(() => saved(honest.room.roomId), { timeout: 4_000 })
    .toEqual([expect.objectContaining({ volumePercent: 41 })]);
  await expect.poll(() => refusals().slice(before)).toMatchObject([{ error: { code: 'bad-message' } }]);
});

test.each([0, -1, -(2 ** 40), 1.5, 1e300, '2', null])(
  'a presence with protocol %s is refused as malformed',
  async (protocol) => {
    const beside = new RoomUnderTest(await fleet.enrolRoom(`Room of protocol ${String(protocol)}`));
    await beside.start(fleet, protocol as never);
    await expect.poll(() => beside.last('requestReply')).toMatchObject({ id: null, error: { code: 'bad-message' } });
    expect(await fleet.roomOf(beside.room.roomId)).toMatchObject({ online: false });
    beside.stop();
  },
);

test('names that every object has are no projections, and end no connection of another', async () => {
  const before = refusals().length;
  for (const name of ['constructor', 'valueof', 'hasownproperty']) await hostile.sayText(name, '{"protocol":2}');
  await hostile.sayText('state', `{"__proto__":{"phase":1},"constructor":{"prototype":{"online":true}}}`);
  await expect.poll(() => refusals().slice(before)).toMatchObject([{ error: { code: 'bad-message' } }]);
  expect([hostile.connected, honest.connected]).toEqual([true, true]);
});

test('of an event that is larger than any, what this release reads is kept, and no more', async () => {
  const event = { name: 'agent-started', eventId: newId(), sequence: 1, atMs: 1, epoch: 1, later: 'x'.repeat(100_000) };
  await hostile.say('roomEvents', { events: [event] }, false);
  await expect.poll(() => hostile.last('roomEventsAck')).toEqual({ upToSequence: 1 });
  const database = new DatabaseSync(join(fleet.dataDir, 'telemetry.sqlite'), { readOnly: true });
  const row = database.prepare('select event from room_event where room_id = ?').get(hostile.room.roomId);
  database.close();
  expect(JSON.parse(String(row!.event))).toEqual({ ...event, later: undefined });
});

test('a flood of words that nobody knows is counted, and the log has no more of them than it can bear', async () => {
  for (let n = 0; n < 20; n += 1) {
    const notices = Array.from({ length: 60 }, (_, at) => `unheard-${n}-${at}`);
    await hostile.sayState({ notices: notices as never });
  }
  const counted = async (): Promise<number> => {
    const { body } = await fleet.api('GET', '/metrics', undefined, fleet.admin.cookie);
    return Number(/^maru_unknown_words_total (\d+)/m.exec(String(body))?.[1] ?? 0);
  };
  await expect.poll(counted).toBeGreaterThanOrEqual(1_200);
  expect(fleet.log.match(/a word of a newer release is ignored/g)).toHaveLength(100);
  expect([hostile.connected, honest.connected]).toEqual([true, true]);
});
