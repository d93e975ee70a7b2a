import { describe, expect, it } from 'vitest';
import { View } from '#contract/signaling.ts';
import { PacedView, VIEW_PAUSE_MS, viewOf } from './view.ts';
import type { StageTile } from './tiles.ts';

const id = (n: number): string => `01936f00-0000-7000-8000-00000000000${n}`;
const tile = (n: number, width: number, height: number, source: 'camera' | 'screen' = 'camera') => ({
  key: `${n}`,
  peerId: id(n),
  source,
  role: 'grid' as const,
  rect: { x: 0, y: 0, width, height },
});

describe('what the node is told', () => {
  it('is each picture but the own one, as high as it is drawn in device pixels', () => {
    const view = viewOf([tile(1, 640, 360), tile(2, 320, 180), tile(3, 800, 500, 'screen')], id(2), 2);
    expect(view).toEqual({
      kind: 'exact',
      tiles: [
        { peerId: id(1), source: 'camera', heightPx: 720 },
        { peerId: id(3), source: 'screen', heightPx: 1000 },
      ],
    });
    expect(View.parse(view)).toEqual(view);
  });

  it('leaves out the document, which no peer sends', () => {
    const rect = { x: 0, y: 0, width: 800, height: 600 };
    const page: StageTile = { key: 'document', peerId: null, source: 'document', role: 'main', rect };
    const view = viewOf([page, tile(1, 320, 180)], id(2), 1);
    expect(view).toMatchObject({ tiles: [{ peerId: id(1) }] });
    expect(View.parse(view)).toEqual(view);
  });

  it('asks for what a cropped camera needs', () => {
    const heights = viewOf([tile(1, 390, 520), tile(2, 400, 100)], null, 1);
    expect(heights).toMatchObject({ tiles: [{ heightPx: 520 }, { heightPx: 225 }] });
  });
});

describe('how often', () => {
  const paced = () => {
    const said: number[] = [];
    const timers: { atMs: number; run: () => void }[] = [];
    const clock = { nowMs: 0 };
    const view = new PacedView((shown) => said.push(shown.kind === 'exact' ? shown.tiles.length : -1), {
      nowMs: () => clock.nowMs,
      after: (delayMs, run) => {
        const timer = { atMs: clock.nowMs + delayMs, run };
        timers.push(timer);
        return () => {
          timers.splice(timers.indexOf(timer), 1);
        };
      },
    });
    const pass = (ms: number): void => {
      clock.nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= clock.nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    };
    const show = (count: number): void =>
      view.show(
        viewOf(
          Array.from({ length: count }, (_, n) => tile(n, 16, 9)),
          null,
          1,
        ),
      );
    return { said, timers, view, pass, show };
  };

  it('the first at once, then the latest of a while, never the same twice', () => {
    const { said, pass, show, timers } = paced();
    show(1);
    expect(said).toEqual([1]);
    show(2);
    pass(VIEW_PAUSE_MS - 1);
    show(3);
    expect(said).toEqual([1]);
    pass(1);
    expect(said).toEqual([1, 3]);
    pass(VIEW_PAUSE_MS);
    show(3);
    expect(said).toEqual([1, 3]);
    show(4);
    expect(said).toEqual([1, 3, 4]);
    expect(timers).toEqual([]);
  });

  it('nothing after it was stopped', () => {
    const { said, pass, show, view } = paced();
    show(1);
    show(2);
    view.stop();
    pass(VIEW_PAUSE_MS);
    expect(said).toEqual([1]);
  });
});
