/** Listens for somebody in an idle room, for a while, when the agent asks: loudness alone, and nothing of it is kept. */
import type { Plan } from '#call/capture-device.ts';
import type { GetUserMedia } from './open-tracks.ts';
import { LEVEL_EVERY_MS, levelDb, RoomSound } from './room-sound.ts';
import { openEar } from './self-test/ear.ts';

/** Where voices are; fans and mains hum are mostly below. */
const VOICE = { fromHz: 250, toHz: 3_800 };

export type SoundWatchParts = { getUserMedia: GetUserMedia; microphone: () => Plan; onHeard: () => void };

export class SoundWatch {
  readonly #parts: SoundWatchParts;
  #watch: AbortController | null = null;

  constructor(parts: SoundWatchParts) {
    this.#parts = parts;
  }

  /** Ends by itself when it detects somebody. A new one replaces the last. */
  listen(forMs: number): void {
    this.stop();
    if (forMs <= 0) return;
    const watch = new AbortController();
    this.#watch = watch;
    const over = setTimeout(() => watch.abort(), forMs);
    void this.#listen(watch.signal)
      .catch((error: unknown) => {
        if (!watch.signal.aborted) console.warn('screen: cannot listen to the room', error);
      })
      .finally(() => {
        clearTimeout(over);
        watch.abort();
      });
  }

  /** The microphone is wanted for a call. */
  stop(): void {
    this.#watch?.abort();
    this.#watch = null;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { getUserMedia, microphone, onHeard } = this.#parts;
    const ear = await openEar(getUserMedia, microphone(), signal, { band: VOICE, fftSize: 2_048 });
    const room = new RoomSound();
    while (!signal.aborted) {
      if (room.add(levelDb(ear.listen()))) {
        onHeard();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LEVEL_EVERY_MS));
    }
  }
}
