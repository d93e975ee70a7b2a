/** What a presenter's fingers do, and what goes out: paced, in order, the last of it always. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DocumentAct, MAX_STROKE_NUMBERS, type StrokeColour } from '#contract/shared-document.ts';
import { DocumentSteering, STEER_DOCUMENT_EVERY_MS } from './document-steering.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const point = (x: number): DocumentAct => ({ act: 'point', at: { x, y: 1 } });
const draw = (n: number, points: number[], colour: StrokeColour = 'red'): DocumentAct => ({
  act: 'draw',
  stroke: { strokeId: id(n), page: 1, colour, points },
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(send: (act: DocumentAct) => Promise<void> = () => Promise.resolve()) {
  const sent: DocumentAct[] = [];
  const problems: unknown[] = [];
  const steering = new DocumentSteering({
    send: (act) => {
      sent.push(act);
      return send(act);
    },
    onProblem: (error) => problems.push(error),
  });
  return { steering, sent, problems };
}

describe('document steering', () => {
  it('points 15 times a second at most, the first at once and the last always', async () => {
    const { steering, sent } = setUp();
    for (let x = 0; x < 100; x += 1) {
      steering.act(point(x));
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(sent[0]).toEqual(point(0));
    expect(sent.length).toBeLessThanOrEqual(16);
    await vi.advanceTimersByTimeAsync(STEER_DOCUMENT_EVERY_MS);
    expect(sent.at(-1)).toEqual(point(99));
    const atRest = sent.length;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.length).toBe(atRest);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('joins what is drawn on with one stroke and keeps strokes apart, without a point lost', async () => {
    const { steering, sent } = setUp();
    steering.act(draw(1, [1, 1]));
    steering.act(draw(1, [2, 2]));
    steering.act(draw(1, [3, 3]));
    steering.act(draw(2, [4, 4], 'blue'));
    steering.act(draw(2, [5, 5], 'blue'));
    await vi.advanceTimersByTimeAsync(2 * STEER_DOCUMENT_EVERY_MS);
    expect(sent).toEqual([draw(1, [1, 1]), draw(1, [2, 2, 3, 3]), draw(2, [4, 4, 5, 5], 'blue')]);
  });

  it('cuts what is drawn into messages that the contract permits', async () => {
    const { steering, sent } = setUp();
    const many = Array.from({ length: MAX_STROKE_NUMBERS - 2 }, () => 7);
    steering.act(draw(1, [1, 1]));
    steering.act(draw(1, many));
    steering.act(draw(1, [2, 2, 3, 3]));
    await vi.advanceTimersByTimeAsync(2 * STEER_DOCUMENT_EVERY_MS);
    expect(sent).toEqual([draw(1, [1, 1]), draw(1, many), draw(1, [2, 2, 3, 3])]);
  });

  it('undoes after the stroke that is undone, and never points at the page that is left', async () => {
    const { steering, sent } = setUp();
    steering.act(draw(1, [1, 1]));
    steering.act(draw(1, [2, 2]));
    steering.act({ act: 'undo-stroke' });
    expect(sent).toEqual([draw(1, [1, 1]), draw(1, [2, 2]), { act: 'undo-stroke' }]);
    steering.act(point(1));
    steering.act({ act: 'turn-page', page: 2 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.slice(3)).toEqual([{ act: 'turn-page', page: 2 }]);
  });

  it('leaves positions out on a line that does not answer, and sends the last once it does', async () => {
    const answers: (() => void)[] = [];
    const { steering, sent } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    for (let x = 0; x < 100; x += 1) {
      steering.act(point(x));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(sent.length).toBe(3);
    for (const answer of answers) answer();
    await vi.advanceTimersByTimeAsync(STEER_DOCUMENT_EVERY_MS);
    expect(sent.length).toBe(4);
    expect(sent.at(-1)).toEqual(point(99));
  });

  it('reports a line that fails once, and again only after it worked', async () => {
    let fails = true;
    const { steering, problems } = setUp(() => (fails ? Promise.reject(new Error('gone')) : Promise.resolve()));
    for (let x = 0; x < 5; x += 1) {
      steering.act(point(x));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(problems.length).toBe(1);
    fails = false;
    steering.act({ act: 'undo-stroke' });
    await vi.advanceTimersByTimeAsync(100);
    fails = true;
    steering.act({ act: 'clear-strokes' });
    await vi.advanceTimersByTimeAsync(100);
    expect(problems.length).toBe(2);
  });

  it('sends what waits when the page goes', () => {
    const { steering, sent } = setUp();
    steering.act(point(1));
    steering.act(point(2));
    steering.stop();
    expect(sent).toEqual([point(1), point(2)]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
