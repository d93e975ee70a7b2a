import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MutatedFeeds } from './mutated-feeds.ts';

const COUNT = 1_000;
/** `npm run chaos:feeds -- --count N --seed S` runs the others. */
const FIRST_SEED = 17;

describe('mutated feeds', () => {
  let feeds: MutatedFeeds;
  beforeAll(() => {
    feeds = new MutatedFeeds();
  });
  afterAll(() => feeds.close());

  it('are refused with a word, or come out as they were published; the trust is not poisoned by any', async () => {
    const outcomes = new Map<string, number>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + COUNT; seed += 1) {
      const { outcome, problem, what } = await feeds.run(seed);
      expect(problem, `seed ${seed}: ${what}`).toBe(null);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // the damage reaches every judge, and is not only JSON that cannot be read
    for (const word of ['malformed', 'signature', 'mixed', 'damaged', 'incomplete', 'accepted'])
      expect(outcomes.get(word) ?? 0, word).toBeGreaterThan(2);
  }, 300_000);
});
