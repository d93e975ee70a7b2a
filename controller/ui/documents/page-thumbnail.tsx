/** A page as a small picture, fetched while it is drawn. Decoration beside the page's number or the document's name. */
import { useEffect, useSyncExternalStore } from 'react';
import type { DocumentPages } from '#call/document-pages.ts';
import { Spinner } from '../progress.tsx';

type PageThumbnailProps = { pages: DocumentPages; documentId: string; page: number };

export function PageThumbnail({ pages, documentId, page }: PageThumbnailProps) {
  const { url, status } = useSyncExternalStore(pages.subscribe, () =>
    pages.pictureOf({ documentId, page, size: 'thumbnail' }),
  );
  useEffect(() => pages.want({ documentId, page, size: 'thumbnail', pageCount: null }), [pages, documentId, page]);
  if (url !== null) return <img src={url} alt="" className="size-full object-contain" />;
  if (status === 'failed') return null;
  return <Spinner className="size-5 text-quiet" />;
}
