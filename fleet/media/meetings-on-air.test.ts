import { expect, it } from 'vitest';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { MeetingsOnAir } from './meetings-on-air.ts';

const LIVE: CallAir = { phase: 'live', liveAtMs: 1, watching: 0, isRecorded: false };
const onAir = () => {
  const meetings = new MeetingsOnAir();
  return {
    meetings,
    air: (air: CallAir) => meetings.set({ name: 'set-air', meetingId: 'm', air }),
    forward: (broadcastId: string, port: number | null) =>
      meetings.set({ name: 'forward-program', meetingId: 'm', broadcastId, port }),
    ports: () => [...meetings.portsOf('m')],
  };
};

it('a meeting of which nothing was set is off air, and its program goes nowhere', () => {
  const { meetings, ports } = onAir();
  expect([meetings.airOf('m'), ports()]).toEqual([OFF_AIR, []]);
});

it('keeps what is set of a meeting, whichever comes first, and of no other', () => {
  for (const isAirFirst of [true, false]) {
    const { meetings, air, forward, ports } = onAir();
    if (isAirFirst) air(LIVE);
    forward('b', 9_000);
    if (!isAirFirst) air(LIVE);
    expect([meetings.airOf('m'), ports(), meetings.airOf('other')]).toEqual([LIVE, [['b', 9_000]], OFF_AIR]);
  }
});

it('forgets a port once the program is sent there no more, and the air once it is off', () => {
  const { meetings, air, forward, ports } = onAir();
  air(LIVE);
  forward('b', 9_000);
  forward('c', 9_002);
  forward('b', null);
  expect(ports()).toEqual([['c', 9_002]]);
  air(OFF_AIR);
  expect([meetings.airOf('m'), ports()]).toEqual([OFF_AIR, [['c', 9_002]]]);
  forward('c', null);
  expect(ports()).toEqual([]);
});
