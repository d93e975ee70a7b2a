/** What a room tells beside its state, against the real fleet server: events once and in order, agenda and equipment to every link. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projections } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let other: RoomUnderTest;
let codes = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  other = new RoomUnderTest(await fleet.enrolRoom('Room B'));
  await Promise.all([room.start(fleet), other.start(fleet)]);
});
afterAll(async () => {
  room?.stop();
  other?.stop();
  await fleet.stop();
});

const event = (sequence: number, epoch = sequence) => ({
  name: 'agent-started',
  eventId: newId(),
  sequence,
  atMs: 1_000 + sequence,
  epoch,
});
async function say(events: object[], by = room): Promise<Json> {
  const before = by.heard.filter(({ name }) => name === 'roomEventsAck').length;
  await by.say('roomEvents', { events }, false);
  const acks = () => by.heard.filter(({ name }) => name === 'roomEventsAck');
  await expect.poll(() => acks().length).toBeGreaterThan(before);
  return acks().at(-1)!.message.upToSequence;
}
async function listed(by = room): Promise<number[]> {
  const { body } = await fleet.api('GET', `/api/v1/rooms/${by.room.roomId}/events`, undefined, fleet.admin.cookie);
  return body.events.map(({ event: each }: Json) => each.sequence);
}
async function phone(): Promise<PhoneUnderTest> {
  codes += 1;
  const code = `BCDFGHJ${'23456789'[codes]}`;
  await room.offer(code);
  const { body } = await fleet.api('POST', '/api/v1/pairings', { code });
  const made = new PhoneUnderTest(fleet.ready.fleetUrl);
  await made.open(body.controllerToken);
  await expect.poll(() => made.of('welcome')).toHaveLength(1);
  return made;
}

test('events are taken in once, in order, and acknowledged by number', async () => {
  const [one, two, three] = [event(1), event(2), event(3)];
  expect(await say([one, two])).toBe(2);
  expect(await say([one, two])).toBe(2);
  expect(await say([two, three])).toBe(3);
  expect(await listed()).toEqual([1, 2, 3]);
});

test('behind a gap nothing is taken in, until the room says the same again: it has nothing in between', async () => {
  const [four, six, seven] = [event(4), event(6), event(7)];
  expect(await say([four, six])).toBe(4);
  expect(await say([seven])).toBe(4);
  expect(await listed()).toEqual([1, 2, 3, 4]);
  expect(await say([six])).toBe(4);
  expect(await say([six, seven])).toBe(7);
  expect(await listed()).toEqual([1, 2, 3, 4, 6, 7]);
});

test('a room whose memory was lost counts from the start again, and loses nothing of what comes then', async () => {
  expect(await say([event(1, 99)])).toBe(7);
  expect((await listed()).at(-1)).toBe(1);
});

test('rooms count apart, and one cannot speak for another', async () => {
  expect(await say([event(40)], other)).toBe(40);
  expect(await listed(other)).toEqual([40]);
  expect(await listed()).not.toContain(40);
});

test('the count is kept over a restart of ours', async () => {
  await fleet.kill();
  await fleet.startServer();
  await expect.poll(() => room.connected).toBe(true);
  room.stop();
  await room.start(fleet);
  const eight = event(8);
  expect(await say([eight])).toBe(8);
  expect(await say([event(10)])).toBe(8);
  expect((await listed()).slice(-2)).toEqual([1, 8]);
});

test('agenda and equipment reach every link: those that are open, and those that come later', async () => {
  const first = await phone();
  expect(first.of('welcome')[0]).toMatchObject({ projections: {} });
  const agenda = agendaOf();
  const equipment = equipmentOf('https://room-a.example:7430/control');
  await room.say('agenda', agenda);
  await room.say('equipment', equipment);
  await expect.poll(() => first.shown('agenda')).toEqual(agenda);
  await expect.poll(() => first.shown('equipment')).toEqual(equipment);
  expect((await phone()).of('welcome')[0]).toMatchObject({ projections: { agenda, equipment } });
  await fleet.kill();
  await fleet.startServer();
  await expect.poll(() => room.connected).toBe(true);
  expect((await phone()).of('welcome')[0]).toMatchObject({ projections: { agenda, equipment } });
});

test('an agenda of another room, of a former life, or too large goes nowhere', async () => {
  const made = await phone();
  await room.say('agenda', { ...agendaOf(), epoch: 5 });
  await expect.poll(() => made.shown('agenda')?.epoch).toBe(5);
  await room.say('agenda', { ...agendaOf(), epoch: 4 });
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('second-writer');
  await room.say('equipment', { ...equipmentOf(null), roomId: newId() });
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('wrong-room');
  await room.say('agenda', { ...agendaOf(), epoch: 6, padding: 'x'.repeat(projections.agenda.maxBytes) });
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('too-large');
  expect(made.shown('agenda')?.epoch).toBe(5);
});

function agendaOf() {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: room.room.roomId,
    epoch: 1,
    revision: 1,
    asOfMs: 1,
    timeZone: 'Asia/Seoul',
    calendar: { state: 'none', code: null, freshAsOfMs: null },
    bookings: [],
    moreCount: 0,
  };
}
function equipmentOf(lanUrl: string | null) {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: room.room.roomId,
    epoch: 1,
    revision: 1,
    asOfMs: 1,
    devices: [],
    camera: null,
    presets: [],
    shownInput: null,
    speakerphone: null,
    tv: { control: 'none', power: 'unknown', name: null, code: null },
    selfTest: null,
    lanUrl,
  };
}
