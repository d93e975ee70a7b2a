import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  PAIRING_CODE_ALPHABET,
  PAIRING_CODE_LENGTH,
  PAIRING_CODE_ROTATION_MS,
  PAIRING_CODE_TTL_MS,
} from '#contract/limits.ts';
import { PairingOffer } from '#contract/pairing-offer.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { PairingCodes } from './pairing-codes.ts';

const roomId = '0193a0b0-0000-7000-8000-000000000001';
const hashOf = (code: string, room = roomId): string => createHash('sha256').update(`${room}:${code}`).digest('hex');

const clockUnderTest = () => new WallClock({ steadyNowMs: () => performance.now() });

describe('the codes of a room', () => {
  let codes: PairingCodes;
  let changes: number;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    changes = 0;
    codes = new PairingCodes({ roomId, onChange: accepted, clock: clockUnderTest() });
  });
  /** A fleet that has each offer at once. */
  const accepted = (): void => {
    changes += 1;
    codes.show(codes.offer);
  };
  afterEach(() => {
    codes.stop();
    vi.useRealTimers();
  });
  const offered = (): string[] => PairingOffer.parse(codes.offer).codes.map(({ sha256 }) => sha256);

  it('are none before the start', () => {
    expect([codes.shown, codes.offer]).toEqual(['', { codes: [] }]);
  });

  it('are of the alphabet, long enough, and never the same', () => {
    codes.start();
    const seen = new Set<string>();
    for (let turn = 0; turn < 300; turn += 1) {
      seen.add(codes.shown);
      codes.use(hashOf(codes.shown));
    }
    expect(seen.size).toBe(300);
    for (const code of seen) expect(code).toMatch(new RegExp(`^[${PAIRING_CODE_ALPHABET}]{${PAIRING_CODE_LENGTH}}$`));
    // every letter is used
    expect(new Set([...seen].join('')).size).toBe(PAIRING_CODE_ALPHABET.length);
  });

  it('reach the fleet as hashes bound to the room', () => {
    codes.start();
    const { codes: offer } = codes.offer;
    expect(offer).toEqual([{ sha256: hashOf(codes.shown), expiresAtMs: Date.now() + PAIRING_CODE_TTL_MS }]);
    expect(JSON.stringify(offer)).not.toContain(codes.shown);
    expect(hashOf(codes.shown, 'another room')).not.toBe(offer[0]!.sha256);
  });

  it('change on the TV; the one before is good until its time is over', () => {
    codes.start();
    const first = codes.shown;
    vi.advanceTimersByTime(PAIRING_CODE_ROTATION_MS);
    const second = codes.shown;
    expect(second).not.toBe(first);
    expect(offered()).toEqual([hashOf(second), hashOf(first)]);
    vi.advanceTimersByTime(PAIRING_CODE_ROTATION_MS);
    expect(offered()).toEqual([hashOf(codes.shown), hashOf(second)]);
    expect(changes).toBe(3);
  });

  it('are single use: the shown one is replaced at once, an older one just goes', () => {
    codes.start();
    const first = codes.shown;
    vi.advanceTimersByTime(PAIRING_CODE_ROTATION_MS);
    const second = codes.shown;
    codes.use(hashOf(first));
    expect([codes.shown, offered()]).toEqual([second, [hashOf(second)]]);
    codes.use(hashOf(second));
    expect(codes.shown).not.toBe(second);
    expect(offered()).toEqual([hashOf(codes.shown)]);
    expect(changes).toBe(4);
  });

  it('are shown once the fleet has them, the latest of those', () => {
    codes = new PairingCodes({ roomId, onChange: () => {}, clock: clockUnderTest() });
    codes.start();
    const first = codes.shown;
    const offers = [PAIRING_CODE_ROTATION_MS, 1_000].map((afterMs, at) => {
      vi.advanceTimersByTime(afterMs);
      if (at === 1) codes.use(codes.offer.codes[0]!.sha256);
      return codes.offer;
    });
    expect(codes.shown).toBe(first);
    // used before the fleet's word of the offer came back: it is not shown any more
    codes.show(offers[0]!);
    expect(codes.shown).toBe(first);
    codes.show(offers[1]!);
    expect(hashOf(codes.shown)).toBe(offers[1]!.codes[0]!.sha256);
  });

  it('stay within what an offer may hold, however fast they are used', () => {
    codes.start();
    for (let turn = 0; turn < 20; turn += 1) {
      vi.advanceTimersByTime(turn % 3 ? 1_000 : PAIRING_CODE_ROTATION_MS);
      if (turn % 2) codes.use(hashOf(codes.shown));
      expect(offered()[0]).toBe(hashOf(codes.shown));
    }
  });

  it('an unknown one changes nothing that can be seen', () => {
    codes.start();
    const before = [codes.shown, codes.offer];
    codes.use(hashOf('22222222'));
    expect([codes.shown, codes.offer]).toEqual(before);
  });

  it('do not outlive a box that slept: who wakes shows a fresh one, and offers no stale one', () => {
    let nowMs = 1_700_000_000_000;
    // the uptime counts the sleep
    const clock = new WallClock({ wallNowMs: () => nowMs, steadyNowMs: () => nowMs });
    codes = new PairingCodes({ roomId, onChange: accepted, clock });
    codes.start();
    nowMs += 8 * 3_600_000;
    vi.advanceTimersByTime(PAIRING_CODE_ROTATION_MS);
    expect(codes.offer.codes).toEqual([{ sha256: hashOf(codes.shown), expiresAtMs: nowMs + PAIRING_CODE_TTL_MS }]);
  });

  it.each([20 * 60_000, -3_600_000])(
    'are replaced at once by one that is good when the clock jumps by %d ms',
    (byMs) => {
      const clock = clockUnderTest();
      codes = new PairingCodes({ roomId, onChange: accepted, clock });
      codes.start();
      const [before, changesBefore] = [codes.shown, changes];
      vi.setSystemTime(Date.now() + byMs);
      clock.nowMs();
      expect(changes).toBe(changesBefore + 1);
      expect(codes.redeem(before)).toBe(false);
      expect(codes.offer.codes).toEqual([
        { sha256: hashOf(codes.shown), expiresAtMs: Date.now() + PAIRING_CODE_TTL_MS },
      ]);
      expect(codes.redeem(codes.shown)).toBe(true);
    },
  );

  it('stop with the agent', () => {
    codes.start();
    codes.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
