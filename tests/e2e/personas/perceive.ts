/** What is claimed of pictures and tones, whichever browser reads them. */
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

/** This person's own picture, moving. */
export async function expectToSee(who: Sees, name: string, number: number, timeoutMs = 15_000): Promise<void> {
  const seen = (picture: ReadPicture | null) => picture?.number === number && picture.colour === colourOf(number);
  const first = await eventually(`the picture of ${name}`, () => who.pictureOf(name), seen, { timeoutMs });
  await eventually(
    `a next frame of ${name}`,
    () => who.pictureOf(name),
    (picture) => seen(picture) && picture!.counter !== first!.counter,
    { timeoutMs },
  );
}

/** These and no others, twice in a row: a tone that ends is in the window for a while. */
export async function expectToHear(who: Hears, numbers: number[], timeoutMs = 15_000): Promise<void> {
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
