/** What is claimed of pictures and tones, whichever browser reads them. */
import type { Locator } from 'playwright-core';
import { eventually } from '../../simulators/eventually.ts';
import { colours, type ReadPicture } from '../../simulators/media/picture.ts';
import { toneHzOf } from '../../simulators/media/tone.ts';

export type Sees = {
  /** by the figure's accessible name; null: no picture is shown */
  pictureOf: (name: string) => Promise<ReadPicture | null>;
};
type Hears = {
  /** numbers whose tones are heard now */
  heardNumbers: () => Promise<number[]>;
};

/** Numbers whose tones the tests know: everyone's. */
const NUMBERS = Array.from({ length: 10 }, (_, number) => number);

export const TONES_HZ: readonly number[] = NUMBERS.map(toneHzOf);
export const numbersOf = (tonesHz: readonly number[]): number[] =>
  NUMBERS.filter((number) => tonesHz.includes(toneHzOf(number)));
export const colourOf = (number: number): (typeof colours)[number] => colours[number % colours.length]!;
/** Everyone's picture, to be found in a composed one. */
export const KNOWN_PICTURES = NUMBERS.map((number) => [number, colourOf(number)] as const);

/** This person's own picture, moving. */
export async function expectToSee(who: Sees, name: string, number: number, timeoutMs = 45_000): Promise<void> {
  const seen = (picture: ReadPicture | null) => picture?.number === number && picture.colour === colourOf(number);
  const first = await eventually(`the picture of ${name}`, () => who.pictureOf(name), seen, { timeoutMs });
  await eventually(
    `a next frame of ${name}`,
    () => who.pictureOf(name),
    (picture) => seen(picture) && picture!.counter !== first!.counter,
    { timeoutMs },
  );
}

/** Numbers of the pictures in what this video shows now; none where there is no such video. */
export async function seenIn(video: Locator): Promise<number[]> {
  if ((await video.count()) !== 1) return [];
  const found = await video.evaluate(
    (element, known) => window.maruSenses.seeAllIn(element as HTMLVideoElement, known),
    KNOWN_PICTURES,
  );
  return found.map(({ number }) => number);
}

/** All of these, whatever else is there. */
export async function expectPictures(
  of: string,
  read: () => Promise<number[]>,
  numbers: number[],
  timeoutMs = 45_000,
): Promise<void> {
  const hasAll = (seen: number[]): boolean => numbers.every((number) => seen.includes(number));
  await eventually(`pictures ${numbers} in ${of}`, read, hasAll, { timeoutMs, everyMs: 200 });
}

/** Sound of this video is decoded and goes to the speaker: neither muted nor at volume 0. In Chromium alone. */
export async function expectSound(video: Locator, timeoutMs = 45_000): Promise<void> {
  const read = () =>
    video.evaluate((element) => {
      const { muted, volume, paused } = element as HTMLVideoElement;
      const isAloud = !muted && volume > 0 && !paused;
      const bytes = (element as HTMLVideoElement & { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount;
      return isAloud ? bytes : 0;
    });
  const from = await eventually('sound of the video', read, (bytes) => bytes > 0, { timeoutMs });
  await eventually('more sound of the video', read, (bytes) => bytes > from, { timeoutMs });
}

/** These and no others, twice in a row: a tone that ends is in the window for a while. */
export async function expectToHear(who: Hears, numbers: number[], timeoutMs = 45_000): Promise<void> {
  const wanted = JSON.stringify(numbers);
  let before = '';
  await eventually(
    `tones ${wanted}`,
    () => who.heardNumbers(),
    (heard) => {
      const same = JSON.stringify(heard) === wanted && before === wanted;
      before = JSON.stringify(heard);
      return same;
    },
    { timeoutMs, everyMs: 200 },
  );
}
