/** When a call's media counts as blocked, on a clock by hand. */
import { describe, expect, it } from 'vitest';
import type { MediaSetup } from '#contract/signaling.ts';
import { MEDIA_BLOCKED_AFTER_MS } from '#contract/timing.ts';
import { blockedBy, MediaPath } from './media-path.ts';

const both = (recv: string, send = recv) => [['recv', recv] as const, ['send', send] as const];
/** Looks twice a second; the answers. */
function look(path: MediaPath, states: ReturnType<typeof both>, fromMs: number, forMs: number): boolean[] {
  return Array.from({ length: forMs / 500 + 1 }, (_, n) => path.isBlocked(states, fromMs + n * 500));
}

describe('media that does not get through', () => {
  it('is said after five seconds, whichever transport it is, and not before', () => {
    for (const states of [both('connecting'), both('connected', 'failed'), both('disconnected', 'connected')]) {
      const said = look(new MediaPath(), states, 0, MEDIA_BLOCKED_AFTER_MS);
      expect(said.at(-1)).toBe(true);
      expect(said.slice(0, -1)).not.toContain(true);
    }
  });

  it('is not said of what was never wanted, and not any more once it flows', () => {
    const path = new MediaPath();
    expect(look(path, both('connected', 'new'), 0, 20_000)).not.toContain(true);
    look(path, both('connecting'), 20_500, 10_000);
    expect(path.isBlocked(both('connected'), 31_000)).toBe(false);
    expect(look(path, both('disconnected'), 31_500, 4_500)).not.toContain(true);
  });

  it('counts anew when another try begins, and after the machine has slept', () => {
    const path = new MediaPath();
    look(path, both('failed'), 0, 10_000);
    path.startAnew();
    expect(path.isBlocked(both('failed'), 10_500)).toBe(false);
    expect(look(path, both('failed'), 3_600_000, 4_500)).not.toContain(true);
  });
});

describe('what a firewall has to let through', () => {
  const setup = (...iceCandidates: object[]) => ({ recv: { iceCandidates } }) as unknown as MediaSetup;
  it('is each address once, whatever the protocol', () => {
    const at = (ip: string, protocol: string) => ({ ip, port: 7410, protocol });
    expect(blockedBy(setup(at('10.1.2.3', 'udp'), at('10.1.2.3', 'tcp'), at('2001:db8::7', 'udp')))).toEqual({
      addresses: ['10.1.2.3:7410', '[2001:db8::7]:7410'],
      onlyLoopback: false,
    });
  });
  it('is nothing where the node serves its own machine alone', () => {
    expect(blockedBy(setup({ address: '127.0.0.1', ip: '127.0.0.1', port: 1 }))).toMatchObject({ onlyLoopback: true });
    expect(blockedBy(setup())).toEqual({ addresses: [], onlyLoopback: false });
  });
});
