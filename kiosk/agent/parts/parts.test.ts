/** The runner of the agent's parts: order, dispatch, and a part that fails, which is restarted and reported alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { Host, HostServices, Part, PartDeclaration } from './part.ts';
import { Parts } from './parts.ts';
import { servicesUnderTest } from './services-under-test.ts';

const HEALTHY_MS = 30_000;
const room = { phase: { name: 'idle' } } as RoomState;
const nodes = ['wss://node.example'];
const volume = { name: 'set-volume', percent: 5 } as const;
const selfTest = { name: 'run-self-test' } as const;
let log: string[];
let faults: [string, string | null][];
let parts: Parts;

beforeEach(() => {
  [log, faults] = [[], []];
  vi.useFakeTimers();
});
afterEach(async () => {
  await parts.stop();
  vi.useRealTimers();
});

/** Logs what it is handed; `over` is asked at each start. */
function part(name: string, over: (host: Host) => Partial<Part> = () => ({})): PartDeclaration {
  return {
    name,
    make: (host) => ({
      start: () => void log.push(`${name} starts`),
      stop: () => void log.push(`${name} stops`),
      follow: ({ phase }) => void log.push(`${name} in ${phase.name}`),
      ...over(host),
    }),
  };
}
function run(list: PartDeclaration[], services: Partial<HostServices> = {}): void {
  parts = new Parts({
    list,
    services: servicesUnderTest(services),
    onFault: (name, code) => faults.push([name, code]),
    onNotices: (name, notices) => log.push(`${name}: ${notices.join(' ')}`),
  });
  parts.start(room);
}
const logged = () => log.splice(0);
/** The first time only. */
function once(): () => undefined {
  let failed = false;
  return () => {
    if (failed) return;
    failed = true;
    throw new Error('planted');
  };
}

describe('parts that are well', () => {
  it('start in the order of the list, follow the room, and stop in the opposite order', async () => {
    run([part('one'), part('two')]);
    expect(logged()).toEqual(['one starts', 'one in idle', 'two starts', 'two in idle']);
    parts.follow({ phase: { name: 'ended' } } as RoomState);
    expect(logged()).toEqual(['one in ended', 'two in ended']);
    await parts.stop();
    expect(logged()).toEqual(['two stops', 'one stops']);
  });

  it('get nothing before their start is over, and then what lasts', async () => {
    let done!: () => void;
    const lights: string[] = [];
    const slow = part('slow', () => ({
      start: () => new Promise<void>((resolve) => (done = resolve)),
      reports: { 'camera-axes': () => lights.push('axes'), 'sound-heard': () => lights.push('sound') },
      occasions: { 'media-nodes': (urls) => lights.push(...urls), presence: () => lights.push('presence') },
    }));
    run([slow]);
    parts.notify('media-nodes', nodes);
    parts.notify('presence', null);
    parts.onReport({ type: 'camera-axes', axes: { pan: null, tilt: null, zoom: null } });
    parts.onReport({ type: 'sound-heard' });
    expect([lights, logged()]).toEqual([[], []]);
    done();
    await vi.advanceTimersByTimeAsync(0);
    expect([lights, logged()]).toEqual([[...nodes, 'axes'], ['slow in idle']]);
  });

  it('own their commands: answered by their code, and by unknown-command where nobody owns it', async () => {
    run([part('one'), part('two', () => ({ commands: { 'run-self-test': async () => 'no-screen' } }))]);
    expect(await parts.dispatch(selfTest)).toBe('no-screen');
    expect(await parts.dispatch(volume)).toBe('unknown-command');
  });

  it('reach the room by their host, and a wish at a device shows that a person is there', () => {
    let host!: Host;
    const asked: string[] = [];
    const device = part('device', (given) => {
      host = given;
      return {};
    });
    const watch = part('watch', () => ({ occasions: { presence: () => log.push('presence') } }));
    run([device, watch], { ask: ({ name }) => asked.push(name) });
    logged();
    host.ask(volume);
    host.reportFault('device-gone');
    host.reportNotices(['media-blocked']);
    expect([asked, faults, logged()]).toEqual([
      ['set-volume'],
      [['device', 'device-gone']],
      ['presence', 'device: media-blocked'],
    ]);
  });
});

describe('a part that fails', () => {
  /** The planted part between two others, after its failure. */
  async function isRestartedAlone(): Promise<void> {
    expect(faults).toEqual([['bad', 'internal']]);
    logged();
    parts.follow(room);
    expect(logged()).toEqual(['first in idle', 'last in idle']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(logged()).toContain('bad in idle');
    await vi.advanceTimersByTimeAsync(HEALTHY_MS);
    expect(faults).toEqual([
      ['bad', 'internal'],
      ['bad', null],
    ]);
  }

  it.each<[string, (fail: () => void) => Partial<Part>, (() => unknown)?]>([
    ['at its start', (fail) => ({ start: fail })],
    ['at its start, later', (fail) => ({ start: async () => fail() })],
    ['while it follows the room', (fail) => ({ follow: () => void (fail() ?? log.push('bad in idle')) })],
    ['at an occasion', (fail) => ({ occasions: { 'booking-soon': fail } }), () => parts.notify('booking-soon', null)],
    ['at a report', (fail) => ({ reports: { 'sound-heard': fail } }), () => parts.onReport({ type: 'sound-heard' })],
    [
      'at a command',
      (fail) => ({ commands: { 'run-self-test': async () => fail() ?? null } }),
      () => expect(parts.dispatch(selfTest)).rejects.toThrow('planted'),
    ],
  ])('%s is restarted alone, and well again when it has run for a while', async (_, planted, provoke) => {
    const fail = once();
    run([part('first'), part('bad', () => planted(fail)), part('last')]);
    await provoke?.();
    await vi.advanceTimersByTimeAsync(0);
    await isRestartedAlone();
  });

  it('in making is restarted too', async () => {
    const fail = once();
    run([part('first'), part('bad', () => fail() ?? {}), part('last')]);
    await isRestartedAlone();
  });

  it('in a timer of its own is known by the process’s handler, through promises too', async () => {
    vi.useRealTimers();
    const handled: [unknown, boolean][] = [];
    const fail = new Error('planted');
    run([
      part('bad', () => ({
        start: () => {
          setTimeout(async () => {
            await null;
            handled.push([fail, parts.isFailureOfPart(fail)]);
          });
        },
      })),
    ]);
    await expect.poll(() => handled).toEqual([[fail, true]]);
    expect(faults).toEqual([['bad', 'internal']]);
    expect(parts.isFailureOfPart(fail)).toBe(false);
  });

  it('does not answer for what the agent does for it', async () => {
    vi.useRealTimers();
    const handled: boolean[] = [];
    const ask = () => void setTimeout(() => handled.push(parts.isFailureOfPart(new Error('the agent’s own'))));
    run([part('device', (host) => ({ start: () => host.ask(volume) }))], { ask });
    await expect.poll(() => handled).toEqual([false]);
    expect(faults).toEqual([]);
  });

  it('again and again is tried less and less often', async () => {
    let starts = 0;
    const bad = part('bad', () => ({
      start: () => {
        starts += 1;
        throw new Error('planted');
      },
    }));
    run([bad]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts).toBeGreaterThan(5);
    const before = starts;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(starts - before).toBeLessThan(6);
    expect(await parts.dispatch(selfTest)).toBe('unknown-command');
  });

  it('is stopped first, for so long as a person would wait; what it calls later reaches nobody', async () => {
    const hosts: Host[] = [];
    const asked: string[] = [];
    const bad = part('bad', (host) => {
      hosts.push(host);
      return { stop: () => new Promise(() => {}), occasions: { 'booking-soon': once() } };
    });
    run([bad], { ask: ({ name }) => asked.push(name), perform: () => true });
    parts.notify('booking-soon', null);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(hosts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hosts).toHaveLength(2);
    hosts[0]!.ask(volume);
    expect([asked, hosts[0]!.perform({ name: 'leave-call' })]).toEqual([[], false]);
    hosts[1]!.ask(volume);
    expect([asked, hosts[1]!.perform({ name: 'leave-call' })]).toEqual([['set-volume'], true]);
    parts = new Parts({ list: [], services: servicesUnderTest(), onFault: () => {}, onNotices: () => {} });
  });

  it('does not fail where it refuses a command', async () => {
    const refuse = async () => {
      throw new UserError('booking-conflict');
    };
    run([part('good', () => ({ commands: { 'run-self-test': refuse } }))]);
    await expect(parts.dispatch(selfTest)).rejects.toThrow('booking-conflict');
    expect(faults).toEqual([]);
  });
});

describe('the end of all', () => {
  it('waits for a start, which is followed by its end and by nothing else', async () => {
    let done!: () => void;
    run([part('slow', () => ({ start: () => new Promise<void>((resolve) => (done = resolve)) }))]);
    const ended = vi.fn();
    void parts.stop().then(ended);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ended.mock.calls, logged()]).toEqual([[], []]);
    done();
    await vi.advanceTimersByTimeAsync(0);
    expect([ended.mock.calls.length, logged()]).toEqual([1, ['slow stops']]);
  });

  it('is no reason to begin a part again that fails meanwhile', async () => {
    let fail!: (error: Error) => void;
    let starts = 0;
    const slow = part('slow', () => ({
      start: () => {
        starts += 1;
        return new Promise<void>((_, reject) => (fail = reject));
      },
    }));
    run([slow]);
    const ended = parts.stop();
    fail(new Error('planted'));
    await ended;
    await vi.advanceTimersByTimeAsync(120_000);
    expect([starts, faults, logged()]).toEqual([1, [], ['slow stops']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('comes before a part that failed is begun again', async () => {
    let starts = 0;
    let stopped!: () => void;
    const bad = part('bad', () => {
      starts += 1;
      return {
        stop: () => new Promise<void>((resolve) => (stopped = resolve)),
        occasions: { 'booking-soon': once() },
      };
    });
    run([bad]);
    parts.notify('booking-soon', null);
    await vi.advanceTimersByTimeAsync(2_000);
    const ended = parts.stop();
    stopped();
    await ended;
    await vi.advanceTimersByTimeAsync(120_000);
    expect([starts, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('waits for a part for as long as that needs', async () => {
    let stopped!: () => void;
    run([part('slow', () => ({ stop: () => new Promise<void>((resolve) => (stopped = resolve)) }))]);
    const ended = vi.fn();
    void parts.stop().then(ended);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).not.toHaveBeenCalled();
    stopped();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledOnce();
    parts = new Parts({ list: [], services: servicesUnderTest(), onFault: () => {}, onNotices: () => {} });
  });
});
