/**
 * Anything in any order, late, twice and of the wrong call among it: what must hold after every single step, and that
 * from wherever a room got to, its timers alone bring it home. MARU_SEED repeats a run.
 */
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ErrorCode } from '#contract/error-codes.ts';
import { projections } from '#contract/projections.ts';
import type { CallCommand } from '#contract/room-command.ts';
import { EndReason, Layout, RoomPhase, RoomState } from '#contract/room-state.ts';
import {
  type RoomMachineEffect,
  firstRoom,
  type Phase,
  rememberedOf,
  type Room,
  type RoomMachineEvent,
  type RoomTimer,
} from './room.ts';
import { roomStateOf } from './room-state-of.ts';
import { BOOKING, CALLS, callOf, grantOf, guest, id, manyPeople, ownPlace, RoomUnderTest } from './room-under-test.ts';

const RUNS = 2_500;
const seed = process.env.MARU_SEED === undefined ? undefined : Number(process.env.MARU_SEED);

type PhaseName = Phase['name'];
type Report = Extract<RoomMachineEvent, { type: 'screen' }>['report'];
/** `own`: the call that the room is in or about to join when it happens. */
type Which = 'A' | 'B' | 'own';
type Act =
  | { do: 'command'; command: CallCommand; grantTo: Which | null }
  | { do: 'grant'; to: Which; validForMs: number }
  | { do: 'screen-comes'; with: Which | null }
  | { do: 'report'; of: Which; report: Omit<Report, 'callId' | 'ticket'> }
  | { do: 'event'; event: RoomMachineEvent }
  | { do: 'wait'; ms: number }
  | { do: 'late-timer'; name: RoomTimer }
  | { do: 'restart' };

const nothing = fc.constant({});
const whom = fc.constantFrom(guest, guest, guest, ownPlace, { peerId: id(77) }).map(({ peerId }) => ({ peerId }));
const which = fc.constantFrom<Which>('own', 'own', 'A', 'B');
const code = fc.oneof(
  fc.constantFrom<ErrorCode>('token-expired', 'call-ended', 'call-unreachable', 'waits-to-be-let-in'),
  fc.constantFrom(...ErrorCode.options),
);
const problem = fc.constantFrom('missing' as const, 'refused' as const, null);
const two = [guest, ownPlace];
const people = fc.constantFrom(two, two, two, [ownPlace], [], [...two, ...manyPeople(9)], manyPeople(300));

const COMMANDS: Record<CallCommand['name'], fc.Arbitrary<object>> = {
  'prepare-call': nothing,
  'join-call': fc.constantFrom({}, {}, { bookingId: BOOKING }, { forLaptop: true }),
  'cancel-join': nothing,
  'leave-call': nothing,
  'end-call': nothing,
  'set-microphone': fc.record({ on: fc.boolean() }),
  'set-camera': fc.record({ on: fc.boolean() }),
  'set-volume': fc.record({ percent: fc.nat(100) }),
  'set-layout': fc.record({ layout: fc.constantFrom(...Layout.options) }),
  'set-stage-page': fc.record({ page: fc.nat(20) }),
  'mute-participant': whom,
  'mute-all': nothing,
  'remove-participant': whom,
  'set-order': fc.record({ change: fc.record({ isLocked: fc.boolean() }, { requiredKeys: [] }) }),
  'set-role': whom.map((each) => ({ ...each, role: 'presenter' as const })),
  'let-speak': whom,
  'raise-hand': fc.record({ isUp: fc.boolean() }),
  'lower-hand': whom,
  'send-chat': fc.constant({ messageId: id(91), text: 'Hello' }),
  'recall-chat': fc.constant({ messageId: id(91) }),
  'start-poll': fc.constant({
    pollId: id(92),
    draft: { question: 'Where?', choices: ['Here', 'There'], isMultiple: false, isSecret: false, rightChoice: null },
  }),
  'answer-poll': fc.constant({ pollId: id(92), choices: [1] }),
  'end-poll': fc.constant({ pollId: id(92) }),
  'hide-poll': fc.constant({ pollId: id(92) }),
  'set-transcript': fc.record({ isOn: fc.boolean(), language: fc.constantFrom('ko', 'en') }),
  'show-captions': fc.record({ isOn: fc.boolean() }),
  'show-code': nothing,
  'answer-feedback': fc.record({ answer: fc.constantFrom('good', 'bad') }),
  'watch-roster': nothing,
};
const command = fc.oneof(
  ...Object.entries(COMMANDS).map(([name, fields]) => ({
    weight: fields === whom ? 3 : 1,
    arbitrary: fields.map((each) => ({ name, ...each }) as CallCommand),
  })),
);
const start = fc.constantFrom<CallCommand>(
  { name: 'join-call' },
  { name: 'join-call' },
  { name: 'join-call', forLaptop: true },
);
const REPORTS: Record<Report['type'], fc.Arbitrary<object>> = {
  'call-joined': fc.constant({ meetingTitle: 'Weekly', startedAtMs: callOf('A').startedAtMs }),
  'join-failed': fc.record({ code }),
  lost: fc.record({ code }),
  'call-ended': fc.record({ reason: fc.constantFrom(...EndReason.options) }),
  connection: fc.record({ connection: fc.constantFrom('connected', 'reconnecting') }),
  roster: fc.record({ participants: people }),
  'call-order': fc.record({ order: fc.constantFrom(OPEN_ORDER, { ...OPEN_ORDER, isLocked: true }) }),
  'call-air': fc.record({ air: fc.constantFrom(OFF_AIR, { ...OFF_AIR, isRecorded: true }) }),
  'track-state': fc.record({
    microphone: fc.constantFrom('on', 'muted', 'absent'),
    camera: fc.constantFrom('on', 'off', 'absent'),
    microphoneProblem: problem,
    cameraProblem: problem,
  }),
  stage: fc.record({ pageCount: fc.integer({ min: 1, max: 10 }) }),
  'effect-failed': fc.record({ name: fc.constantFrom('end-call', 'mute-participant'), code }),
};
const report = fc.oneof(
  ...Object.entries(REPORTS).map(([type, fields]) => ({
    // what makes a call, so that there is one to do things in
    weight: type === 'call-joined' || type === 'roster' ? 4 : 1,
    arbitrary: fields.map((each) => ({ type, ...each }) as Report),
  })),
);
const meeting = { meetingId: id(20), title: '주간 회의'.repeat(40), underWay: true, participantCount: 3 };
const event = fc.oneof(
  code.map((each): RoomMachineEvent => ({ type: 'grant-refused', code: each })),
  fc.boolean().map((online): RoomMachineEvent => ({ type: 'fleet', online })),
  fc.constantFrom<RoomMachineEvent>(
    { type: 'meeting', meeting },
    { type: 'meeting', meeting: null },
    { type: 'screen-gone' },
  ),
);

const asksAgain = (phase: Phase): boolean =>
  (phase.name === 'in-call' && phase.awaitsGrant) || (phase.name === 'starting' && phase.waitsFor !== null);

/** Who may have a timer running, and who must. Written apart from the machine's own table. */
const TIMERS: Record<RoomTimer, { may: (room: Room) => boolean; must: (room: Room) => boolean }> = {
  'offer-cancel': {
    may: ({ phase }) => phase.name === 'starting' && !phase.cancelOffered,
    must: ({ phase }) => phase.name === 'starting' && !phase.cancelOffered,
  },
  'start-fails': {
    may: ({ phase }) => phase.name === 'starting' || phase.name === 'in-call',
    must: ({ phase }) => phase.name === 'starting' || (phase.name === 'in-call' && phase.awaitsGrant),
  },
  'screen-awaited': { may: (room) => room.phase.name === 'starting' && !room.screenPresent, must: () => false },
  'end-awaited': { may: ({ phase }) => phase.name === 'in-call', must: () => false },
  'laptop-awaited': {
    may: ({ phase }) => phase.name === 'in-call' && phase.forLaptop,
    must: () => false,
  },
  'ask-again': {
    may: ({ phase }) => asksAgain(phase),
    must: ({ phase }) => asksAgain(phase),
  },
  'thanks-over': { may: ({ phase }) => phase.name === 'ended', must: ({ phase }) => phase.name === 'ended' },
  'fault-over': { may: ({ phase }) => phase.name === 'fault', must: ({ phase }) => phase.name === 'fault' },
};
const timerNames = Object.keys(TIMERS) as RoomTimer[];
const ways: Record<PhaseName, PhaseName[]> = {
  idle: ['starting', 'in-call'],
  starting: ['idle', 'in-call', 'fault'],
  'in-call': ['ended', 'fault', 'idle'],
  ended: ['idle', 'starting', 'in-call'],
  fault: ['idle', 'starting', 'in-call'],
};
const DATA: Record<PhaseName, string[]> = {
  idle: [],
  starting: ['bookingId', 'cancelOffered', 'failedGrants', 'forLaptop', 'grant', 'meetingTitle', 'sinceMs', 'waitsFor'],
  'in-call': [
    'air',
    'awaitsGrant',
    'bookingId',
    'connection',
    'forLaptop',
    'mediaBlocked',
    'meetingTitle',
    'order',
    'participants',
    'startedAtMs',
    'ticket',
  ],
  ended: ['callId', 'durationMs', 'feedback', 'meetingTitle', 'reason'],
  fault: ['code', 'meetingTitle', 'sinceMs'],
};
const EFFECTS: Record<RoomMachineEffect['type'], true> = {
  screen: true,
  reply: true,
  'request-grant': true,
  'set-timer': true,
  'clear-timer': true,
  'watch-roster': true,
};
const TOLD = [
  ...[
    'prepare-call',
    'join-call',
    'leave-call',
    'end-call',
    'set-microphone',
    'set-camera',
    'set-volume',
    'set-layout',
  ],
  ...['set-stage-page', 'mute-participant', 'mute-all', 'remove-participant', 'set-order', 'set-role', 'let-speak'],
  ...['raise-hand', 'lower-hand', 'send-chat', 'recall-chat', 'show-code'],
  ...['start-poll', 'answer-poll', 'end-poll', 'hide-poll', 'set-transcript', 'show-captions'],
];

const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('command'), command, grantTo: fc.option(which) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('command'), command: start, grantTo: fc.option(which) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('grant'), to: which, validForMs: fc.constantFrom(60_000, 3_000, -1) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('screen-comes'), with: fc.option(which) }) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('report'), of: which, report }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('event'), event }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('late-timer'), name: fc.constantFrom(...timerNames) }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(500, 2_500, 6_000, 15_000, 70_000) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
  ) as fc.Arbitrary<Act>,
  { maxLength: 60, size: 'max' },
);

const seen = {
  phases: new Set<string>(),
  ways: new Set<string>(),
  timersSet: new Set<string>(),
  timersFired: new Set<string>(),
  effects: new Set<string>(),
  told: new Set<string>(),
  accepted: new Set<string>(),
  refusedBy: new Set<string>(),
  reports: new Set<string>(),
};

it(`what must hold, holds after every step of ${RUNS} sequences`, () => {
  fc.assert(
    fc.property(acts, (sequence) => {
      const machine = new RoomUnderTest(firstRoom(null));
      sequence.forEach((act, index) => {
        if (act.do === 'wait') wait(machine, act.ms);
        else if (act.do === 'late-timer') lateTimer(machine, act.name);
        else if (act.do === 'restart') restart(machine);
        else happen(machine, eventOf(act, machine, index));
      });
      goHome(machine);
    }),
    { numRuns: RUNS, seed },
  );
}, 120_000);

it('a start is cancelled at any moment, by phone, speakerphone and remote control alike, and nothing of it is left', () => {
  let cancelled = 0;
  const ways = fc.constantFrom<CallCommand>({ name: 'cancel-join' }, { name: 'leave-call' });
  fc.assert(
    fc.property(acts, ways, (sequence, way) => {
      const machine = new RoomUnderTest(firstRoom(null));
      sequence.forEach((act, index) => {
        if (act.do === 'wait') wait(machine, act.ms);
        else if (act.do === 'late-timer') lateTimer(machine, act.name);
        else if (act.do === 'restart') restart(machine);
        else happen(machine, eventOf(act, machine, index));
        if (machine.room.phase.name !== 'starting') return;
        cancelled += 1;
        const before = { room: machine.room, timers: new Map(machine.timers) };
        const cancel: RoomMachineEvent = { type: 'command', id: id(9), command: way, grant: null, bookingTitle: null };
        const effects = machine.take(cancel);
        expect(machine.room.phase).toEqual({ name: 'idle' });
        expect(machine.timers.size).toBe(0);
        expect(effects).toContainEqual({ type: 'screen', effect: { name: 'leave-call' } });
        expect(effects).toContainEqual({ type: 'reply', id: id(9), error: null });
        // what the page still makes of it leads nowhere
        const late: RoomMachineEvent = {
          type: 'screen',
          report: { type: 'call-joined', ...callOf('A') },
        };
        expect(machine.take(late)).toEqual([{ type: 'screen', effect: { name: 'leave-call' } }]);
        expect(machine.room.phase).toEqual({ name: 'idle' });
        // and the sequence goes on as if nobody had
        machine.room = before.room;
        machine.timers.clear();
        for (const [name, atMs] of before.timers) machine.timers.set(name, atMs);
      });
    }),
    { numRuns: RUNS / 5, seed },
  );
  expect(cancelled).toBeGreaterThan(RUNS / 5);
}, 120_000);

it('the runs together saw every phase, way, timer, effect, command and report', () => {
  const sorted = (names: Iterable<string>): string[] => [...names].sort();
  const phases = RoomPhase.out.options.map(({ shape }) => shape.name.value).filter((name) => name !== 'unknown');
  expect(sorted(seen.phases)).toEqual(sorted(phases));
  const everyWay = Object.entries(ways).flatMap(([from, to]) => to.map((name) => `${from} > ${name}`));
  expect(sorted(seen.ways)).toEqual(sorted(everyWay));
  expect(sorted(seen.timersSet)).toEqual(sorted(timerNames));
  expect(sorted(seen.timersFired)).toEqual(sorted(timerNames));
  expect(sorted(seen.effects)).toEqual(sorted(Object.keys(EFFECTS)));
  expect(sorted(seen.told)).toEqual(sorted(TOLD));
  expect(sorted(seen.accepted)).toEqual(sorted(Object.keys(COMMANDS)));
  expect(sorted(seen.refusedBy)).toEqual(['not-possible-now', 'peer-unknown']);
  expect(sorted(seen.reports)).toEqual(sorted(Object.keys(REPORTS)));
});

function eventOf(
  act: Exclude<Act, { do: 'wait' | 'late-timer' | 'restart' }>,
  { room, nowMs }: RoomUnderTest,
  n: number,
): RoomMachineEvent {
  const { phase } = room;
  const own = phase.name === 'in-call' ? phase.ticket.callId : phase.name === 'starting' ? phase.grant?.callId : null;
  const callOfWhich = (one: Which) => (one === 'own' ? (own === CALLS.B ? 'B' : 'A') : one);
  const grant = (to: Which, validForMs: number) => grantOf(callOfWhich(to), { expiresAtMs: nowMs + validForMs });
  switch (act.do) {
    case 'command': {
      const given = act.grantTo && grant(act.grantTo, 60_000);
      return { type: 'command', id: id(1_000 + n), command: act.command, grant: given, bookingTitle: null };
    }
    case 'grant':
      return { type: 'grant', grant: grant(act.to, act.validForMs) };
    case 'screen-comes':
      return { type: 'screen-connected', inCall: act.with && callOf(callOfWhich(act.with)) };
    case 'report': {
      const { ticket } = callOf(callOfWhich(act.of));
      const about = act.report.type === 'call-joined' ? { ticket } : { callId: ticket.callId };
      return { type: 'screen', report: { ...act.report, ...about } as Report };
    }
    case 'event':
      return act.event;
  }
}

function wait(machine: RoomUnderTest, ms: number): void {
  const untilMs = machine.nowMs + ms;
  for (;;) {
    const name = machine.nextTimer(untilMs - machine.nowMs);
    if (name === null) return;
    seen.timersFired.add(name);
    happen(machine, { type: 'timer', name });
  }
}

/** It was cleared, and fires all the same. */
function lateTimer(machine: RoomUnderTest, name: RoomTimer): void {
  if (!machine.timers.has(name)) happen(machine, { type: 'timer', name });
}

function restart(machine: RoomUnderTest): void {
  machine.room = firstRoom(rememberedOf(machine.room));
  machine.timers.clear();
  stateHolds(machine);
}

/** Its timers alone, but for a call that runs: that one ends some day. */
function goHome(machine: RoomUnderTest): void {
  for (let steps = 0; machine.room.phase.name !== 'idle' && steps < 50; steps += 1) {
    const { phase } = machine.room;
    if (machine.timers.size > 0) wait(machine, Math.min(...machine.timers.values()) - machine.nowMs);
    else if (phase.name === 'in-call')
      happen(machine, {
        type: 'screen',
        report: { type: 'call-ended', callId: phase.ticket.callId, reason: 'empty' },
      });
    else break;
  }
  expect([machine.room.phase.name, machine.timers.size]).toEqual(['idle', 0]);
}

function happen(machine: RoomUnderTest, happens: RoomMachineEvent): void {
  const before = machine.room;
  // a machine that changes what it was given is found out here
  Object.freeze(before);
  Object.freeze(before.phase);
  const effects = machine.take(happens);
  const { phase } = machine.room;
  const told = effects.flatMap((effect) => (effect.type === 'screen' ? [effect.effect.name] : []));

  const replies = effects.filter((effect) => effect.type === 'reply');
  expect(replies.map((reply) => reply.id)).toEqual(happens.type === 'command' ? [happens.id] : []);
  if (phase.name !== before.phase.name) {
    expect(ways[before.phase.name]).toContain(phase.name);
    seen.ways.add(`${before.phase.name} > ${phase.name}`);
  }
  const wasIn = before.phase.name === 'starting' || before.phase.name === 'in-call';
  const isIn = phase.name === 'starting' || phase.name === 'in-call';
  const pageSaysSo = happens.type === 'screen' && happens.report.type === 'call-ended';
  // no camera goes on burning
  if (wasIn && !isIn && !pageSaysSo) expect(told).toContain('leave-call');
  if (phase.name === 'starting') {
    const former = before.phase.name === 'starting' ? before.phase : null;
    const offered = happens.type === 'timer' && happens.name === 'offer-cancel';
    if (phase.cancelOffered && !former?.cancelOffered) expect(offered).toBe(true);
    if (phase.grant !== null && phase.grant !== former?.grant) expect(told).toContain('join-call');
    const asks = effects.some(({ type }) => type === 'request-grant');
    if (phase.grant === null && former?.grant !== null) expect(asks).toBe(true);
    expect(phase.failedGrants).toBeLessThanOrEqual(3);
  }

  const former = before.phase.name === 'in-call' ? before.phase.ticket : null;
  // in its place: the way there is over
  if (phase.name === 'in-call' && phase.ticket !== former) expect(machine.timers.has('start-fails')).toBe(false);

  for (const effect of effects) {
    seen.effects.add(effect.type);
    if (effect.type === 'set-timer') seen.timersSet.add(effect.name);
    if (effect.type === 'reply' && effect.error !== null) seen.refusedBy.add(effect.error);
    if (effect.type === 'reply' && effect.error === null && happens.type === 'command')
      seen.accepted.add(happens.command.name);
  }
  for (const name of told) seen.told.add(name);
  if (happens.type === 'screen') seen.reports.add(happens.report.type);
  timersHold(machine);
  if (machine.room !== before) stateHolds(machine);
}

function timersHold({ room, timers }: RoomUnderTest): void {
  for (const timerName of timerNames) {
    const { may, must } = TIMERS[timerName];
    if (timers.has(timerName) ? !may(room) : must(room))
      expect.fail(`${timerName} ${timers.has(timerName) ? 'lives on' : 'is not set'} in ${JSON.stringify(room.phase)}`);
  }
}

function stateHolds({ room, nowMs }: RoomUnderTest): void {
  const { name, ...data } = room.phase;
  seen.phases.add(name);
  expect(Object.keys(data).sort()).toEqual(DATA[name]);
  expect(room.stagePage).toBeLessThan(room.stagePageCount);
  const heading = { protocol: 1, roomId: id(30), epoch: 1, revision: 1, asOfMs: nowMs };
  const state = { ...heading, ...roomStateOf(room, '대회의실'.repeat(30)) };
  expect(RoomState.parse(state)).toEqual(state);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThanOrEqual(projections.state.maxBytes);
}
