/**
 * Whether somebody is in the room, by loudness alone: the room's own noise is learnt, and speech is what rises above it
 * again and again. A fan that starts is one rise, a door is one too. Pure; the levels are sound-watch.ts's.
 */

/** One level each. */
export const LEVEL_EVERY_MS = 50;
const ABOVE_NOISE_DB = 10;
/** Below this no microphone tells speech from itself, in dBFS. */
const FAINTEST_DB = -62;
/** The last three seconds decide. */
const WINDOW = 60;
const LOUD_AT_LEAST = 10;
/** Syllables and words: so many times from quiet to loud. */
const RISES_AT_LEAST = 3;
/** The first levels only teach the noise. */
const LEARN = 10;
/** The noise is taken to be at most this much louder each second than it was. */
const FLOOR_RISES_DB_PER_LEVEL = 0.1;

export class RoomSound {
  #floorDb: number | null = null;
  #heard = 0;
  #wasLoud = false;
  #window: { loud: boolean; rise: boolean }[] = [];

  /** @returns whether somebody is heard by now */
  add(levelDb: number): boolean {
    const floorDb = Math.min(levelDb, (this.#floorDb ?? levelDb) + FLOOR_RISES_DB_PER_LEVEL);
    this.#floorDb = floorDb;
    this.#heard += 1;
    const loud = this.#heard > LEARN && levelDb > Math.max(floorDb + ABOVE_NOISE_DB, FAINTEST_DB);
    this.#window.push({ loud, rise: loud && !this.#wasLoud });
    this.#wasLoud = loud;
    if (this.#window.length > WINDOW) this.#window.shift();
    const count = (what: 'loud' | 'rise'): number => this.#window.filter((level) => level[what]).length;
    return count('loud') >= LOUD_AT_LEAST && count('rise') >= RISES_AT_LEAST;
  }
}

/** In dBFS. */
export function levelDb(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy === 0 ? -120 : Math.max(-120, 10 * Math.log10(energy / samples.length));
}
