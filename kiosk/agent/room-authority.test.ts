/** The authority between a machine and everyone else: what is answered, in which order, and how often it speaks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type ErrorCode, UserError } from '#contract/error-codes.ts';
import {
  BOOKING,
  CALLS,
  callEnded,
  callOf,
  fleet,
  grantOf,
  guest,
  id,
  ownPlace,
  told,
} from '../room/room-under-test.ts';
import { AuthorityUnderTest, ROOM, start } from './authority-under-test.ts';

const refusal = (replyId: string, code: ErrorCode) => ({ ok: false, id: replyId, error: { code } });

describe('the authority', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('serves the TV first, then who asked, then everyone', () => {
    const made = new AuthorityUnderTest();
    made.command(start, { grant: grantOf('A') });
    expect(made.log).toEqual(['screen: join-call', 'commandReply', 'view', 'state', 'change']);
    expect(made.states[0]).toMatchObject({ roomId: ROOM, epoch: 4, revision: 1, phase: { name: 'starting' } });
  });

  it('does a command that comes twice once, and answers it equally, whatever happened between', () => {
    const made = new AuthorityUnderTest();
    made.command(start, { id: id(1), grant: grantOf('A') });
    made.command({ name: 'cancel-join' });
    const done = made.log.length;
    made.command(start, { id: id(1), grant: grantOf('A') });
    expect(made.log.slice(done)).toEqual(['commandReply']);
    expect(made.replies[2]).toEqual(made.replies[0]);
    expect(made.phase.name).toBe('idle');
  });

  it('answers a refused one equally too', () => {
    const made = new AuthorityUnderTest();
    made.command({ name: 'cancel-join' }, { id: id(1) });
    made.command(start, { grant: grantOf('A') });
    made.command({ name: 'cancel-join' }, { id: id(1) });
    expect(made.replies[2]).toEqual(made.replies[0]);
    expect(made.replies[0]).toMatchObject(refusal(id(1), 'not-possible-now'));
    expect(made.phase.name).toBe('starting');
  });

  it('remembers the last two hundred answers, not all of them', () => {
    const made = new AuthorityUnderTest();
    made.command({ name: 'set-volume', percent: 1 }, { id: id(1) });
    for (let n = 0; n < 199; n += 1) made.command({ name: 'set-volume', percent: 50 });
    made.command({ name: 'set-volume', percent: 1 }, { id: id(1) });
    expect(made.authority.state.volumePercent).toBe(50);
    made.command({ name: 'set-volume', percent: 50 });
    made.command({ name: 'set-volume', percent: 1 }, { id: id(1) });
    expect(made.authority.state.volumePercent).toBe(1);
  });

  it('refuses what is meant for another room, and what comes too late', () => {
    const made = new AuthorityUnderTest();
    made.command(start, { id: id(1), roomId: id(31), grant: grantOf('A') });
    made.expired = true;
    made.command(start, { id: id(2), grant: grantOf('A') });
    expect(made.replies).toMatchObject([refusal(id(1), 'wrong-room'), refusal(id(2), 'command-expired')]);
    expect(made.log).toEqual(['commandReply', 'commandReply']);
    // the same one again is no less late
    made.expired = false;
    made.command(start, { id: id(2), grant: grantOf('A') });
    expect(made.replies[2]).toEqual(made.replies[1]);
    expect(made.authority.state).toMatchObject({ revision: 0, phase: { name: 'idle' } });
  });

  it('takes wishes of the box itself', () => {
    const made = AuthorityUnderTest.inCall(vi.advanceTimersByTime);
    made.authority.ask({ name: 'leave-call' });
    expect(made.log[0]).toBe('screen: leave-call');
    expect(made.phase.name).toBe('ended');
  });

  it('tells the state five times a second at most, the last of it always', () => {
    const made = new AuthorityUnderTest();
    for (let n = 1; n <= 100; n += 1) {
      made.take({
        type: 'meeting',
        meeting: { meetingId: id(20), title: `${n}`, underWay: false, participantCount: n },
      });
      vi.advanceTimersByTime(20);
    }
    vi.advanceTimersByTime(200);
    expect(made.states.length).toBeGreaterThanOrEqual(10);
    expect(made.states.length).toBeLessThanOrEqual(12);
    expect(made.states.at(-1)).toMatchObject({ revision: 100, meeting: { title: '100' } });
    const revisions = made.states.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other));
  });

  it('says nothing where nothing has changed', () => {
    const made = AuthorityUnderTest.inCall(vi.advanceTimersByTime);
    made.take({ type: 'timer', name: 'thanks-over' });
    made.take(callEnded('B'));
    expect(made.log).toEqual([]);
  });

  it('takes name and meeting from what the fleet desires', () => {
    const made = new AuthorityUnderTest();
    const meeting = { meetingId: id(20), title: '주간 회의', underWay: true, participantCount: 2 };
    const desired = {
      protocol: PROTOCOL_VERSION,
      roomId: ROOM,
      controllerUrl: 'https://maru.example/c',
      nowMs: 1,
    } as const;
    made.authority.onDesired({ ...desired, roomName: '단풍', meeting });
    expect(made.states.at(-1)).toMatchObject({ roomName: '단풍', meeting });
  });

  it('keeps what a restart has to know when it changes, and again when asked to', () => {
    const made = AuthorityUnderTest.inCall(vi.advanceTimersByTime);
    const kept = made.remembered.length;
    made.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace] }));
    made.authority.remember(false);
    expect(made.remembered).toHaveLength(kept);
    made.authority.remember(true);
    made.command({ name: 'set-volume', percent: 5 });
    expect(made.remembered.slice(kept)).toMatchObject([
      { inCall: { ticket: callOf('A').ticket, participants: [] }, volumePercent: 60 },
      { volumePercent: 5 },
    ]);
    expect(made.authority.resumeTicket).toEqual(callOf('A').ticket);
    made.command({ name: 'leave-call' });
    expect(made.remembered.at(-1)).toMatchObject({ inCall: null });
    expect(made.authority.resumeTicket).toBeNull();
  });

  it('tells the roster to who watches it, beside the state', () => {
    const made = AuthorityUnderTest.inCall(vi.advanceTimersByTime);
    made.command({ name: 'watch-roster' });
    made.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace] }));
    vi.advanceTimersByTime(1_000);
    expect(made.rosters).toMatchObject([
      { kind: 'snapshot', participants: [ownPlace, guest] },
      { kind: 'delta', changed: [], removedPeerIds: [guest.peerId] },
    ]);
  });
});

describe('bookings and devices', () => {
  const checkIn = { name: 'check-in', bookingId: BOOKING } as const;
  const steer = { name: 'steer-camera', pan: 1, tilt: 0, zoom: 0 } as const;

  it('answer their own commands, by code where they can’t', async () => {
    const obeyed: string[] = [];
    const made = new AuthorityUnderTest({
      dispatch: async ({ name }) => {
        obeyed.push(name);
        return name === 'steer-camera' ? 'device-unknown' : null;
      },
    });
    made.command(checkIn, { id: id(1) });
    made.command(steer, { id: id(2) });
    await vi.waitFor(() => expect(made.replies).toHaveLength(2));
    expect(made.replies).toMatchObject([{ ok: true, id: id(1) }, refusal(id(2), 'device-unknown')]);
    expect([obeyed, made.authority.state.revision]).toEqual([['check-in', 'steer-camera'], 0]);
  });

  it('that fail are answered all the same', async () => {
    const made = new AuthorityUnderTest({
      dispatch: async ({ name }) => {
        throw name === 'check-in' ? new UserError('booking-conflict') : new TypeError('our own bug');
      },
    });
    made.command(checkIn, { id: id(1) });
    made.command(steer, { id: id(2) });
    await vi.waitFor(() => expect(made.replies).toHaveLength(2));
    expect(made.replies).toMatchObject([refusal(id(1), 'booking-conflict'), refusal(id(2), 'internal')]);
    expect(JSON.stringify(made.replies)).not.toContain('our own bug');
  });

  it('do once what comes twice while it is still being done', async () => {
    let done!: (code: ErrorCode | null) => void;
    const dispatch = vi.fn(() => new Promise<ErrorCode | null>((resolve) => (done = resolve)));
    const made = new AuthorityUnderTest({ dispatch });
    made.command(checkIn, { id: id(1) });
    made.command(checkIn, { id: id(1) });
    expect([dispatch.mock.calls.length, made.replies]).toEqual([1, []]);
    done('booking-conflict');
    await vi.waitFor(() => expect(made.replies).toHaveLength(1));
    made.command(checkIn, { id: id(1) });
    expect(made.replies[1]).toEqual(made.replies[0]);
    expect(dispatch).toHaveBeenCalledTimes(1);
  });

  it('a booking that is not known is not started', async () => {
    const made = new AuthorityUnderTest();
    made.command({ ...start, bookingId: BOOKING }, { id: id(1), grant: grantOf('A') });
    await vi.waitFor(() => expect(made.replies).toMatchObject([refusal(id(1), 'booking-unknown')]));
    expect(made.phase.name).toBe('idle');
  });

  it('a booking is asked for with what the fleet has to know, while the calendar has it', () => {
    let known: { title: string; invite: string } | null = { title: 'Design', invite: 'signed' };
    const made = new AuthorityUnderTest({ bookingOf: () => known });
    made.take(fleet(true));
    made.command({ ...start, bookingId: BOOKING }, { grant: grantOf('A') });
    expect(made.phase).toMatchObject({ meetingTitle: 'Design', bookingId: BOOKING });
    known = null;
    made.take(fleet(false));
    made.take(fleet(true));
    expect(made.requests).toMatchObject([
      { booking: { bookingId: BOOKING, title: 'Design', invite: 'signed' } },
      { booking: null },
    ]);
    made.authority.stop();
  });
});
