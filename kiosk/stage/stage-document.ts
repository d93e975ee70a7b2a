/** A document on the stage: where its state and its pictures come from, and the words beside it. */
import { type ReactNode, useSyncExternalStore } from 'react';
import type { DocumentPages } from '#call/document-pages.ts';
import type { SharedDocument } from '#contract/shared-document.ts';
import type { Rect, Size } from './geometry.ts';

/** Watched, because pointer and pen change it thirty times a second: no component renders for these. */
export type WatchedDocument = {
  subscribe: (listener: () => void) => () => void;
  /** the same object until something changes; null: none is shown */
  getSnapshot: () => SharedDocument | null;
};

/** Pictures of its pages. */
export type PagePictures = Pick<DocumentPages, 'subscribe' | 'pictureOf' | 'want'>;

export type DocumentWords = {
  /** accessible name of the region */
  region: string;
  /** accessible name of a page's picture; `pageCount` null: not counted yet */
  page: (title: string, page: number, pageCount: number | null) => string;
  pageNumber: (page: number, pageCount: number | null) => string;
  presents: (displayName: string) => string;
  loading: string;
  /** in place of a page that cannot be fetched */
  failed: string;
  /** why: the server has no such picture, or does not answer and is tried again */
  broken: string;
  unreachable: string;
};

/** A page that is painted, and where it is in its frame. */
export type PaintedPage = { page: number; frame: Size; aspect: number; place: Rect };

export type StageDocument = {
  shown: WatchedDocument;
  pictures: PagePictures;
  words: DocumentWords;
  /** what lies over the page, as a presenter's input */
  over?: (painted: PaintedPage) => ReactNode;
};

export const NO_DOCUMENT: WatchedDocument = { subscribe: () => () => {}, getSnapshot: () => null };

/** One thing of the document; renders again where that has changed, which must be the same object meanwhile. */
export function useOfDocument<T>(shown: WatchedDocument, pick: (document: SharedDocument) => T): T | null {
  return useSyncExternalStore(shown.subscribe, () => {
    const document = shown.getSnapshot();
    return document === null ? null : pick(document);
  });
}
