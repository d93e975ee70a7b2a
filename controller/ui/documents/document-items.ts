/** What a list of documents shows: the server's and this page's uploads as one, each once, with the state that matters. */
import type { DocumentsState } from '#call/documents-client.ts';
import type { UploadState } from '#call/document-upload.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { shownText } from '#contract/shown-text.ts';

export type DocumentItem = {
  key: string;
  title: string;
  /** null: the server does not know of it */
  document: MeetingDocument | null;
  /** null: not uploaded by this page now */
  uploadId: string | null;
  status: /** by this page */
    | { name: 'sending' | 'waiting'; percent: number }
    /** it was begun by this person, and no page goes on with it */
    | { name: 'stopped'; percent: number }
    | { name: 'others-upload'; percent: number }
    | { name: 'queued' }
    /** pages: null until they are counted */
    | { name: 'converting'; ready: number; pages: number | null }
    | { name: 'ready'; pages: number }
    | { name: 'failed'; code: ErrorCode }
    | { name: 'unknown' };
  /** a page of it is there */
  canShow: boolean;
};

export function documentItems({ documents, uploads }: Pick<DocumentsState, 'documents' | 'uploads'>): DocumentItem[] {
  const own = uploads.filter(({ phase }) => phase !== 'done' && phase !== 'cancelled');
  const uploaded = new Set(own.map(({ documentId }) => documentId));
  const others = (documents ?? []).filter(({ documentId }) => !uploaded.has(documentId));
  return [...own.map(uploadItem), ...others.map(documentItem)];
}

function uploadItem({ uploadId, fileName, phase, failure, sentBytes, sizeBytes }: UploadState): DocumentItem {
  const percent = percentOf(sentBytes, sizeBytes);
  return {
    key: uploadId,
    title: shownText(fileName),
    document: null,
    uploadId,
    status:
      phase === 'failed'
        ? { name: 'failed', code: failure ?? 'internal' }
        : { name: phase === 'waiting' ? 'waiting' : 'sending', percent },
    canShow: false,
  };
}

function documentItem(document: MeetingDocument): DocumentItem {
  const { documentId, title, readyPages } = document;
  return { key: documentId, title, document, uploadId: null, status: statusOf(document), canShow: readyPages > 0 };
}

function statusOf({ state, isOwn, receivedBytes, sizeBytes, readyPages, pageCount, failure }: MeetingDocument) {
  switch (state) {
    case 'uploading':
      return { name: isOwn ? 'stopped' : 'others-upload', percent: percentOf(receivedBytes, sizeBytes) } as const;
    case 'waiting':
      return { name: 'queued' } as const;
    case 'converting':
      // all pages can be shown, the largest size of some is still being made
      if (readyPages === pageCount) return { name: 'ready', pages: pageCount } as const;
      return { name: 'converting', ready: readyPages, pages: pageCount } as const;
    case 'ready':
      return { name: 'ready', pages: pageCount ?? readyPages } as const;
    case 'failed':
      return { name: 'failed', code: failure ?? 'internal' } as const;
    default:
      return { name: 'unknown' } as const;
  }
}

const percentOf = (bytes: number, all: number): number => (all === 0 ? 0 : Math.floor((bytes / all) * 100));
