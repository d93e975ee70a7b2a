import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import { type Check, type Checks, runSelfTest } from './self-test-run.ts';

const passes: Check = async () => 'passed';
const fails = (name: string): Check => {
  return () => Promise.reject(new DOMException('', name));
};
const hangs: Check = () => new Promise(() => {});
const all: Checks = {
  'media-tcp': passes,
  camera: passes,
  'media-udp': passes,
  speaker: passes,
  microphone: passes,
};

function run(checks: Checks) {
  const told: string[] = [];
  const ends = new AbortController();
  const done = runSelfTest(
    checks,
    ({ name, outcome, reason }) => told.push(`${name} ${reason ?? outcome}`),
    ends.signal,
  );
  return { told, ends, done };
}

describe('the self-test', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('runs one after the other, in an order that never changes', async () => {
    const { told, done } = run(all);
    await done;
    expect(told).toEqual([
      'camera passed',
      'microphone passed',
      'speaker passed',
      'media-udp passed',
      'media-tcp passed',
    ]);
  });

  it('tries no ports without a grant', async () => {
    const { told, done } = run({ camera: passes });
    await done;
    expect(told).toEqual(['camera passed']);
  });

  it.each<[string, Check, string]>([
    ['not allowed', fails('NotAllowedError'), 'refused'],
    ['held by another program', fails('NotReadableError'), 'busy'],
    ['not there', fails('NotFoundError'), 'missing'],
    ['another than wanted', fails('OverconstrainedError'), 'missing'],
    ['black', async () => 'black', 'black'],
    ['not to be told', async () => 'skipped', 'skipped'],
    ['refused by the node', () => Promise.reject(new UserError('token-invalid')), 'refused'],
    ['given up by the node', () => Promise.reject(new OperationalError('media-failed')), 'unreachable'],
  ])('says of what is %s why', async (_, check, reason) => {
    const { told, done } = run({ camera: check });
    await done;
    expect(told).toEqual([`camera ${reason}`]);
  });

  it('waits for no check longer than its deadline, ends it then, and goes on', async () => {
    let ended = false;
    const slow: Check = (signal) => {
      signal.addEventListener('abort', () => {
        ended = true;
      });
      return hangs(signal);
    };
    const { told, done } = run({ ...all, camera: slow, 'media-udp': hangs });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(ended).toBe(true);
    await vi.advanceTimersByTimeAsync(12_000);
    await done;
    expect(told).toEqual([
      'camera timed-out',
      'microphone passed',
      'speaker passed',
      'media-udp timed-out',
      'media-tcp passed',
    ]);
  });

  it('does not ask a deaf room whether the speaker sounds', async () => {
    const { told, done } = run({ microphone: async () => 'silent', speaker: hangs });
    await done;
    expect(told).toEqual(['microphone silent', 'speaker skipped']);
  });

  it('ends each check when it is through, so that its device is closed', async () => {
    const ended: string[] = [];
    const check =
      (name: string): Check =>
      async (signal) => {
        signal.addEventListener('abort', () => ended.push(name));
        return 'passed';
      };
    await run({ camera: check('camera'), microphone: check('microphone') }).done;
    expect(ended).toEqual(['camera', 'microphone']);
  });

  it('stops at once for a call, and says nothing more', async () => {
    const { told, done, ends } = run({ ...all, microphone: hangs });
    await vi.advanceTimersByTimeAsync(10);
    ends.abort();
    await done;
    expect(told).toEqual(['camera passed']);
  });
});
