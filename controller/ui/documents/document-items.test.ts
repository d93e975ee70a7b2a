/** One list of what is uploaded here and what the server has: each document once, with the state that matters. */
import { describe, expect, it } from 'vitest';
import type { UploadState } from '#call/document-upload.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { documentItems } from './document-items.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const document = (n: number, over: Partial<MeetingDocument> = {}): MeetingDocument => ({
  documentId: id(n),
  title: `Plan ${n}.pdf`,
  state: 'ready',
  sizeBytes: 1_000,
  receivedBytes: 1_000,
  pageCount: 12,
  readyPages: 12,
  failure: null,
  isOwn: true,
  mayDelete: true,
  createdAtMs: 1,
  ...over,
});
const upload = (over: Partial<UploadState> = {}): UploadState => ({
  uploadId: 'u1',
  documentId: null,
  fileName: 'Price list.pdf',
  sizeBytes: 1_000,
  sentBytes: 0,
  phase: 'sending',
  failure: null,
  ...over,
});
const statuses = (of: Parameters<typeof documentItems>[0]) => documentItems(of).map(({ status }) => status);

describe('the list of documents', () => {
  it('has a document that is uploaded here once, with the progress of the upload', () => {
    const items = documentItems({
      documents: [document(2, { state: 'uploading', receivedBytes: 300 }), document(1)],
      uploads: [upload({ documentId: id(2), sentBytes: 430 })],
    });
    expect(items.map(({ key, status }) => [key, status])).toEqual([
      ['u1', { name: 'sending', percent: 43 }],
      [id(1), { name: 'ready', pages: 12 }],
    ]);
  });

  it('leaves an upload that is done to the server’s list', () => {
    const done = upload({ documentId: id(2), phase: 'done', sentBytes: 1_000 });
    const documents = [document(2, { state: 'waiting', readyPages: 0, pageCount: null })];
    expect(statuses({ documents, uploads: [done] })).toEqual([{ name: 'queued' }]);
  });

  it.each([
    [document(1, { state: 'uploading', receivedBytes: 999 }), { name: 'stopped', percent: 99 }],
    [document(1, { state: 'uploading', receivedBytes: 1, isOwn: false }), { name: 'others-upload', percent: 0 }],
    [document(1, { state: 'converting', readyPages: 3 }), { name: 'converting', ready: 3, pages: 12 }],
    // what is still made is their largest size
    [document(1, { state: 'converting', readyPages: 12 }), { name: 'ready', pages: 12 }],
    [document(1, { state: 'failed', failure: 'document-encrypted' }), { name: 'failed', code: 'document-encrypted' }],
    [document(1, { state: 'failed', failure: null }), { name: 'failed', code: 'internal' }],
    [document(1, { state: 'unknown' as never }), { name: 'unknown' }],
  ])('names the state of %o', (of, status) => {
    expect(statuses({ documents: [of], uploads: [] })).toEqual([status]);
  });

  it('can show what has a page, also while the others are being made', () => {
    const documents = [
      document(1, { state: 'converting', readyPages: 1 }),
      document(2, { state: 'converting', readyPages: 0 }),
    ];
    expect(documentItems({ documents, uploads: [] }).map(({ canShow }) => canShow)).toEqual([true, false]);
  });

  it('shows the name of a file as text without what turns the words around it', () => {
    const [item] = documentItems({ documents: null, uploads: [upload({ fileName: 'cod\u202Efdp.exe' })] });
    expect(item?.title).not.toContain('\u202E');
  });
});
