import { expect, test } from 'vitest';
import { SignalName, signalOf } from '#contract/signals.ts';
import { signalDueAtMs, type SignalFinding, isRaised, QUIET, type SignalState, stepSignal } from './signal-machine.ts';

const delays = { raisedAfterMs: 5, closedAfterMs: 3 };
const cause = { reason: 'black' };

test.each<[string, [number, SignalFinding][], SignalState]>([
  ['nothing', [[0, null]], { phase: 'quiet' }],
  ['just seen', [[0, cause]], { phase: 'watching', facts: cause, sinceMs: 0, raiseAtMs: 5 }],
  [
    'gone before its time',
    [
      [0, cause],
      [4, null],
    ],
    { phase: 'quiet' },
  ],
  [
    'lasting',
    [
      [0, cause],
      [5, cause],
    ],
    { phase: 'raised', facts: cause, sinceMs: 0 },
  ],
  [
    'newer facts',
    [
      [0, {}],
      [5, {}],
      [6, cause],
    ],
    { phase: 'raised', facts: cause, sinceMs: 0 },
  ],
  [
    'gone',
    [
      [0, cause],
      [5, cause],
      [6, null],
    ],
    { phase: 'closing', facts: cause, sinceMs: 0, closeAtMs: 9 },
  ],
  [
    'gone for its time',
    [
      [0, cause],
      [5, cause],
      [6, null],
      [9, null],
    ],
    { phase: 'quiet' },
  ],
  [
    'back in between',
    [
      [0, cause],
      [5, cause],
      [6, null],
      [8, cause],
      [9, null],
    ],
    { phase: 'closing', facts: cause, sinceMs: 0, closeAtMs: 12 },
  ],
  [
    'out of sight before its time',
    [
      [0, cause],
      [4, 'unknown'],
      [5, cause],
    ],
    { phase: 'watching', facts: cause, sinceMs: 5, raiseAtMs: 10 },
  ],
  [
    'out of sight while raised',
    [
      [0, cause],
      [5, cause],
      [6, 'unknown'],
      [100, 'unknown'],
    ],
    { phase: 'raised', facts: cause, sinceMs: 0 },
  ],
  [
    'out of sight while it closes',
    [
      [0, cause],
      [5, cause],
      [6, null],
      [8, 'unknown'],
      [10, 'unknown'],
    ],
    { phase: 'raised', facts: cause, sinceMs: 0 },
  ],
])('%s', (_, steps, expected) => {
  const state = steps.reduce<SignalState>((each, [nowMs, finding]) => stepSignal(delays, each, finding, nowMs), QUIET);
  expect(state).toEqual(expected);
});

test('each signal is raised and closed after the time of the table, not a moment sooner', () => {
  for (const name of SignalName.options) {
    const signal = signalOf(name);
    const at = (state: SignalState, finding: SignalFinding, nowMs: number) => stepSignal(signal, state, finding, nowMs);
    const seen = at(QUIET, cause, 0);
    if (signal.raisedAfterMs > 0) expect(isRaised(at(seen, cause, signal.raisedAfterMs - 1))).toBe(false);
    const raised = at(seen, cause, signal.raisedAfterMs);
    expect(isRaised(raised)).toBe(true);
    const closing = at(raised, null, 1e9);
    if (signal.closedAfterMs > 0) expect(isRaised(at(closing, null, 1e9 + signal.closedAfterMs - 1))).toBe(true);
    expect(at(closing, null, 1e9 + signal.closedAfterMs)).toEqual(QUIET);
  }
});

/** mulberry32 */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

test('heartbeats, timeouts and looks of the same instant in 100,000 orders: what is raised at the end is what is so', () => {
  const [ONLINE, END] = [3, 26];
  const offline = { raisedAfterMs: 2, closedAfterMs: 1 };
  for (let seed = 1; seed <= 100_000; seed += 1) {
    const random = seeded(seed);
    const isBack = random() < 0.5;
    const beats = new Set(
      Array.from({ length: END }, (_, t) => t).filter((t) => t === 0 || (t < 14 ? random() < 0.4 : isBack)),
    );
    let [heardAt, online, wasRaised] = [0, true, false];
    let state: SignalState = QUIET;
    const acts = {
      beat: (t: number) => {
        [heardAt, online] = [t, true];
      },
      timeout: (t: number) => {
        if (t - heardAt >= ONLINE) online = false;
      },
      look: (t: number) => {
        state = stepSignal(offline, state, online ? null : {}, t);
        wasRaised ||= isRaised(state);
      },
    };
    for (let t = 0; t < END; t += 1) {
      const order = [...(beats.has(t) ? [acts.beat] : []), acts.timeout, acts.look, acts.look].sort(
        () => random() - 0.5,
      );
      for (const act of order) act(t);
    }
    // the last look may have come before the last heartbeat
    acts.look(END);
    acts.look(END + 1);
    const times = [...beats];
    const longest = Math.max(...times.map((t, at) => (times[at + 1] ?? END) - t));
    const isRight =
      isRaised(state) === !isBack &&
      signalDueAtMs(state) === null &&
      (longest >= ONLINE + offline.raisedAfterMs || !wasRaised) &&
      (longest <= ONLINE + offline.raisedAfterMs + 1 || wasRaised);
    if (!isRight) expect.fail(JSON.stringify({ seed, beats: times, state, wasRaised }));
  }
}, 60_000);
