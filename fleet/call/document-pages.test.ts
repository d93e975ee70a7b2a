/** Which pictures are fetched, in which order, kept how long, and what is shown meanwhile. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentRight } from '#contract/grants.ts';
import { type DecodePicture, DocumentPages, type PageWish } from './document-pages.ts';
import { pageSizeFor } from './page-size.ts';
import { FakeDocuments } from './testing/fake-documents.ts';

const documentId = '0193a0b0-0000-7000-8000-00000000000d';
const other = '0193a0b0-0000-7000-8000-00000000000e';
let server: FakeDocuments;
let pages: DocumentPages;
let urls: Set<string>;
const decode = vi.fn<DecodePicture>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  server = new FakeDocuments();
  urls = new Set();
  let made = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${made++}`;
    urls.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void urls.delete(url));
  decode.mockReset().mockResolvedValue({ widthPx: 1920, heightPx: 1080 });
  make();
  for (let page = 1; page <= 9; page++) server.readyPages.add(`${documentId}/${page}`);
});
afterEach(async () => {
  pages.close();
  await pass(10_000);
  expect([vi.getTimerCount(), urls.size]).toEqual([0, 0]);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
function make(maxBytes?: number): void {
  pages?.close();
  pages = new DocumentPages({ fetch: server.fetch, decode, ...(maxBytes !== undefined && { maxBytes }) });
  pages.setAccess(server.access);
}
async function pass(ms = 100): Promise<void> {
  for (let left = ms; left >= 0; left -= 50) {
    for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(Math.min(50, left));
  }
}
const wish = (page: number, more: Partial<PageWish> = {}): PageWish => ({
  documentId,
  page,
  size: 'tv',
  pageCount: 9,
  ...more,
});
const picture = (page: number, size: PageWish['size'] = 'tv') => pages.pictureOf({ documentId, page, size });
const fetched = () => server.asked.map(({ path }) => path.replace(/^.*\/pages\//, ''));

describe('pages that are to carry our name from now on', () => {
  const marked = () => ({ ...server.access, documents: ['present', 'view'] as DocumentRight[] });
  const unmarked = () => ({ ...marked(), documents: ['present', 'view', 'view-unmarked'] as DocumentRight[] });
  beforeEach(() => pages.setAccess(unmarked()));

  it('are fetched again: the former picture is drawn until the next is there, and kept no longer', async () => {
    const stop = pages.want(wish(1));
    await pass();
    pages.want(wish(2));
    await pass();
    stop();
    const former = picture(2).url;
    server.held = true;
    pages.setAccess(marked());
    await pass();
    expect(fetched()).toEqual(['1/tv', '2/tv', '2/tv']);
    expect([picture(2).url, picture(1).url]).toEqual([former, null]);
    server.release();
    await pass();
    expect(picture(2)).toMatchObject({ status: 'ready' });
    expect(picture(2).url).not.toBe(former);
    pages.want(wish(1));
    await pass();
    expect(fetched().at(-1)).toBe('1/tv');
  });

  it('that are on their way by the former rules do not count, nor those of before a time without access', async () => {
    server.held = true;
    pages.want(wish(1));
    await pass();
    pages.setAccess(marked());
    server.release();
    await pass();
    expect(server.asked.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(picture(1)).toMatchObject({ status: 'ready' });
    pages.setAccess(null);
    pages.setAccess(unmarked());
    await pass();
    expect(fetched()).toHaveLength(3);
  });
});

describe('what is fetched', () => {
  it('is the page, then the next two and the one before, with the token in a header alone', async () => {
    pages.want(wish(4, { withNeighbours: true }));
    expect(picture(4)).toMatchObject({ url: null, status: 'loading' });
    await pass();
    expect(fetched()).toEqual(['4/tv', '5/tv', '6/tv', '3/tv']);
    expect(picture(4)).toMatchObject({ status: 'ready', widthPx: 1920, heightPx: 1080 });
    expect(server.asked.every(({ token, path }) => token === 'secret-1' && !path.includes('secret'))).toBe(true);
  });

  it('is nothing beyond the first and the last page, and each picture once', async () => {
    const stop = pages.want(wish(1, { withNeighbours: true, pageCount: 2 }));
    pages.want(wish(1, { withNeighbours: true, pageCount: 2 }));
    await pass();
    stop();
    pages.want(wish(2, { withNeighbours: true, pageCount: 2 }));
    await pass();
    expect(fetched()).toEqual(['1/tv', '2/tv']);
  });

  it('is what is looked at before thumbnails, three at a time', async () => {
    server.held = true;
    for (let page = 1; page <= 5; page++) pages.want(wish(page, { size: 'thumbnail' }));
    await pass();
    expect(fetched()).toHaveLength(3);
    pages.want(wish(7));
    server.release();
    await pass();
    expect(fetched()[3]).toBe('7/tv');
    expect(fetched()).toHaveLength(6);
  });

  it('is given up where it is not needed any more; a page that is wanted waits for no neighbour', async () => {
    server.held = true;
    const stop = pages.want(wish(1, { withNeighbours: true }));
    await pass();
    expect(fetched()).toEqual(['1/tv', '2/tv', '3/tv']);
    pages.want(wish(7));
    await pass();
    expect(server.asked.map(({ path, aborted }) => [path.split('/').at(-2), aborted])).toEqual([
      ['1', false],
      ['2', false],
      ['3', true],
      ['7', false],
    ]);
    stop();
    await pass();
    expect(server.asked.filter(({ aborted }) => !aborted).map(({ path }) => path.split('/').at(-2))).toEqual(['7']);
    server.release();
    await pass();
    expect(picture(7).status).toBe('ready');
  });
});

describe('what is shown', () => {
  it('is the same object until it changes, and each change is published', async () => {
    const listener = vi.fn();
    pages.subscribe(listener);
    pages.want(wish(1));
    const first = picture(1);
    expect(picture(1)).toBe(first);
    await pass();
    expect(listener).toHaveBeenCalled();
    const ready = picture(1);
    expect(ready).not.toBe(first);
    pages.want(wish(2));
    await pass();
    expect(picture(1)).toBe(ready);
  });

  it('is another size until the right one is there', async () => {
    pages.want(wish(1, { size: 'thumbnail' }));
    await pass();
    server.held = true;
    pages.want(wish(1, { size: 'tv-4k' }));
    await pass();
    const thumbnail = picture(1, 'thumbnail');
    expect(picture(1, 'tv-4k')).toMatchObject({ status: 'loading', url: thumbnail.url });
    server.release();
    await pass();
    expect(picture(1, 'tv-4k').url).not.toBe(thumbnail.url);
    expect(picture(2, 'tv-4k').url).toBeNull();
  });

  it('is a picture only once it is decoded; what is none counts as failed, and is fetched once', async () => {
    let decoded = (): void => {};
    decode.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          decoded = () => resolve({ widthPx: 1, heightPx: 1 });
        }),
    );
    decode.mockRejectedValueOnce(new Error('EncodingError'));
    pages.want(wish(1));
    await pass();
    expect(picture(1).status).toBe('loading');
    decoded();
    await pass();
    expect(picture(1).status).toBe('ready');
    pages.want(wish(2));
    await pass(20_000);
    expect([picture(2), fetched().length]).toMatchObject([{ status: 'failed', code: 'document-broken' }, 2]);
  });
});

describe('what does not come at once', () => {
  it('is asked for again while it is being made, and soon enough', async () => {
    server.readyPages.clear();
    pages.want(wish(1));
    await pass(3_000);
    expect(picture(1).status).toBe('not-ready');
    expect(server.asked.length).toBeGreaterThan(3);
    server.readyPages.add(`${documentId}/1`);
    await pass(1_100);
    expect(picture(1).status).toBe('ready');
  });

  it('is shown in the TV’s size while 4K is being made, which comes last', async () => {
    server.missingSizes.add('tv-4k');
    pages.want(wish(1, { size: 'tv-4k', withNeighbours: true }));
    await pass(500);
    expect(picture(1, 'tv-4k')).toMatchObject({ status: 'not-ready', url: picture(1, 'tv').url });
    expect(picture(1, 'tv-4k').url).not.toBeNull();
    // a turn has no blank in between
    expect(picture(2, 'tv').status).toBe('ready');
    server.missingSizes.clear();
    await pass(1_100);
    expect(picture(1, 'tv-4k').status).toBe('ready');
    expect(picture(1, 'tv-4k').url).not.toBe(picture(1, 'tv').url);
  });

  it('is asked for again while the server is away; pages that are here stay', async () => {
    pages.want(wish(1));
    await pass();
    const { url } = picture(1);
    server.network = 'cut';
    const stop = pages.want(wish(2));
    await pass(30_000);
    expect([picture(2).status, picture(1).url]).toEqual(['no-server', url]);
    expect(server.asked.length).toBeLessThan(25);
    server.network = 'up';
    await pass(3_100);
    expect(picture(2).status).toBe('ready');
    server.network = 'cut';
    pages.want(wish(3))();
    stop();
    const { length } = server.asked;
    await pass(10_000);
    expect(server.asked).toHaveLength(length);
  });

  it.each<['cut' | 'up', number[]]>([
    ['cut', [250, 500, 1_000, 2_000, 3_000, 3_000]],
    ['up', [200, 400, 800, 1_000, 1_000]],
  ])('is asked for again after growing pauses: the line is %s: %j', async (network, wanted) => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    server.readyPages.clear();
    server.network = network;
    const askedAtMs: number[] = [];
    server.onAsked = () => askedAtMs.push(performance.now());
    pages.want(wish(1));
    await pass(12_000);
    const pauses = askedAtMs.slice(1).map((atMs, index) => atMs - askedAtMs[index]!);
    // answers take a moment
    for (const [index, leastMs] of wanted.entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(leastMs);
      expect(pauses[index]).toBeLessThan(leastMs + 100);
    }
  });

  it('is tried at once when the browser is online again', async () => {
    const online = new EventTarget();
    vi.stubGlobal('addEventListener', online.addEventListener.bind(online));
    vi.stubGlobal('removeEventListener', online.removeEventListener.bind(online));
    make();
    server.network = 'cut';
    pages.want(wish(1));
    await pass(20_000);
    server.network = 'up';
    online.dispatchEvent(new Event('online'));
    await pass(0);
    expect(picture(1).status).toBe('ready');
    vi.unstubAllGlobals();
  });

  it('is refused until a newer token comes', async () => {
    server.validToken = 'secret-2';
    pages.want(wish(1));
    await pass(20_000);
    expect([picture(1), server.asked.length]).toMatchObject([{ status: 'refused', code: 'token-expired' }, 1]);
    expect(pages.isRefused).toBe(true);
    pages.setAccess({ ...server.access, token: 'secret-2' });
    await pass();
    expect(pages.isRefused).toBe(false);
    expect(picture(1).status).toBe('ready');
  });

  it('waits for access, and keeps what is here without it', async () => {
    pages.want(wish(1));
    await pass();
    pages.setAccess(null);
    pages.want(wish(2));
    await pass(1_000);
    expect([picture(1).status, picture(2).status, server.asked.length]).toEqual(['ready', 'loading', 1]);
    pages.setAccess({ ...server.access, token: 'secret-1 ' });
    pages.setAccess(server.access);
    await pass();
    expect(picture(2).status).toBe('ready');
  });

  it('fails where there is no such page', async () => {
    server.refusals = [{ path: '/pages/', code: 'not-found', status: 404 }];
    pages.want(wish(1));
    await pass(20_000);
    expect([picture(1), server.asked.length]).toMatchObject([{ status: 'failed', code: 'not-found' }, 1]);
  });
});

describe('what is kept', () => {
  const BYTES = `${documentId}/1/tv`.length;

  it('is bounded: what was not wanted for longest goes, what is wanted stays', async () => {
    make(BYTES * 3);
    pages.want(wish(9));
    await pass();
    for (const page of [1, 2, 1, 3]) {
      const stop = pages.want(wish(page));
      await pass();
      stop();
    }
    expect([9, 1, 2, 3].map((page) => picture(page).status)).toEqual(['ready', 'ready', 'loading', 'ready']);
    expect(urls.size).toBe(3);
  });

  it('is never what is wanted, even beyond the bound', async () => {
    make(1);
    for (const page of [1, 2]) pages.want(wish(page));
    await pass();
    expect([1, 2].map((page) => picture(page).status)).toEqual(['ready', 'ready']);
  });

  it('is gone with the document, with another meeting, and with the page', async () => {
    server.readyPages.add(`${other}/1`);
    pages.want(wish(1))();
    const stop = pages.want(wish(1));
    pages.want(wish(1, { documentId: other }));
    await pass();
    stop();
    pages.forget(documentId);
    expect(urls.size).toBe(1);
    pages.setAccess({ ...server.access, token: 'other', meetingId: other });
    expect(urls.size).toBe(0);
  });
});

describe('the size for a tile', () => {
  it.each([
    [{ widthPx: 160, heightPx: 90 }, 'thumbnail'],
    [{ widthPx: 1170, heightPx: 700 }, 'phone'],
    [{ widthPx: 1280, heightPx: 800 }, 'laptop'],
    [{ widthPx: 1920, heightPx: 1080 }, 'tv'],
    [{ widthPx: 2000, heightPx: 1125 }, 'tv'],
    [{ widthPx: 2560, heightPx: 1440 }, 'tv-4k'],
    [{ widthPx: 7680, heightPx: 4320 }, 'tv-4k'],
  ] as const)('%o is %s', (tile, size) => {
    expect(pageSizeFor(tile)).toBe(size);
  });

  it('grows with the part of the page that fills it', () => {
    const quarter = { x: 0, y: 0, width: 32_767, height: 32_767 };
    expect(pageSizeFor({ widthPx: 960, heightPx: 540 }, quarter)).toBe('tv');
  });
});
