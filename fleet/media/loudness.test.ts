import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Loudness } from './loudness.ts';

const none: ReadonlySet<string> = new Set();

describe('the ranking of voices', () => {
  test('who is heard stays before the silent for the hold, and no longer', () => {
    const loudness = new Loudness({ holdMs: 10_000 });
    loudness.addLevels([{ peerId: 'b', dBov: -40 }], 1_000);
    expect(loudness.rank(['a', 'b'], none, 11_000)).toEqual(['b', 'a']);
    expect(loudness.rank(['a', 'b'], none, 11_001)).toEqual(['a', 'b']);
  });

  test('among the silent, those who are forwarded stay', () => {
    expect(new Loudness({ holdMs: 10_000 }).rank(['a', 'b', 'c'], new Set(['c']), 0)).toEqual(['c', 'a', 'b']);
  });

  test('a little louder does not push out, much louder does', () => {
    const loudness = new Loudness({ holdMs: 10_000 });
    loudness.addLevels(
      [
        { peerId: 'a', dBov: -40 },
        { peerId: 'b', dBov: -36 },
        { peerId: 'c', dBov: -30 },
      ],
      0,
    );
    expect(loudness.rank(['a', 'b', 'c'], new Set(['a']), 100)).toEqual(['c', 'a', 'b']);
  });

  test('the last to speak is the first of the speakers, and who leaves is forgotten', () => {
    const loudness = new Loudness({ holdMs: 10_000 });
    for (const peerId of ['a', 'b', 'a']) loudness.spoke(peerId);
    expect(loudness.speakers).toEqual(['a', 'b']);
    loudness.forget('a');
    expect(loudness.speakers).toEqual(['b']);
  });

  test('a level counts for a second', () => {
    const loudness = new Loudness({ holdMs: 10_000 });
    loudness.addLevels([{ peerId: 'a', dBov: -20 }], 0);
    expect([loudness.levelOf('a', 999), loudness.levelOf('a', 1_000)]).toEqual([-20, -127]);
  });

  test('whatever is heard, everybody is ranked once and the chosen eight do not churn while nothing changes', () => {
    const levels = fc.array(
      fc.record({ peerId: fc.constantFrom(...'abcdefghijkl'), dBov: fc.integer({ min: -127, max: 0 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.array(levels, { maxLength: 20 }), (rounds) => {
        const loudness = new Loudness({ holdMs: 10_000 });
        const peers = [...'abcdefghijkl'];
        let chosen: ReadonlySet<string> = new Set();
        for (const [round, heard] of rounds.entries()) {
          loudness.addLevels(heard, round * 250);
          const ranked = loudness.rank(peers, chosen, round * 250);
          expect([...ranked].sort()).toEqual(peers);
          chosen = new Set(ranked.slice(0, 8));
          expect(new Set(loudness.rank(peers, chosen, round * 250).slice(0, 8))).toEqual(chosen);
        }
      }),
      { numRuns: 50 },
    );
  });
});
