/** The proof of a release: what is required, which check is the reason, and that it always ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SelfTest } from '#contract/room-equipment.ts';
import type { ProofCheck } from '#contract/room-update.ts';
import { growthOf, LEAST_SAMPLES, MOST_GROWTH_BYTES } from './memory-judgement.ts';
import { prove, requiredOf, whatPasses } from './proof.ts';
import { type CheckOutcome, RoomChecks, type RoomSenses } from './room-checks.ts';

const ALL: ProofCheck[] = ['screen', 'camera', 'microphone', 'speaker', 'network', 'call', 'memory', 'updater'];
const MB = 1024 * 1024;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = async <T>(promise: Promise<T>, withinMs = 200_000): Promise<T> => {
  await vi.advanceTimersByTimeAsync(withinMs);
  return Promise.race([promise, Promise.reject(new Error('it hangs'))]);
};
const played = (outcomes: Partial<Record<ProofCheck, CheckOutcome | 'hangs' | Error>>) => {
  const asked: ProofCheck[] = [];
  return {
    asked,
    check: async (name: ProofCheck, signal: AbortSignal): Promise<CheckOutcome> => {
      asked.push(name);
      const outcome = outcomes[name] ?? null;
      if (outcome === 'hangs') return new Promise(() => {});
      if (outcome === 'late') return new Promise((resolve) => signal.addEventListener('abort', () => resolve('late')));
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    sampleMemory: async () => {},
  };
};

describe('what is required', () => {
  it('is what the room could do before, and what each release must', () => {
    expect(requiredOf(['screen', 'camera', 'network'])).toEqual(['screen', 'camera', 'network', 'memory', 'updater']);
    expect(requiredOf([])).toEqual(['memory', 'updater']);
    expect(requiredOf(null)).toEqual(['screen', 'memory', 'updater']);
  });
});

describe('a proof', () => {
  it('passes when everything that is required does; nothing else is looked at', async () => {
    const checks = played({ camera: 'missing' });
    expect(await settled(prove(checks, ['screen', 'network', 'memory', 'updater']))).toEqual({ isPassed: true });
    expect(checks.asked).not.toContain('camera');
  });
  it.each(ALL)('fails by %s alone', async (name) => {
    const result = await settled(prove(played({ [name]: 'broken' }), ALL));
    expect(result).toEqual({ isPassed: false, check: name, detail: 'broken' });
  });
  it.each(ALL)('fails in its time where %s hangs', async (name) => {
    const result = await settled(prove(played({ [name]: 'hangs' }), ALL));
    expect(result).toMatchObject({ isPassed: false, check: name });
  });
  it.each(ALL)('fails where %s throws', async (name) => {
    const result = await settled(prove(played({ [name]: new Error('oops') }), ALL));
    expect(result).toEqual({ isPassed: false, check: name, detail: 'it broke off: oops' });
  });
  it('names the first in order when the time is over', async () => {
    const result = await settled(prove(played({ network: 'late', screen: 'late' }), ALL));
    expect(result).toEqual({ isPassed: false, check: 'screen', detail: 'late' });
  });
  it('is over as soon as a check fails, and ends all that it began', async () => {
    const signals: AbortSignal[] = [];
    const { check } = played({ network: 'late', camera: 'broken' });
    const checks = {
      check: (name: ProofCheck, signal: AbortSignal) => {
        signals.push(signal);
        return check(name, signal);
      },
      sampleMemory: async (signal: AbortSignal) => void signals.push(signal),
    };
    expect(await settled(prove(checks, ALL), 0)).toMatchObject({ check: 'camera' });
    expect(signals.map(({ aborted }) => aborted)).toEqual(signals.map(() => true));
    expect(vi.getTimerCount()).toBe(0);
  });
  it('that passes ends all that it began, too, and follows its caller no more', async () => {
    const caller = new AbortController();
    const ended = vi.fn();
    const checks = {
      ...played({}),
      sampleMemory: async (signal: AbortSignal) => signal.addEventListener('abort', ended),
    };
    expect(await settled(prove(checks, ALL, { signal: caller.signal }), 0)).toEqual({ isPassed: true });
    expect(ended).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
  it('is given up with its caller, a second after checks that do not end', async () => {
    const caller = new AbortController();
    const proof = vi.fn();
    void prove(played({ call: 'hangs' }), ALL, { signal: caller.signal }).then(proof);
    await vi.advanceTimersByTimeAsync(10_000);
    caller.abort();
    await vi.advanceTimersByTimeAsync(999);
    expect(proof).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(proof).toHaveBeenCalledExactlyOnceWith({ isPassed: false, check: 'call', detail: 'not known in time' });
    expect(vi.getTimerCount()).toBe(0);
  });
  it('looks at the page once more at the end', async () => {
    let looks = 0;
    const checks = {
      ...played({}),
      check: async (name: ProofCheck) => (name === 'screen' && ++looks > 1 ? 'the page is black' : null),
    };
    expect(await settled(prove(checks, ALL))).toMatchObject({ check: 'screen', detail: 'the page is black' });
  });
});

it('before the switch, one that does not work keeps no other from being looked at', async () => {
  const passed = await settled(
    whatPasses(
      played({ camera: 'missing', network: 'hangs', speaker: new Error('x') }),
      ALL,
      1_000,
      new AbortController().signal,
    ),
  );
  expect(passed).toEqual(['screen', 'microphone', 'call', 'memory', 'updater']);
});

describe('memory', () => {
  const grown = (by: number) => Array.from({ length: 60 }, (_, n) => 100 * MB + (by * n) / 59);
  it('may go up and down, and may not go up without an end', () => {
    expect(growthOf(grown(0))).toBe(null);
    expect(growthOf(Array.from({ length: 60 }, (_, n) => 100 * MB + (n % 10) * 40 * MB))).toBe(null);
    expect(growthOf(grown(MOST_GROWTH_BYTES * 4))).toBeGreaterThan(MOST_GROWTH_BYTES);
    expect(growthOf(grown(MOST_GROWTH_BYTES * 40).slice(0, LEAST_SAMPLES - 1))).toBe(null);
  });
});

describe('a look at the room', () => {
  const patience = { screenMs: 5_000, networkMs: 5_000, selfTests: 2, calls: 2 };
  const test = (n: number, camera: 'passed' | 'failed' | null, state: SelfTest['state'] = 'done'): SelfTest => ({
    state,
    startedAtMs: n,
    because: 'check-up',
    checks: camera ? [{ name: 'camera', outcome: camera, reason: camera === 'failed' ? 'frozen' : null }] : [],
  });
  const senses = (over: Partial<RoomSenses> = {}): RoomSenses => ({
    screen: () => 'painted',
    selfTest: () => null,
    askSelfTest: () => {},
    isOnline: () => true,
    inCall: () => null,
    callItself: async () => null,
    memory: () => ({ agentBytes: 1, pageBytes: 1 }),
    lookAtUpdater: async () => null,
    ...over,
  });
  const look = (name: ProofCheck, over: Partial<RoomSenses>) => {
    const ends = new AbortController();
    setTimeout(() => ends.abort(), 150_000);
    return settled(new RoomChecks(senses(over), patience, () => Date.now()).check(name, ends.signal));
  };

  it('waits for the page', async () => {
    const fromMs = Date.now();
    expect(await look('screen', { screen: () => (Date.now() - fromMs > 2_000 ? 'painted' : 'missing') })).toBe(null);
    expect(await look('screen', { screen: () => 'black' })).toBe('the page is black');
  });
  it('gives the page its time, and no more', async () => {
    const over = vi.fn();
    const ends = new AbortController();
    void new RoomChecks(senses({ screen: () => 'missing' }), patience, () => Date.now())
      .check('screen', ends.signal)
      .then(over);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toHaveBeenCalledExactlyOnceWith('the page is missing');
    expect(vi.getTimerCount()).toBe(0);
  });
  it('believes no self-test of before; two that fail are enough', async () => {
    let runs = [test(1, 'passed')];
    const askSelfTest = (): void => {
      runs = [...runs, test(runs.length + 1, 'failed')];
    };
    expect(await look('camera', { selfTest: () => runs.at(-1)!, askSelfTest })).toBe('frozen');
    expect(runs).toHaveLength(3);
  });
  it('is content with the first that passes', async () => {
    let runs = [test(1, 'failed')];
    const askSelfTest = (): void => {
      runs = [...runs, test(runs.length + 1, 'passed')];
    };
    expect(await look('camera', { selfTest: () => runs.at(-1)!, askSelfTest })).toBe(null);
  });
  it('opens nothing in a call that began meanwhile: its media count', async () => {
    const askSelfTest = vi.fn();
    const callItself = vi.fn();
    const call = (over: object) => ({
      askSelfTest,
      callItself,
      inCall: () => ({ isConnected: true, camera: 'well', microphone: 'well', ...over }),
    });
    for (const name of ['camera', 'microphone', 'speaker', 'call'] as const)
      expect(await look(name, call({}))).toBe(null);
    expect(await look('camera', call({ camera: 'black' }))).toBe('in the call it is black');
    expect(await look('call', call({ isConnected: false }))).toBe('the call is not connected');
    expect(askSelfTest).not.toHaveBeenCalled();
    expect(callItself).not.toHaveBeenCalled();
  });
  it('goes on by itself when that call is over', async () => {
    const fromMs = Date.now();
    const inCall = () =>
      Date.now() - fromMs < 3_000 ? { isConnected: true, camera: 'well', microphone: 'well' } : null;
    expect(await look('call', { inCall })).toBe(null);
  });
  it('gives a call with itself more than one try', async () => {
    let calls = 0;
    expect(await look('call', { callItself: async () => (++calls < 2 ? 'no picture' : null) })).toBe(null);
    expect(await look('call', { callItself: async () => 'no sound comes back' })).toBe('no sound comes back');
  });
  it('calls only when a self-test is over: it has the devices, though nothing that is required is left of it', async () => {
    const fromMs = Date.now();
    const state = () => (Date.now() - fromMs < 8_000 ? 'running' : 'done');
    const selfTest = () => test(1, 'passed', state());
    const callItself = vi.fn(async () => (state() === 'running' ? 'the room is busy' : null));
    expect(await look('call', { selfTest, callItself })).toBe(null);
    expect(callItself).toHaveBeenCalledTimes(1);
  });
  it('finds a page that leaks, though it counts only from its first sign of life on', async () => {
    const startedAtMs = Date.now();
    const checks = new RoomChecks(
      senses({
        memory: () => ({
          agentBytes: 1,
          pageBytes: Date.now() > startedAtMs + 2_500 ? (Date.now() - startedAtMs) * 10_000 : null,
        }),
      }),
      patience,
      () => Date.now(),
    );
    const ends = new AbortController();
    void checks.sampleMemory(ends.signal);
    expect(await settled(checks.check('memory', ends.signal))).toMatch(/^the page grew by \d+ MB$/);
    ends.abort();
  });
});
