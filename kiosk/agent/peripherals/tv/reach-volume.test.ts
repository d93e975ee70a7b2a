import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import { reachVolume } from './reach-volume.ts';

type Habits = { asked: 'tells' | 'refuses' | 'silent'; tellsAfterKeys: boolean; stepPercent: number };

function tvAt(volume: number, { asked, tellsAfterKeys, stepPercent }: Habits) {
  const tv = { volume, presses: 0, longest: 0 };
  const keys = {
    before: null as number | null,
    ask: async () => {
      if (asked === 'refuses') throw new UserError('device-unsupported');
      if (asked === 'silent') throw new OperationalError('tv-not-answering');
      return tv.volume;
    },
    press: async (steps: number) => {
      tv.presses += Math.abs(steps);
      tv.longest = Math.max(tv.longest, Math.abs(steps));
      tv.volume = Math.max(0, Math.min(100, tv.volume + steps * stepPercent));
      return tellsAfterKeys ? tv.volume : null;
    },
  };
  return { tv, keys };
}
const plain: Habits = { asked: 'tells', tellsAfterKeys: true, stepPercent: 1 };

describe('the volume of a TV', () => {
  it('is counted there where it tells itself', async () => {
    const { tv, keys } = tvAt(50, plain);
    await reachVolume(23, keys);
    expect(tv).toMatchObject({ volume: 23, presses: 27 });
  });

  it.each(['refuses', 'silent'] as const)('that %s is counted from what it was brought to before', async (asked) => {
    const { tv, keys } = tvAt(50, { ...plain, asked, tellsAfterKeys: false });
    await reachVolume(60, keys);
    expect(tv.presses).toBe(0);
    await reachVolume(65, { ...keys, before: 60 });
    expect(tv.volume).toBe(55);
    await reachVolume(0, { ...keys, before: 100 });
    expect(tv.presses).toBe(35);
  });

  it('that tells after a key is right from then on', async () => {
    const { tv, keys } = tvAt(20, { ...plain, asked: 'refuses' });
    await reachVolume(65, { ...keys, before: 60 });
    expect(tv.volume).toBe(65);
  });

  it('that does not move is not pressed for ever', async () => {
    const { tv, keys } = tvAt(50, { ...plain, stepPercent: 0 });
    await reachVolume(90, keys);
    expect(tv.presses).toBe(10);
  });

  it('takes a bounded number of keys, ten at once at most, and comes near where it can', async () => {
    const habits = fc.record<Habits>({
      asked: fc.constantFrom('tells', 'refuses', 'silent'),
      tellsAfterKeys: fc.boolean(),
      stepPercent: fc.constantFrom(0, 0.5, 1, 2, 5),
    });
    const percent = fc.integer({ min: 0, max: 100 });
    await fc.assert(
      fc.asyncProperty(habits, percent, percent, async (each, from, to) => {
        const { tv, keys } = tvAt(from, each);
        await reachVolume(to, keys);
        expect(tv.longest).toBeLessThanOrEqual(10);
        expect(tv.presses).toBeLessThanOrEqual(200);
        const tells = each.asked === 'tells' && each.tellsAfterKeys && each.stepPercent > 0;
        if (tells) expect(Math.abs(tv.volume - to)).toBeLessThanOrEqual(each.stepPercent);
      }),
    );
  });
});
