import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScreenPictures } from './screen-pictures.ts';

/** What lies there for the shell, in order; null: no wish. */
let wishes: (string | null)[];
let pictures: ScreenPictures;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  wishes = [];
  pictures = new ScreenPictures({ leaveWish: (pictureId) => wishes.push(pictureId) });
});
afterEach(() => vi.useRealTimers());

const signal = (): AbortSignal => new AbortController().signal;
const refused = { code: 'no-screen' };
const picture = Buffer.from('a picture');

test('a picture that is brought ends the wish; brought again, nobody waits for it', async () => {
  const taken = pictures.take(signal());
  const [pictureId] = wishes;
  expect(pictures.bring('another', picture)).toBe(false);
  expect(pictures.bring(pictureId!, picture)).toBe(true);
  expect(await taken).toBe(picture);
  expect(wishes).toEqual([pictureId, null]);
  expect(pictures.bring(pictureId!, picture)).toBe(false);
});

test('two who ask at once get the same picture, by one wish', async () => {
  const taken = [pictures.take(signal()), pictures.take(signal())];
  expect(wishes).toHaveLength(1);
  pictures.bring(wishes[0]!, picture);
  expect(await Promise.all(taken)).toEqual([picture, picture]);
  expect(wishes).toEqual([wishes[0], null]);
});

test('one of two that gives up leaves the wish to the other', async () => {
  const gaveUp = new AbortController();
  const [first, second] = [pictures.take(gaveUp.signal), pictures.take(signal())];
  gaveUp.abort();
  await expect(first).rejects.toMatchObject(refused);
  expect(wishes).toHaveLength(1);
  pictures.bring(wishes[0]!, picture);
  expect(await second).toBe(picture);
});

test('the next one who asks gets a newer picture', async () => {
  const first = pictures.take(signal());
  pictures.bring(wishes[0]!, picture);
  const second = pictures.take(signal());
  await first;
  expect(wishes).toEqual([wishes[0], null, expect.not.stringMatching(wishes[0]!)]);
  pictures.bring(wishes[2]!, Buffer.from('newer'));
  expect(String(await second)).toBe('newer');
});

test('a signal that had ended before is refused at once, and leaves no wish', async () => {
  await expect(pictures.take(AbortSignal.abort())).rejects.toMatchObject(refused);
  expect(wishes.at(-1)).toBe(null);
});
