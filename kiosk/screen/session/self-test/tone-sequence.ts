/**
 * The tones that a loudspeaker plays for the self-test, and whether a microphone received them: in their order and
 * their time, each well above the room's level at that pitch. Pure; speaker-check.ts plays and listens.
 */

/** Pitches that neither mains hum nor each other's overtones give, within what a speakerphone passes on. */
export const TONES_HZ = [930, 1_390, 1_170, 1_730] as const;
export const TONE_MS = 200;

/** Over the room's own level at this pitch. */
const HEARD_ABOVE_DB = 12;
/** Over the other tones at this moment. */
const ALONE_BY_DB = 6;
/** A tone may come by so much earlier or later than the one before it: rooms echo, sound servers buffer. */
const SLACK_MS = 130;

/** One moment's sound: the power at each of the tones. */
export type TonePowers = { atMs: number; powers: readonly number[] };

/** Goertzel's algorithm under Hann's window, per sample. */
export function powerAt(samples: Float32Array, sampleRate: number, toneHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * toneHz) / sampleRate);
  let [before, last] = [0, 0];
  for (let at = 0; at < samples.length; at += 1) {
    const sample = samples[at]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * at) / samples.length));
    [before, last] = [last, sample + coefficient * last - before];
  }
  return Math.max(0, (last * last + before * before - coefficient * last * before) / samples.length ** 2);
}

export const tonePowersAt = (samples: Float32Array, sampleRate: number, atMs: number): TonePowers => ({
  atMs,
  powers: TONES_HZ.map((toneHz) => powerAt(samples, sampleRate, toneHz)),
});

/** @param heard in the order of time, beginning before the first tone and ending after the last */
export function hasSequence(heard: readonly TonePowers[]): boolean {
  const floors = TONES_HZ.map((_, tone) => median(heard.map(({ powers }) => powers[tone]!)));
  const soundsAt = (tone: number): number[] =>
    heard
      .filter(({ powers }) =>
        powers.every((power, other) =>
          other === tone
            ? power > Math.max(floors[tone]!, FAINTEST) * fromDb(HEARD_ABOVE_DB)
            : powers[tone]! > power * fromDb(ALONE_BY_DB),
        ),
      )
      .map(({ atMs }) => atMs);
  const times = TONES_HZ.map((_, tone) => soundsAt(tone));
  return times[0]!.some((firstMs) =>
    times.every((tone, index) => tone.some((atMs) => Math.abs(atMs - firstMs - index * TONE_MS) <= SLACK_MS)),
  );
}

/** Of a sample's square: below it is nothing but rounding. */
const FAINTEST = 1e-12;
const fromDb = (db: number): number => 10 ** (db / 10);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
