/**
 * Whether somebody is in the room, by loudness alone: the room's own noise is learnt, and speech is what rises above it
 * again and again. A fan that starts is one rise, a door is one too. Pure; sound-watch.ts measures the levels.
 */

/** One level each. */
export const LEVEL_EVERY_MS = 50;
const ABOVE_NOISE_DB = 10;
/** Below this no microphone distinguishes speech from its own noise, in dBFS. */
const FAINTEST_DB = -62;
/** No room is that quiet: a device that has not begun yet. Later it is one that closes its gate between words. */
const DIGITAL_SILENCE_DB = -100;
/** The noise is the level that the room stays below for a fifth of the last five seconds. */
const NOISE_WINDOW = 100;
const NOISE_PART = 0.2;
/** The last three seconds decide. */
const WINDOW = 60;
const LOUD_AT_LEAST = 10;
/** Syllables and words: so many times from quiet to loud. */
const RISES_AT_LEAST = 3;
/** The first levels only teach the noise. */
const LEARN = 10;

export class RoomSound {
  #levels: number[] = [];
  #heard = 0;
  #wasLoud = false;
  #window: { loud: boolean; rise: boolean }[] = [];

  /** @returns whether somebody is heard by now */
  add(levelDb: number): boolean {
    if (this.#heard === 0 && levelDb < DIGITAL_SILENCE_DB) return false;
    this.#heard += 1;
    keepLast(this.#levels, levelDb, NOISE_WINDOW);
    const loud = this.#heard > LEARN && levelDb > Math.max(this.#noiseDb() + ABOVE_NOISE_DB, FAINTEST_DB);
    keepLast(this.#window, { loud, rise: loud && !this.#wasLoud }, WINDOW);
    this.#wasLoud = loud;
    const count = (what: 'loud' | 'rise'): number => this.#window.filter((level) => level[what]).length;
    return count('loud') >= LOUD_AT_LEAST && count('rise') >= RISES_AT_LEAST;
  }

  #noiseDb(): number {
    const sorted = [...this.#levels].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * NOISE_PART)] ?? FAINTEST_DB;
  }
}

function keepLast<T>(list: T[], item: T, count: number): void {
  list.push(item);
  if (list.length > count) list.shift();
}

/** In dBFS. */
export function levelDb(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy === 0 ? -120 : Math.max(-120, 10 * Math.log10(energy / samples.length));
}
