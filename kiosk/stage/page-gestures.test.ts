/** From fingers to acts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { DocumentAct, MAX_STROKE_NUMBERS, WHOLE_PAGE } from '#contract/shared-document.ts';
import { type DocumentTool, PageGestures } from './page-gestures.ts';
import { placePage } from './page-place.ts';

const frame = { width: 1000, height: 1000 };
const pageOf = (page: number) => ({ page, frame, aspect: 1, place: placePage(frame, 1, WHOLE_PAGE) });
let acts: DocumentAct[];
let nowMs: number;
let gestures: PageGestures;
const use = (tool: DocumentTool['tool']) => gestures.setTool({ tool, colour: 'blue' });
const drawn = () => acts.flatMap((act) => (act.act === 'draw' ? [act.stroke] : []));

beforeEach(() => {
  acts = [];
  nowMs = 10_000;
  gestures = new PageGestures(
    (act) => acts.push(DocumentAct.parse(act)),
    () => nowMs,
  );
  gestures.setPage(pageOf(3));
});

describe('one finger', () => {
  it('points, follows, and lifts the pointer', () => {
    gestures.down(1, 'touch', { x: 0, y: 0 });
    gestures.move(1, [
      { x: 250, y: 1 },
      { x: 500, y: 1000 },
    ]);
    gestures.up(1);
    expect(acts).toEqual([
      { act: 'point', at: { x: 0, y: 0 } },
      { act: 'point', at: { x: 32_768, y: 65_535 } },
      { act: 'point', at: null },
    ]);
  });

  it('draws one stroke with all points of the pen, and another with the next', () => {
    use('pen');
    gestures.down(1, 'pen', { x: 0, y: 0 });
    gestures.move(1, [
      { x: 100, y: 0 },
      { x: 200, y: 0 },
    ]);
    gestures.up(1);
    gestures.down(1, 'pen', { x: 500, y: 500 });
    const [first, more, second] = drawn();
    expect([...first!.points, ...more!.points]).toEqual([0, 0, 6_554, 0, 13_107, 0]);
    expect(more).toMatchObject({ strokeId: first!.strokeId, page: 3, colour: 'blue' });
    expect(second!.strokeId).not.toBe(first!.strokeId);
  });

  it('goes on with a long line as another stroke, from the same point', () => {
    use('pen');
    gestures.down(1, 'mouse', { x: 0, y: 0 });
    for (let x = 1; x <= MAX_STROKE_NUMBERS; x += 1) gestures.move(1, [{ x: x / 2, y: 0 }]);
    const lengths = new Map<string, number[]>();
    for (const { strokeId, points } of drawn()) lengths.set(strokeId, [...(lengths.get(strokeId) ?? []), ...points]);
    const strokes = [...lengths.values()];
    expect(strokes.length).toBe(3);
    for (const points of strokes) expect(points.length).toBeLessThanOrEqual(MAX_STROKE_NUMBERS);
    expect(strokes[1]!.slice(0, 2)).toEqual(strokes[0]!.slice(-2));
  });

  it('ends its stroke with the page on which it began', () => {
    use('pen');
    gestures.down(1, 'touch', { x: 0, y: 0 });
    gestures.setPage(pageOf(4));
    gestures.move(1, [{ x: 100, y: 0 }]);
    expect(drawn().map(({ page }) => page)).toEqual([3]);
  });

  it('of a hand beside the pen draws nothing', () => {
    use('pen');
    gestures.down(1, 'pen', { x: 0, y: 0 });
    gestures.up(1);
    acts = [];
    nowMs += 500;
    gestures.down(2, 'touch', { x: 100, y: 0 });
    gestures.move(2, [{ x: 200, y: 0 }]);
    expect(acts).toEqual([]);
    nowMs += 1_000;
    gestures.down(3, 'touch', { x: 100, y: 0 });
    expect(acts.length).toBe(1);
  });
});

describe('two fingers', () => {
  it('zoom with any tool, and what the first had begun to draw is undone', () => {
    use('pen');
    gestures.down(1, 'touch', { x: 400, y: 500 });
    nowMs += 80;
    gestures.down(2, 'touch', { x: 600, y: 500 });
    expect(acts.map(({ act }) => act)).toEqual(['draw', 'undo-stroke']);
    gestures.move(2, [{ x: 800, y: 500 }]);
    const zoom = acts.at(-1);
    expect(zoom).toMatchObject({ act: 'zoom', region: { width: 32_768, height: 32_768 } });
    gestures.up(2);
    gestures.move(1, [{ x: 300, y: 500 }]);
    expect(acts.at(-1)).toBe(zoom);
  });

  it('lift a pointer, and leave a line that was drawn for longer', () => {
    gestures.down(1, 'touch', { x: 400, y: 500 });
    gestures.down(2, 'touch', { x: 600, y: 500 });
    expect(acts.at(-1)).toEqual({ act: 'point', at: null });
    gestures.stop();
    use('pen');
    acts = [];
    gestures.down(1, 'touch', { x: 400, y: 500 });
    nowMs += 1_000;
    gestures.down(2, 'touch', { x: 600, y: 500 });
    expect(acts.map(({ act }) => act)).toEqual(['draw']);
  });
});
