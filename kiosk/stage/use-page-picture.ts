/**
 * The pictures of the page that is shown: the former stays until the next one is decoded, so that a turn has no blank in
 * between. Owns the object URLs; fetching is `pictures`.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import { largerPicture } from './page-place.ts';
import type { PagePicture, PagePictures } from './stage-document.ts';

/** Before that nobody sees that a page is on its way. */
const SLOW_AFTER_MS = 400;

export type LoadedPicture = PagePicture & { url: string };
type Pages = {
  /** painted; null: none yet */
  front: LoadedPicture | null;
  /** fetched, and being decoded out of sight */
  next: LoadedPicture | null;
  failure: (PagePicture & { code: ErrorCode }) | null;
};
const NO_PAGES: Pages = { front: null, next: null, failure: null };

export type ShownPages = Pages & {
  isSlow: boolean;
  /** `next` is decoded: it is painted from now on */
  show: (picture: LoadedPicture) => void;
};

const isPageOf = (a: PagePicture | null, b: PagePicture): boolean =>
  a?.documentId === b.documentId && a.page === b.page;

export function usePagePicture(pictures: PagePictures, wanted: PagePicture): ShownPages {
  const [pages, setPages] = useState<Pages>(NO_PAGES);
  const [isSlow, setSlow] = useState(false);
  const { documentId, page } = wanted;
  // one that is there already is kept when the page is shown smaller again
  const size = isPageOf(pages.front, wanted) ? largerPicture(pages.front!.size, wanted.size) : wanted.size;
  const isThere = isPageOf(pages.front, wanted) && pages.front!.size === size;

  useEffect(() => {
    if (isThere) return;
    const ended = new AbortController();
    const slow = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    const picture = { documentId, page, size };
    const onFetched = (blob: Blob): void => {
      if (ended.signal.aborted) return;
      const next = { ...picture, url: URL.createObjectURL(blob) };
      setPages((before) => ({ ...before, next, failure: null }));
    };
    pictures.fetch(picture, ended.signal).then(onFetched, (error: unknown) => {
      if (ended.signal.aborted) return;
      const failure = { ...picture, code: toMaruError(error).code };
      setPages((before) => ({ ...before, failure }));
    });
    return () => {
      ended.abort();
      clearTimeout(slow);
      setSlow(false);
      setPages((before) => (before.next === null ? before : { ...before, next: null }));
    };
  }, [pictures, documentId, page, size, isThere]);

  useRevoked(pages);
  const show = useCallback((picture: LoadedPicture) => {
    setPages((before) => (before.next === picture ? { front: picture, next: null, failure: null } : before));
  }, []);
  return { ...pages, isSlow, show };
}

/** Frees each picture that is drawn no more. */
function useRevoked({ front, next }: Pages): void {
  const drawn = useRef(new Set<string>());
  useEffect(() => {
    const now = new Set([front, next].flatMap((picture) => (picture === null ? [] : [picture.url])));
    for (const url of drawn.current) if (!now.has(url)) URL.revokeObjectURL(url);
    drawn.current = now;
  }, [front, next]);
  useEffect(() => {
    const urls = drawn;
    return () => {
      for (const url of urls.current) URL.revokeObjectURL(url);
      urls.current = new Set();
    };
  }, []);
}
