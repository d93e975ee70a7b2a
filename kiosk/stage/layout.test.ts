import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap } from './geometry.ts';
import { layOut } from './layout.ts';
import type { StageInput, StageLayout } from './tiles.ts';

const peers = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index + 1}`);
const tv = { width: 1920, height: 1080 };
const stage = (over: Partial<StageInput>): StageLayout =>
  layOut({
    size: tv,
    layout: 'auto',
    page: 0,
    order: [],
    recentSpeakers: [],
    sharers: [],
    ownPeerId: 'own',
    gapPx: 16,
    ...over,
  });
const shownPeers = (laid: StageLayout): string[] =>
  laid.tiles.flatMap((tile) => (tile.source === 'camera' && tile.role !== 'own' ? [tile.peerId] : []));

describe('which composition', () => {
  const table: [string, Partial<StageInput>, string][] = [
    ['nobody', { ownPeerId: null }, 'empty'],
    ['the own one alone', {}, 'alone'],
    ['one other', { order: peers(1) }, 'single'],
    ['nine others', { order: peers(9), recentSpeakers: ['p3'] }, 'grid'],
    ['ten others, silent', { order: peers(10) }, 'grid'],
    ['ten others, one spoke', { order: peers(10), recentSpeakers: ['p3'] }, 'mosaic'],
    ['a share', { order: peers(3), sharers: ['p2'] }, 'shared'],
    ['a share by the only other', { order: peers(1), sharers: ['p1'] }, 'shared'],
    ['the own share, with nobody else', { sharers: ['own'] }, 'shared'],
    ['the own share, side by side with nobody', { sharers: ['own'], layout: 'side-by-side' }, 'shared'],
    ['the own share among others', { order: peers(3), sharers: ['own'] }, 'shared'],
    ['a document', { order: peers(3), document: 'newest' }, 'shared'],
    ['a document, with nobody', { ownPeerId: null, document: 'newest' }, 'shared'],
    [
      'a document beside the only other',
      { order: peers(1), document: 'newest', layout: 'side-by-side' },
      'side-by-side',
    ],
    ['a document in a grid', { order: peers(3), document: 'older', layout: 'grid' }, 'grid'],
    ['a share in a grid', { order: peers(3), sharers: ['p2'], layout: 'grid' }, 'grid'],
    ['speaker', { order: peers(3), layout: 'speaker' }, 'speaker'],
    ['side by side', { order: peers(3), layout: 'side-by-side' }, 'side-by-side'],
    ['side by side with one other', { order: peers(1), layout: 'side-by-side' }, 'single'],
    ['a phone held upright', { order: peers(3), size: { width: 390, height: 700 } }, 'speaker'],
  ];
  it.each(table)('%s', (_, over, kind) => expect(stage(over).kind).toBe(kind));
});

describe('on a 1080p TV', () => {
  it('gives one other the whole screen and the own picture a sixth of its height', () => {
    const [main, own] = stage({ order: peers(1) }).tiles;
    expect(main!.rect).toEqual({ x: 0, y: 0, width: 1920, height: 1080 });
    expect(own).toMatchObject({ role: 'own', rect: { width: 320, height: 180 } });
  });

  it('centres the last row', () => {
    const laid = stage({ order: peers(3), ownPeerId: null });
    const third = laid.tiles[2]!.rect;
    expect(third.x + third.width / 2).toBeCloseTo(960, -1);
  });

  it('keeps the own picture out of everyone’s way among several', () => {
    for (let count = 2; count <= 9; count += 1) {
      const laid = stage({ order: peers(count) });
      const own = laid.tiles.find((tile) => tile.role === 'own')!;
      expect(laid.tiles.filter((tile) => tile !== own).every((tile) => !overlap(tile.rect, own.rect))).toBe(true);
      expect(own.rect.height).toBeLessThanOrEqual(laid.tiles[0]!.rect.height);
    }
  });

  it('shows 30 on a page and the rest beyond', () => {
    const first = stage({ order: peers(34), layout: 'grid' });
    const second = stage({ order: peers(34), layout: 'grid', page: 1 });
    expect(shownPeers(first)).toEqual(peers(30));
    expect(shownPeers(second)).toEqual(['p31', 'p32', 'p33', 'p34']);
    expect([first.pageCount, second.page, stage({ order: peers(34), layout: 'grid', page: 9 }).page]).toEqual([
      2, 1, 1,
    ]);
    expect(first.tiles[0]!.rect.height).toBeGreaterThan(150);
  });

  it('shows 64 on a page where that is asked for', () => {
    expect(shownPeers(stage({ order: peers(64), layout: 'grid', tilesPerPage: 64 })).length).toBe(64);
    expect(shownPeers(stage({ order: peers(70), layout: 'grid', tilesPerPage: 99 })).length).toBe(64);
  });

  it('makes a shared screen large and people a strip, who speaks among them', () => {
    const laid = stage({ order: peers(12), sharers: ['p2'], recentSpeakers: ['p4'] });
    expect(laid.tiles[0]).toMatchObject({ peerId: 'p2', source: 'screen', role: 'main' });
    expect(laid.tiles[0]!.rect.width).toBeGreaterThan(1500);
    expect(shownPeers(laid)).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(laid.pageCount).toBe(3);
  });

  it.each([
    ['newest', ['document', 'screen']],
    ['older', ['screen', 'document']],
  ] as const)(
    'a document that is the %s and a screen: the newest is large, the other first in the strip',
    (document, order) => {
      const laid = stage({ order: peers(3), sharers: ['p2'], document });
      expect(laid.tiles.slice(0, 2).map(({ source }) => source)).toEqual(order);
      expect(laid.tiles.slice(0, 2).map(({ role }) => role)).toEqual(['main', 'strip']);
      expect(shownPeers(laid)).toEqual(['p1', 'p2', 'p3']);
      const beside = stage({ order: peers(3), sharers: ['p2'], document, layout: 'side-by-side' });
      expect(beside.tiles.filter(({ role }) => role === 'main').map(({ source }) => source)).toEqual(order);
    },
  );

  it('gives a document all of a TV on which nobody else is', () => {
    const [page, ...others] = stage({ ownPeerId: null, document: 'newest', gapPx: 0 }).tiles;
    expect(others).toEqual([]);
    expect(page).toMatchObject({ key: 'document', peerId: null, rect: { x: 0, y: 0, width: 1920, height: 1080 } });
  });

  it('moves few tiles when the speaker changes', () => {
    const placesOf = (speaking: string) =>
      new Map(
        stage({ order: peers(16), recentSpeakers: [speaking] }).tiles.map((tile) => [
          tile.key,
          JSON.stringify(tile.rect),
        ]),
      );
    const [before, after] = [placesOf('p5'), placesOf('p9')];
    expect([...before].filter(([key, rect]) => after.get(key) !== rect).length).toBe(3);
  });

  it('keeps left left while one of the two halves stays', () => {
    const halves = (recentSpeakers: string[]) =>
      stage({ order: peers(5), layout: 'side-by-side', recentSpeakers })
        .tiles.slice(0, 2)
        .map((tile) => tile.peerId);
    expect(halves(['p4', 'p2'])).toEqual(['p2', 'p4']);
    expect(halves(['p2', 'p4'])).toEqual(['p2', 'p4']);
  });
});

describe('whoever is there, whatever the size', () => {
  const inputs = fc
    .record({
      size: fc.record({ width: fc.integer({ min: 320, max: 3840 }), height: fc.integer({ min: 320, max: 2160 }) }),
      layout: fc.constantFrom('auto', 'grid', 'speaker', 'side-by-side'),
      count: fc.integer({ min: 0, max: 90 }),
      spoke: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
      share: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
      own: fc.boolean(),
      document: fc.constantFrom<'newest' | 'older' | undefined>(undefined, 'newest', 'older'),
      tilesPerPage: fc.constantFrom(4, 9, 30, 64),
      gapPx: fc.constantFrom(4, 8, 16),
    })
    .map(
      ({ count, spoke, share, own, document, ...rest }): StageInput => ({
        ...rest,
        ...(document && { document }),
        page: 0,
        order: peers(count),
        recentSpeakers: [...new Set(spoke)].filter((n) => n <= count).map((n) => `p${n}`),
        sharers: share !== null && share <= count ? [`p${share}`] : [],
        ownPeerId: own ? 'own' : null,
      }),
    );

  it('nothing overlaps, nothing leaves the stage, nobody is there twice', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const laid = layOut(input);
        expect(new Set(laid.tiles.map((tile) => tile.key)).size).toBe(laid.tiles.length);
        laid.tiles.forEach((tile, index) => {
          const { x, y, width, height } = tile.rect;
          expect(
            Number.isInteger(x) && Number.isInteger(y) && Number.isInteger(width) && Number.isInteger(height),
          ).toBe(true);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(input.size.width);
          expect(y + height).toBeLessThanOrEqual(input.size.height);
          const floats = laid.kind === 'single' && tile.role === 'own';
          for (const other of floats ? [] : laid.tiles.slice(index + 1)) {
            if (!(laid.kind === 'single' && other.role === 'own')) expect(overlap(tile.rect, other.rect)).toBe(false);
          }
        });
      }),
    );
  });

  it('everyone is on exactly one page, or large on each', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { pageCount } = layOut(input);
        const seen = new Map<string, number>();
        for (let page = 0; page < pageCount; page += 1) {
          const laid = layOut({ ...input, page });
          expect(laid.page).toBe(page);
          for (const tile of laid.tiles) {
            if (tile.source === 'camera' && tile.role !== 'own')
              seen.set(tile.peerId, (seen.get(tile.peerId) ?? 0) + 1);
          }
          if (input.ownPeerId !== null) expect(laid.tiles.some((tile) => tile.role === 'own')).toBe(true);
          if (input.sharers.length > 0) expect(laid.tiles.some((tile) => tile.source === 'screen')).toBe(true);
          expect(laid.tiles.some((tile) => tile.source === 'document')).toBe(input.document !== undefined);
        }
        expect([...seen.keys()].sort()).toEqual([...input.order].sort());
        const repeated = [...seen].filter(([, times]) => times !== 1);
        expect(repeated.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('the large one of a mosaic keeps its shape, though it spans the gaps between small cells', () => {
    const order = Array.from({ length: 10 }, (_, index) => `p${index + 1}`);
    const { kind, tiles } = layOut({
      size: { width: 320, height: 320 },
      layout: 'auto',
      tilesPerPage: 4,
      gapPx: 16,
      page: 0,
      order,
      recentSpeakers: ['p1'],
      sharers: [],
      ownPeerId: null,
    });
    expect(kind).toBe('mosaic');
    const { width, height } = tiles.find(({ role }) => role === 'main')!.rect;
    expect(width / height).toBeGreaterThan(1.55);
  });

  it('pictures of people stay close to 16:9, but for the large one on a phone held upright', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const upright = input.size.height > input.size.width;
        for (const { rect, role, source } of layOut(input).tiles) {
          if (source !== 'camera' || (upright && role !== 'grid' && role !== 'strip') || rect.height < 40) continue;
          expect(rect.width / rect.height).toBeGreaterThan(1.55);
          expect(rect.width / rect.height).toBeLessThan(1.83);
        }
      }),
    );
  });
});
