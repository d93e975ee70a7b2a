/** A call that only shows a laptop's screen: the room leaves it once nobody else is in, unless somebody wants the meeting. */
import { expect, test } from 'vitest';
import type { Participant } from '#contract/room-state.ts';
import { rememberedOf, firstRoom, type Room, type RoomMachineEvent } from './room.ts';
import {
  CALLS,
  given,
  grantOf,
  guest,
  joined,
  outcomeOf,
  ownPlace,
  roomAfter,
  roomIn,
  screenComes,
  timer,
  told,
} from './room-under-test.ts';

const roster = (...participants: Participant[]): RoomMachineEvent =>
  told({ type: 'roster', callId: CALLS.A, participants });
const after = (from: Room, ...events: RoomMachineEvent[]): Room => events.reduce(roomAfter, from);
const started = roomAfter('idle', given('join-call', { forLaptop: true }, { grant: grantOf('A') }));
const entered = after(started, joined('A'));
const shows = after(entered, roster(ownPlace, guest));

test('the room joins for it, waits 15 s for it, and leaves as it goes: nobody is thanked', () => {
  expect(started.phase).toMatchObject({ name: 'starting', forLaptop: true });
  expect(outcomeOf(started, joined('A'))).toBe('in-call: laptop-awaited in 15 s');
  expect(outcomeOf(entered, roster(ownPlace))).toBe('in-call:');
  expect(outcomeOf(entered, timer('laptop-awaited'))).toBe('idle: leave-call');
  expect(outcomeOf(shows, timer('laptop-awaited'))).toBe('in-call:');
  expect(outcomeOf(shows, roster(ownPlace))).toBe('idle: leave-call');
});

test('a guest who came meanwhile keeps the room in; what records does not', () => {
  const other = { ...guest, peerId: ownPlace.peerId.replace(/.$/, '9') };
  expect(outcomeOf(after(shows, roster(ownPlace, guest, other)), roster(ownPlace, other))).toBe('in-call:');
  expect(outcomeOf(shows, roster(ownPlace, { ...other, peerKind: 'program' }))).toBe('idle: leave-call');
});

test('somebody in the room starts the meeting: it goes on without the laptop', () => {
  for (const from of [started, entered, shows]) {
    const wanted = roomAfter(from, given('join-call'));
    const alone = after(wanted, ...(from === started ? [joined('A')] : []), roster(ownPlace, guest), roster(ownPlace));
    expect(alone.phase).toMatchObject({ name: 'in-call', forLaptop: false });
    expect(outcomeOf(alone, timer('laptop-awaited'))).toBe('in-call:');
  }
});

test('a meeting that runs is not the laptop’s', () => {
  const running = roomAfter('in-call', given('join-call', { forLaptop: true }));
  expect(running).toEqual(roomIn('in-call'));
  expect(outcomeOf(running, roster(ownPlace))).toBe('in-call:');
});

test('an agent that starts again waits for the laptop anew', () => {
  const again = firstRoom(rememberedOf(shows));
  expect(outcomeOf(again, screenComes('A'))).toBe('in-call: laptop-awaited in 15 s');
});
