import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type DocumentAct, type SharedDocument, type Stroke, WHOLE_PAGE } from '#contract/shared-document.ts';
import { showAgain } from './show-again.ts';

const stroke = (strokeId: string): Stroke => ({ strokeId, page: 2, colour: 'red', points: [1, 1] });
const region = { ...WHOLE_PAGE, width: 30_000 };
const shown: SharedDocument = {
  documentId: 'd',
  title: 'Plan',
  pageCount: 3,
  page: 2,
  region,
  presenter: null,
  pointer: null,
  strokes: [stroke('a'), stroke('b')],
};
const wanted: DocumentAct[] = [
  { act: 'show', documentId: 'd', title: 'Plan', pageCount: 3, page: 2 },
  { act: 'zoom', region },
  { act: 'draw', stroke: stroke('a') },
  { act: 'draw', stroke: stroke('b') },
];

let acts: { act: DocumentAct; answer: (error?: Error) => void }[];
const present = (act: DocumentAct): Promise<void> =>
  new Promise((resolve, reject) => acts.push({ act, answer: (error) => (error ? reject(error) : resolve()) }));
beforeEach(() => {
  vi.useFakeTimers();
  acts = [];
});
afterEach(() => void vi.useRealTimers());

it('page and part first, then stroke by stroke, each once the one before counts and 25 ms later', async () => {
  const showing = showAgain(shown, present);
  for (const [index, act] of wanted.entries()) {
    expect(acts.map(({ act: each }) => each)).toEqual(wanted.slice(0, index + 1));
    acts[index]!.answer();
    if (act.act === 'draw') {
      await vi.advanceTimersByTimeAsync(24);
      expect(acts).toHaveLength(index + 1);
    }
    await vi.advanceTimersByTimeAsync(1);
  }
  await showing;
  expect(acts).toHaveLength(wanted.length);
});

it.each([0, 1, 2])('ends with what act %i was refused with', async (refused) => {
  const showing = expect(showAgain(shown, present)).rejects.toThrow('refused');
  for (let index = 0; index <= refused; index += 1) {
    acts[index]!.answer(index === refused ? new Error('refused') : undefined);
    await vi.advanceTimersByTimeAsync(25);
  }
  await showing;
  expect(acts).toHaveLength(refused + 1);
});
