/** Acts on the shown document: their order, their pace, and what becomes one. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { changedDocument, type DocumentAct, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { ActQueue } from './act-queue.ts';

let sent: DocumentAct[];
let answer: () => Promise<unknown>;
let queue: ActQueue;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  sent = [];
  answer = async () => {};
  queue = new ActQueue((act) => {
    sent.push(act);
    return answer();
  });
});
afterEach(() => {
  queue.clear(new Error('over'));
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const point = (x: number): DocumentAct => ({ act: 'point', at: { x, y: 0 } });
const draw = (strokeId: string, ...points: number[]): DocumentAct => ({
  act: 'draw',
  stroke: { strokeId, page: 1, colour: 'red', points },
});
/** Its answer is not the test's matter. */
const push = (act: DocumentAct): void => void queue.push(act).catch(() => {});
const turn: DocumentAct = { act: 'turn-page', page: 2 };
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('sends at once what may be sent, and the latest point once the pace permits', async () => {
  for (const x of [1, 2, 3]) push(point(x));
  expect(sent).toEqual([point(1)]);
  await pass(20);
  expect(sent).toEqual([point(1), point(3)]);
  await pass(1_000);
  expect(sent).toHaveLength(2);
});

it('sends a pinch that goes on slowly enough for the node, and its end always', async () => {
  const zoom = (x: number): DocumentAct => ({ act: 'zoom', region: { ...WHOLE_PAGE, x, width: 30_000 } });
  for (let x = 1; x <= 600; x += 1) {
    push(zoom(x));
    await pass(16);
  }
  await pass(100);
  // the node permits 20 a second, and 40 at once
  expect(sent.length).toBeLessThanOrEqual(9.7 * 20);
  expect([sent[0], sent.at(-1)]).toEqual([zoom(1), zoom(600)]);
});

it('makes one of the pieces of a stroke, and loses none', async () => {
  for (const [id, x] of [
    ['a', 1],
    ['a', 2],
    ['a', 3],
    ['b', 4],
  ] as const)
    push(draw(id, x, x));
  await pass(100);
  expect(sent).toEqual([draw('a', 1, 1), draw('a', 2, 2, 3, 3), draw('b', 4, 4)]);
});

it('keeps the order: what waits goes at once before a page is turned', async () => {
  for (const act of [draw('a', 1, 1), draw('a', 2, 2), draw('b', 3, 3), turn, point(1)]) push(act);
  expect(sent).toEqual([draw('a', 1, 1), draw('a', 2, 2), draw('b', 3, 3), turn]);
  await pass(20);
  expect(sent.at(-1)).toEqual(point(1));
});

it('does not send a stroke longer than one may be', async () => {
  const half = Array<number>(600).fill(1);
  for (const points of [[1, 1], [2, 2], [...half, ...half].slice(0, 1_000), [3, 3], half]) push(draw('a', ...points));
  await pass(100);
  expect(sent.map((act) => (act.act === 'draw' ? act.stroke.points.length : 0))).toEqual([2, 2, 1_000, 602]);
});

it('makes one piece of as many points as a message may have', async () => {
  const points = (numbers: number) => Array<number>(numbers).fill(1);
  push(draw('a', 1, 1));
  for (const numbers of [400, 600, 2]) push(draw('a', ...points(numbers)));
  await pass(100);
  expect(sent.map((act) => (act.act === 'draw' ? act.stroke.points.length : 0))).toEqual([2, 1_000, 2]);
});

it('has no more unanswered acts that flow than its pace permits; one that changes the page waits for none', async () => {
  const answers: (() => void)[] = [];
  const slow = new ActQueue(
    (act) => {
      sent.push(act);
      return new Promise<void>((resolve) => answers.push(resolve));
    },
    { intervalMs: { point: 0, draw: 0, zoom: 0 }, unansweredAtMost: 2 },
  );
  for (const x of [1, 2, 3, 4]) void slow.push(draw(`${x}`, x, x)).catch(() => {});
  await pass(1_000);
  expect(sent).toHaveLength(2);
  answers[0]!();
  await pass(0);
  expect(sent).toHaveLength(3);
  void slow.push(turn).catch(() => {});
  expect(sent.slice(3)).toEqual([draw('4', 4, 4), turn]);
  slow.clear(new Error('over'));
});

it('stays below what the node permits, whatever is pushed', async () => {
  for (let ms = 0; ms < 3_000; ms += 5) {
    push(ms % 10 === 0 ? point(ms) : draw(`${ms % 20}`, 1, 1));
    await pass(5);
  }
  expect(sent.length).toBeLessThanOrEqual(151);
  await pass(100);
  const drawn = sent.flatMap((act) => (act.act === 'draw' ? act.stroke.points : []));
  expect([drawn.length, sent.findLast(({ act }) => act === 'point')]).toEqual([600, point(2_990)]);
});

it('answers each that was pushed: with the answer of what it became part of, or why it was not sent', async () => {
  const settled: string[] = [];
  const ask = (x: number) =>
    queue.push(point(x)).then(
      () => settled.push(`${x} done`),
      ({ message }: Error) => settled.push(`${x} ${message}`),
    );
  void ask(1);
  answer = () => Promise.reject(new Error('refused'));
  void ask(2);
  void ask(3);
  await pass(20);
  expect(settled).toEqual(['1 done', '2 refused', '3 refused']);
  void ask(4);
  queue.clear(new Error('gone'));
  await pass(100);
  expect(settled.at(-1)).toBe('4 gone');
  expect(sent).toHaveLength(2);
});

it('any sequence leaves the same state as the acts one by one', async () => {
  const acts = fc.array(
    fc.oneof(
      fc.nat({ max: 9 }).map(point),
      fc.record({ id: fc.constantFrom('a', 'b'), x: fc.nat({ max: 9 }) }).map(({ id, x }) => draw(id, x, x)),
      fc.constantFrom<DocumentAct>(
        turn,
        { act: 'turn-page', page: 1 },
        { act: 'undo-stroke' },
        { act: 'clear-strokes' },
      ),
      fc.constant('wait' as const),
    ),
    { maxLength: 30 },
  );
  const by = { peerId: 'p', displayName: 'Mina' };
  const first: SharedDocument = {
    documentId: 'd',
    title: 'Plan',
    pageCount: 9,
    page: 1,
    region: WHOLE_PAGE,
    presenter: by,
    pointer: null,
    strokes: [],
  };
  const after = (done: DocumentAct[]) =>
    done.reduce<SharedDocument | null>((shown, act) => changedDocument(shown, { change: 'act', by, act }), first);
  await fc.assert(
    fc.asyncProperty(acts, async (pushed) => {
      sent = [];
      for (const each of pushed) {
        if (each === 'wait') await pass(15);
        else push(each);
      }
      await pass(1_000);
      expect(after(sent)).toEqual(after(pushed.filter((each) => each !== 'wait')));
    }),
  );
});
