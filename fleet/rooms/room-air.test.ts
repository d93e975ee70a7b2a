/** Which meeting's broadcast the phones of a room follow, while the room moves and phones come and go. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { NO_MEETING_AIR } from '#contract/broadcast.ts';
import { newId } from '../store/index.ts';
import { RoomAir } from './room-air.ts';

const roomId = newId();
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** `read` answers the oldest reading that waits. Followed airs are those that nobody has ended. */
function airUnderTest() {
  let callId: string | null = null;
  let changed: (roomId: string) => void = () => {};
  const readings: { ofCall: string | null; answer: (meetingId: string | null) => void }[] = [];
  const followed: string[] = [];
  const air = new RoomAir({
    reports: {
      projections: { get: () => ({ phase: callId === null ? { name: 'idle' } : { name: 'in-call', callId } }) },
      onChanged: (handler: typeof changed) => {
        changed = handler;
      },
    },
    meetings: {
      meetingOfRoom: (_: string, ofCall: string | null) =>
        new Promise((answer) => readings.push({ ofCall, answer: answer as (meetingId: string | null) => void })),
    },
    broadcasts: {
      rightsOfRoom: async () => ({}),
      followAir: (meetingId: string) => {
        followed.push(meetingId);
        return () => void followed.splice(followed.indexOf(meetingId), 1);
      },
    },
    logger: pino({ level: 'silent' }),
  } as never);
  air.start();
  const shown: unknown[] = [];
  return {
    readings,
    followed,
    shown,
    follow: () => air.follow(roomId, { onAir: (each) => shown.push(each), onPreview: () => {} }),
    move: (to: string | null) => {
      callId = to;
      changed(roomId);
    },
  };
}

test('a room that moves while its meeting is read is followed to where it is now, whichever reading ends last', async () => {
  const { readings, followed, follow, move } = airUnderTest();
  follow();
  move('call');
  expect(readings.map(({ ofCall }) => ofCall)).toEqual([null, 'call']);
  readings[1]!.answer('meeting of the call');
  await settled();
  readings[0]!.answer('own meeting');
  await settled();
  expect(followed).toEqual(['meeting of the call']);
});

test('a room that moves leaves the former air at once; what changes within a call moves nobody', async () => {
  const { readings, followed, shown, follow, move } = airUnderTest();
  follow();
  readings[0]!.answer('own meeting');
  await settled();
  move(null);
  expect(readings).toHaveLength(1);
  move('call of others');
  expect(followed).toEqual([]);
  readings[1]!.answer(null);
  await settled();
  expect(shown).toEqual([NO_MEETING_AIR]);
});

test('a phone that leaves follows nothing any more, also when its meeting was still read', async () => {
  const { readings, followed, follow, move } = airUnderTest();
  const [leaveEarly, leave] = [follow(), follow()];
  leaveEarly();
  for (const { answer } of readings) answer('own meeting');
  await settled();
  expect(followed).toEqual(['own meeting']);
  leave();
  expect(followed).toEqual([]);
  move('call');
  expect(readings).toHaveLength(2);
});

test('a phone that leaves while its room moves follows neither meeting', async () => {
  const { readings, followed, follow, move } = airUnderTest();
  const leave = follow();
  for (const to of ['call', 'another call']) move(to);
  leave();
  for (const { answer } of readings) answer('meeting');
  await settled();
  expect([readings.length, followed]).toEqual([3, []]);
});

test('the last phone that leaves takes nothing from one that comes after it', async () => {
  const { readings, follow, move } = airUnderTest();
  const leave = follow();
  leave();
  follow();
  leave();
  move('call');
  expect(readings.map(({ ofCall }) => ofCall)).toEqual([null, null, 'call']);
});
