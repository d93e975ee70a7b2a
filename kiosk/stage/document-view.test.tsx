// @vitest-environment happy-dom
/** The page in its tile: no blank between two pages, names that are true, pointer and pen without a render. */
import { act, Profiler } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageKey, PagePicture } from '#call/document-pages.ts';
import { Observable } from '#call/observable.ts';
import { changedDocument, type DocumentAct, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { DocumentTile } from './document-tile.tsx';
import type { DocumentWords } from './stage-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const by = { peerId: id(1), displayName: '영업 1팀' };
const words: DocumentWords = {
  region: 'Shared document',
  page: (title, page, pages) => `${title}, document page ${page}${pages === null ? '' : ` of ${pages}`}`,
  pageNumber: (page, pages) => `Page ${page} of ${pages}`,
  presents: (name) => `${name} presents`,
  loading: 'loading',
  failed: 'failed',
  broken: 'broken',
  unreachable: 'unreachable',
};
const WAITS: PagePicture = { url: null, widthPx: 0, heightPx: 0, status: 'loading', code: null };

let root: Root;
let host: HTMLElement;
let shown: Observable<SharedDocument | null>;
let pages: Observable<ReadonlyMap<number, PagePicture>>;
let wanted: PageKey[];
let decoded: (() => void)[];
let renders: number;

const acts = (each: DocumentAct) =>
  act(async () => shown.set(changedDocument(shown.getSnapshot(), { change: 'act', by, act: each })));
const picture = (page: number, over: Partial<PagePicture> = {}) =>
  act(async () => {
    const there: PagePicture = { url: `blob:${page}`, widthPx: 1600, heightPx: 900, status: 'ready', code: null };
    pages.set(new Map(pages.getSnapshot()).set(page, { ...there, ...over }));
  });
const decode = () =>
  act(async () => {
    for (const done of decoded.splice(0)) done();
  });
const names = () =>
  [...host.querySelectorAll('.stage-page:not([hidden]) > img')].map((image) => image.getAttribute('alt'));
const frame = () => act(async () => vi.advanceTimersByTime(20));
const paths = () => [...host.querySelectorAll('.stage-page:not([hidden]) path')];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1600);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(900);
  vi.spyOn(HTMLImageElement.prototype, 'decode').mockImplementation(
    () => new Promise((resolve) => decoded.push(resolve)),
  );
  [wanted, decoded, renders] = [[], [], 0];
  shown = new Observable<SharedDocument | null>({
    documentId: id(5),
    title: 'Plan.pptx',
    pageCount: 12,
    page: 3,
    region: WHOLE_PAGE,
    presenter: by,
    pointer: null,
    strokes: [],
  });
  pages = new Observable<ReadonlyMap<number, PagePicture>>(new Map());
  const pictures = {
    subscribe: pages.subscribe,
    pictureOf: ({ page }: PageKey) => pages.getSnapshot().get(page) ?? WAITS,
    want: (wish: PageKey) => {
      wanted.push(wish);
      return () => {};
    },
  };
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  await act(async () =>
    root.render(
      <Profiler id="tile" onRender={() => (renders += 1)}>
        <DocumentTile
          shown={shown}
          pictures={pictures}
          words={words}
          tileRole="main"
          rect={{ x: 0, y: 0, width: 1600, height: 960 }}
          small={false}
        />
      </Profiler>,
    ),
  );
});
afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a shared document', () => {
  it('is a region with the page’s picture, its number and who presents', async () => {
    await picture(3);
    await decode();
    expect(host.querySelector('section')?.getAttribute('aria-label')).toBe('Shared document');
    expect(names()).toEqual(['Plan.pptx, document page 3 of 12']);
    expect(host.textContent).toContain('영업 1팀 presents');
    expect(host.textContent).toContain('Page 3 of 12');
    expect(wanted.at(-1)).toMatchObject({ page: 3, size: 'tv' });
  });

  it('keeps the former page until the next one is decoded', async () => {
    await picture(3);
    await decode();
    await acts({ act: 'turn-page', page: 4 });
    expect(names()).toEqual(['Plan.pptx, document page 3 of 12']);
    await picture(4);
    expect(names()).toEqual(['Plan.pptx, document page 3 of 12']);
    await decode();
    expect(names()).toEqual(['Plan.pptx, document page 4 of 12']);
  });

  it('shows a thin progress after 400 ms, not before', async () => {
    const progress = () => host.querySelector('[role=progressbar]');
    await act(async () => vi.advanceTimersByTime(390));
    expect(progress()).toBeNull();
    await act(async () => vi.advanceTimersByTime(20));
    expect(progress()).not.toBeNull();
    await picture(3);
    await decode();
    expect(progress()).toBeNull();
  });

  it('has words for a page that does not exist, and for a server that stays away', async () => {
    await picture(3, { url: null, status: 'failed', code: 'not-found' });
    expect(host.textContent).toContain('broken');
    await picture(3, { url: null, status: 'no-server' });
    expect(host.textContent).not.toContain('failed');
    await act(async () => vi.advanceTimersByTime(10_000));
    expect(host.textContent).toContain('unreachable');
  });

  it('draws strokes of the page that is seen, and takes back what is undone', async () => {
    await picture(3);
    await decode();
    const stroke = (n: number, page: number, points: number[]): DocumentAct => ({
      act: 'draw',
      stroke: { strokeId: id(100 + n), page, colour: 'marker', points },
    });
    await acts(stroke(1, 3, [0, 0, 30_000, 30_000]));
    await acts(stroke(2, 4, [0, 0, 9_000, 30_000]));
    await frame();
    expect(paths().map((path) => path.getAttribute('data-colour'))).toEqual(['marker']);
    const line = paths()[0]!.getAttribute('d');
    await acts(stroke(1, 3, [60_000, 60_000]));
    await frame();
    expect(paths().length).toBe(1);
    expect(paths()[0]!.getAttribute('d')).not.toBe(line);
    await acts({ act: 'undo-stroke' });
    await frame();
    expect(paths()).toEqual([]);
  });

  it('renders nothing while a pointer moves or a pen draws', async () => {
    await picture(3);
    await decode();
    const before = renders;
    const laser = () => host.querySelector<HTMLElement>('.stage-laser')!;
    await acts({ act: 'point', at: { x: 32_768, y: 0 } });
    await acts({ act: 'draw', stroke: { strokeId: id(9), page: 3, colour: 'red', points: [1, 1] } });
    await frame();
    expect(laser().dataset.on).toBe('');
    expect(laser().style.transform).toMatch(/^translate\(800\.\d+px, 0px\)$/);
    await acts({ act: 'point', at: null });
    await frame();
    expect(laser().dataset.on).toBeUndefined();
    expect(renders).toBe(before);
  });

  it('shows the region large, and asks for a larger picture of it', async () => {
    await picture(3);
    await decode();
    await acts({ act: 'zoom', region: { x: 0, y: 0, width: 32_768, height: 32_768 } });
    expect(host.querySelector<HTMLElement>('.stage-page')!.style.transform).toContain('scale(1.99');
    expect(wanted.at(-1)).toMatchObject({ size: 'tv-4k' });
  });
});
