/** The authority between a machine and everyone else: what is answered, in which order, how often, and what is too late. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, UserError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { CommandEnvelope, CommandReply, type RoomCommand } from '#contract/room-command.ts';
import { RoomState, RosterUpdate } from '#contract/room-state.ts';
import { RoomRequest, type RoomResponse } from '#contract/topics.ts';
import type { Remembered } from '../room/room.ts';
import {
  BOOKING,
  CALLS,
  callEnded,
  callOf,
  fleet,
  granted,
  grantOf,
  guest,
  id,
  joined,
  lost,
  ownPlace,
  told,
} from '../room/room-under-test.ts';
import { type AuthorityOptions, RoomAuthority } from './room-authority.ts';

const ROOM = id(30);
const SCHEMAS = { state: RoomState, reply: CommandReply, request: RoomRequest, roster: RosterUpdate } as const;

function house(over: Partial<AuthorityOptions> = {}) {
  const made = {
    /** everything that left the authority, in order */
    log: [] as string[],
    replies: [] as CommandReply[],
    states: [] as RoomState[],
    requests: [] as RoomRequest[],
    rosters: [] as RosterUpdate[],
    remembered: [] as Remembered[],
    expired: false,
    authority: null as unknown as RoomAuthority,
    commands: 0,
    say: (command: RoomCommand, envelope: object = {}) => {
      made.commands += 1;
      const sent = {
        protocol: PROTOCOL_VERSION,
        id: id(1_000 + made.commands),
        roomId: ROOM,
        expiresAtMs: 1,
        issuer: { kind: 'controller', id: id(40) },
        command,
        grant: null,
        ...envelope,
      };
      made.authority.onCommand(CommandEnvelope.parse(sent));
    },
    answer: (response: Exclude<RoomResponse, { name: 'pairing-code-used' }>) => made.authority.onResponse(response),
  };
  made.authority = new RoomAuthority({
    roomId: ROOM,
    roomName: 'Maple',
    epoch: 4,
    remembered: null,
    logger: pino({ level: 'silent' }),
    fleet: {
      isExpired: () => made.expired,
      publish: async (name, message) => {
        // as the broker checks it
        const read = SCHEMAS[name as keyof typeof SCHEMAS].parse(JSON.parse(JSON.stringify(message)));
        made.log.push(name);
        if (name === 'reply') made.replies.push(read as CommandReply);
        if (name === 'state') made.states.push(read as RoomState);
        if (name === 'request') made.requests.push(read as RoomRequest);
        if (name === 'roster') made.rosters.push(read as RosterUpdate);
      },
    },
    perform: ({ name }) => {
      made.log.push(`screen: ${name}`);
      return true;
    },
    onView: () => made.log.push('view'),
    onChange: () => made.log.push('change'),
    remember: (remembered) => made.remembered.push(remembered),
    obeyAgenda: async () => null,
    obeyEquipment: async () => null,
    bookingOf: () => null,
    ...over,
  });
  return made;
}
const start = { name: 'start-meeting' } as const;
const refusal = (replyId: string, code: ErrorCode) => ({ ok: false, id: replyId, error: { code } });
/** In the call, all of it told, the rate's pause over. */
function inCall() {
  const made = house();
  made.authority.take({ type: 'screen-connected', inCall: callOf('A') });
  made.authority.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace, guest] }));
  vi.advanceTimersByTime(1_000);
  for (const heard of [made.log, made.states, made.replies]) heard.length = 0;
  return made;
}

describe('the authority', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('serves the TV first, then who asked, then everyone', () => {
    const made = house();
    made.say(start, { grant: grantOf('A') });
    expect(made.log).toEqual(['screen: join', 'reply', 'view', 'state', 'change']);
    expect(made.states[0]).toMatchObject({ roomId: ROOM, epoch: 4, revision: 1, phase: { name: 'starting' } });
  });

  it('does a command that comes twice once, and answers it equally, whatever happened between', () => {
    const made = house();
    made.say(start, { id: id(1), grant: grantOf('A') });
    made.say({ name: 'cancel-start' });
    const done = made.log.length;
    made.say(start, { id: id(1), grant: grantOf('A') });
    expect(made.log.slice(done)).toEqual(['reply']);
    expect(made.replies[2]).toEqual(made.replies[0]);
    expect(made.authority.state.phase.name).toBe('idle');
  });

  it('answers a refused one equally too', () => {
    const made = house();
    made.say({ name: 'cancel-start' }, { id: id(1) });
    made.say(start, { grant: grantOf('A') });
    made.say({ name: 'cancel-start' }, { id: id(1) });
    expect(made.replies[2]).toEqual(made.replies[0]);
    expect(made.replies[0]).toMatchObject(refusal(id(1), 'not-possible-now'));
    expect(made.authority.state.phase.name).toBe('starting');
  });

  it('remembers the last two hundred answers, not all of them', () => {
    const made = house();
    made.say({ name: 'set-volume', percent: 1 }, { id: id(1) });
    for (let n = 0; n < 199; n += 1) made.say({ name: 'set-volume', percent: 50 });
    made.say({ name: 'set-volume', percent: 1 }, { id: id(1) });
    expect(made.authority.state.volumePercent).toBe(50);
    made.say({ name: 'set-volume', percent: 50 });
    made.say({ name: 'set-volume', percent: 1 }, { id: id(1) });
    expect(made.authority.state.volumePercent).toBe(1);
  });

  it('refuses what is meant for another room, and what comes too late', () => {
    const made = house();
    made.say(start, { id: id(1), roomId: id(31), grant: grantOf('A') });
    made.expired = true;
    made.say(start, { id: id(2), grant: grantOf('A') });
    expect(made.replies).toMatchObject([refusal(id(1), 'wrong-room'), refusal(id(2), 'command-expired')]);
    expect(made.log).toEqual(['reply', 'reply']);
    // the same one again is no less late
    made.expired = false;
    made.say(start, { id: id(2), grant: grantOf('A') });
    expect(made.replies[2]).toEqual(made.replies[1]);
    expect(made.authority.state).toMatchObject({ revision: 0, phase: { name: 'idle' } });
  });

  it('takes wishes of the box itself', () => {
    const made = inCall();
    made.authority.ask({ name: 'leave-meeting' });
    expect(made.log[0]).toBe('screen: leave');
    expect(made.authority.state.phase.name).toBe('ended');
  });

  it('tells the state five times a second at most, the last of it always', () => {
    const made = house();
    for (let n = 1; n <= 100; n += 1) {
      made.authority.take({
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
    const made = inCall();
    made.authority.take({ type: 'timer', name: 'thanks-over' });
    made.authority.take(callEnded('B'));
    expect(made.log).toEqual([]);
  });

  it('tells a fleet that is back everything at once', () => {
    const made = inCall();
    made.authority.onFleet(true);
    made.authority.onFleet(false);
    made.authority.onFleet(true);
    expect(made.states.at(-1)).toMatchObject({ notices: [], phase: { name: 'in-call', participantCount: 2 } });
    expect(made.authority.fleetOnline).toBe(true);
  });

  it('takes name and meeting from what the fleet desires', () => {
    const made = house();
    const meeting = { meetingId: id(20), title: '주간 회의', underWay: true, participantCount: 2 };
    const desired = {
      protocol: 1,
      roomId: ROOM,
      language: 'ko',
      controllerUrl: 'https://maru.example/c',
      nowMs: 1,
    } as const;
    made.authority.onDesired({ ...desired, roomName: '단풍', meeting });
    expect(made.states.at(-1)).toMatchObject({ roomName: '단풍', meeting });
  });

  it('keeps what a restart has to know when it changes, and again when asked to', () => {
    const made = inCall();
    const kept = made.remembered.length;
    made.authority.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace] }));
    made.authority.remember(false);
    expect(made.remembered).toHaveLength(kept);
    made.authority.remember(true);
    made.say({ name: 'set-volume', percent: 5 });
    expect(made.remembered.slice(kept)).toMatchObject([
      { inCall: { ticket: callOf('A').ticket, participants: [] }, volumePercent: 60 },
      { volumePercent: 5 },
    ]);
    expect(made.authority.resumeTicket).toEqual(callOf('A').ticket);
    made.say({ name: 'leave-meeting' });
    expect(made.remembered.at(-1)).toMatchObject({ inCall: null });
    expect(made.authority.resumeTicket).toBeNull();
  });

  it('tells the roster to who watches it, beside the state', () => {
    const made = inCall();
    made.say({ name: 'watch-roster' });
    made.authority.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace] }));
    vi.advanceTimersByTime(1_000);
    expect(made.rosters).toMatchObject([
      { kind: 'snapshot', participants: [ownPlace, guest] },
      { kind: 'delta', changed: [], removedPeerIds: [guest.peerId] },
    ]);
  });
});

describe('grants', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const grant = grantOf('A');
  const asked = () => {
    const made = house();
    made.say(start);
    return { ...made, requestId: made.requests[0]!.id };
  };

  it('are asked for by id, and the answer with that id joins', () => {
    const { answer, log, requests, requestId } = asked();
    expect(requests).toEqual([{ name: 'request-grant', id: requestId, endedCallId: null, booking: null }]);
    answer({ name: 'grant', id: requestId, grant });
    expect(log.filter((line) => line.startsWith('screen'))).toEqual(['screen: join']);
  });

  it('that answer nothing, or an older question, are too late', () => {
    const made = asked();
    made.answer({ name: 'grant', id: id(99), grant });
    made.answer({ name: 'refused', id: id(99), error: { code: 'no-media-node', message: '' } });
    made.answer({ name: 'refused', id: null, error: { code: 'bad-message', message: '' } });
    made.say({ name: 'cancel-start' });
    made.say(start);
    made.answer({ name: 'grant', id: made.requestId, grant });
    made.answer({ name: 'refused', id: made.requestId, error: { code: 'no-media-node', message: '' } });
    expect(made.requests).toHaveLength(2);
    expect(made.log.filter((line) => line.startsWith('screen'))).toEqual(['screen: leave']);
    expect(made.authority.state.phase.name).toBe('starting');
    made.answer({ name: 'grant', id: made.requests[1]!.id, grant });
    expect(made.log).toContain('screen: join');
  });

  it('that come twice join once', () => {
    const made = asked();
    made.answer({ name: 'grant', id: made.requestId, grant });
    made.answer({ name: 'grant', id: made.requestId, grant: grantOf('B') });
    expect(made.log.filter((line) => line === 'screen: join')).toHaveLength(1);
  });

  it('that are refused are shown as what they are', () => {
    const made = asked();
    made.answer({ name: 'refused', id: made.requestId, error: { code: 'no-media-node', message: 'none' } });
    expect(made.authority.state.phase).toMatchObject({ name: 'fault', code: 'no-media-node' });
  });

  it('are asked for again when the fleet is back', () => {
    const made = asked();
    made.authority.take(fleet(true));
    expect(made.requests).toHaveLength(2);
    expect(made.requests[1]!.id).not.toBe(made.requestId);
  });

  it('for a lost place are asked for every two seconds, for a minute', () => {
    const made = inCall();
    made.authority.take(lost('A', 'peer-unknown'));
    vi.advanceTimersByTime(59_999);
    expect(new Set(made.requests.map((request) => request.id)).size).toBe(30);
    vi.advanceTimersByTime(1);
    expect(made.authority.state.phase).toMatchObject({ name: 'fault', code: 'media-failed' });
    expect(made.log).toContain('screen: leave');
    const { length } = made.requests;
    vi.advanceTimersByTime(60_000);
    expect([made.requests.length, made.authority.state.phase.name]).toEqual([length, 'idle']);
  });
});

describe('timers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('end a start that leads nowhere, and the fault after it', () => {
    const made = house();
    made.authority.take({ type: 'screen-connected', inCall: null });
    made.say(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(10_000);
    expect(made.authority.state.phase).toMatchObject({ name: 'starting', cancelOffered: true });
    vi.advanceTimersByTime(50_000);
    expect(made.authority.state.phase).toMatchObject({ name: 'fault' });
    vi.advanceTimersByTime(30_000);
    expect(made.authority.state.phase.name).toBe('idle');
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that are over do not come back: a second start has its own minute', () => {
    const made = house();
    made.authority.take({ type: 'screen-connected', inCall: null });
    made.say(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(40_000);
    made.say({ name: 'cancel-start' });
    made.say(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(59_000);
    expect(made.authority.state.phase).toMatchObject({ name: 'starting' });
    made.authority.take(joined('A'));
    vi.advanceTimersByTime(120_000);
    expect(made.authority.state.phase.name).toBe('in-call');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end with the agent', () => {
    const made = house();
    made.say(start);
    made.authority.take(granted('A'));
    made.say({ name: 'watch-roster' });
    made.authority.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('bookings and devices', () => {
  const checkIn = { name: 'check-in', bookingId: BOOKING } as const;
  const steer = { name: 'steer-camera', pan: 1, tilt: 0, zoom: 0 } as const;

  it('answer their own commands, by code where they can’t', async () => {
    const obeyed: string[] = [];
    const made = house({
      obeyAgenda: async ({ name }) => {
        obeyed.push(name);
        return null;
      },
      obeyEquipment: async () => 'device-unknown',
    });
    made.say(checkIn, { id: id(1) });
    made.say(steer, { id: id(2) });
    await vi.waitFor(() => expect(made.replies).toHaveLength(2));
    expect(made.replies).toMatchObject([{ ok: true, id: id(1) }, refusal(id(2), 'device-unknown')]);
    expect([obeyed, made.authority.state.revision]).toEqual([['check-in'], 0]);
  });

  it('that fail are answered all the same', async () => {
    const made = house({
      obeyAgenda: async () => {
        throw new UserError('booking-conflict');
      },
      obeyEquipment: async () => {
        throw new TypeError('our own bug');
      },
    });
    made.say(checkIn, { id: id(1) });
    made.say(steer, { id: id(2) });
    await vi.waitFor(() => expect(made.replies).toHaveLength(2));
    expect(made.replies).toMatchObject([refusal(id(1), 'booking-conflict'), refusal(id(2), 'internal')]);
    expect(JSON.stringify(made.replies)).not.toContain('our own bug');
  });

  it('do once what comes twice while it is still being done', async () => {
    let done!: (code: ErrorCode | null) => void;
    const obeyAgenda = vi.fn(() => new Promise<ErrorCode | null>((resolve) => (done = resolve)));
    const made = house({ obeyAgenda });
    made.say(checkIn, { id: id(1) });
    made.say(checkIn, { id: id(1) });
    expect([obeyAgenda.mock.calls.length, made.replies]).toEqual([1, []]);
    done('booking-conflict');
    await vi.waitFor(() => expect(made.replies).toHaveLength(1));
    made.say(checkIn, { id: id(1) });
    expect(made.replies[1]).toEqual(made.replies[0]);
    expect(obeyAgenda).toHaveBeenCalledTimes(1);
  });

  it('a booking that is not known is not started', async () => {
    const made = house();
    made.say({ ...start, bookingId: BOOKING }, { id: id(1), grant: grantOf('A') });
    await vi.waitFor(() => expect(made.replies).toMatchObject([refusal(id(1), 'booking-unknown')]));
    expect(made.authority.state.phase.name).toBe('idle');
  });

  it('a booking is asked for with what the fleet has to know, while the calendar has it', () => {
    let known: { title: string; invite: string } | null = { title: 'Design', invite: 'signed' };
    const made = house({ bookingOf: () => known });
    made.say({ ...start, bookingId: BOOKING }, { grant: grantOf('A') });
    expect(made.authority.state.phase).toMatchObject({ meetingTitle: 'Design', bookingId: BOOKING });
    known = null;
    made.authority.take(fleet(true));
    expect(made.requests).toMatchObject([
      { booking: { bookingId: BOOKING, title: 'Design', invite: 'signed' } },
      { booking: null },
    ]);
    made.authority.stop();
  });
});
