/** For tests: numbers that only look random. The same seed gives the same run. */
export type Seeded = {
  /** from 0 up to 1 */
  next: () => number;
  between: (low: number, high: number) => number;
  pick: <T>(choices: readonly T[]) => T;
};

/** xorshift32 (Marsaglia, 2003). */
export function seeded(seed: number): Seeded {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // neighbours begin alike
  for (let each = 0; each < 8; each += 1) next();
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    pick: (choices) => choices[Math.floor(next() * choices.length)]!,
  };
}
