/** A chosen file is shown once its first page is there, unless the person chose another thing meanwhile. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { DocumentSharing, showAct } from './document-sharing.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const document = (n: number, over: Partial<MeetingDocument> = {}): MeetingDocument => ({
  documentId: id(n),
  title: `Plan ${n}.pdf`,
  state: 'waiting',
  sizeBytes: 1_000,
  receivedBytes: 1_000,
  pageCount: null,
  readyPages: 0,
  failure: null,
  isOwn: true,
  mayDelete: true,
  createdAtMs: 1,
  ...over,
});
const file = (name: string) => new File(['%PDF'], name);
const settle = () => new Promise((resolve) => setTimeout(resolve));

let documents: MeetingDocument[];
let listener: () => void;
let arrive: ((document: MeetingDocument) => void)[];
let refuse: ((error: Error) => void)[];
let shown: string[];
let sharing: DocumentSharing;
beforeEach(() => {
  documents = [];
  arrive = [];
  refuse = [];
  shown = [];
  sharing = new DocumentSharing({
    documents: {
      subscribe: (onChange) => {
        listener = onChange;
        return () => {
          listener = () => {};
        };
      },
      getSnapshot: () => ({ documents }),
      upload: () =>
        new Promise((resolve, reject) => {
          arrive.push(resolve);
          refuse.push(reject);
        }),
    },
    show: ({ documentId }) => shown.push(documentId),
  });
});
const list = (...of: MeetingDocument[]) => {
  documents = of;
  listener();
};

describe('sharing a document', () => {
  it('shows it once, when its first page is there', async () => {
    void sharing.share(file('a.pdf'));
    list(document(1));
    arrive[0]!(document(1));
    await settle();
    expect(sharing.getSnapshot()).toBe(id(1));
    expect(shown).toEqual([]);
    list(document(1, { state: 'converting', readyPages: 1, pageCount: 3 }));
    list(document(1, { state: 'ready', readyPages: 3, pageCount: 3 }));
    expect(shown).toEqual([id(1)]);
    expect(sharing.getSnapshot()).toBeNull();
  });

  it('shows one whose pages came before the upload’s own answer', async () => {
    void sharing.share(file('a.pdf'));
    list(document(1, { state: 'ready', readyPages: 3 }));
    arrive[0]!(document(1));
    await settle();
    expect(shown).toEqual([id(1)]);
  });

  it('shows the last that was chosen, whichever arrives last', async () => {
    void sharing.share(file('a.pdf'));
    void sharing.share(file('b.pdf'));
    arrive[1]!(document(2));
    await settle();
    arrive[0]!(document(1));
    await settle();
    list(document(2, { readyPages: 1 }), document(1, { readyPages: 1 }));
    expect(shown).toEqual([id(2)]);
  });

  it('leaves what the person has chosen meanwhile', async () => {
    void sharing.share(file('a.pdf'));
    sharing.show(document(9, { state: 'ready', readyPages: 4 }));
    arrive[0]!(document(1));
    await settle();
    list(document(1, { readyPages: 1 }));
    expect(shown).toEqual([id(9)]);
  });

  it('names one that cannot be made into pages until the person chooses again, and shows nothing', async () => {
    void sharing.share(file('a.pdf'));
    arrive[0]!(document(1));
    await settle();
    list(document(1, { state: 'failed', failure: 'document-broken' }));
    expect(sharing.getSnapshot()).toBe(id(1));
    const second = sharing.share(file('b.pdf'));
    expect(sharing.getSnapshot()).toBeNull();
    refuse[1]!(new Error('quota-exceeded'));
    await second;
    expect(sharing.getSnapshot()).toBeNull();
    expect(shown).toEqual([]);
  });

  it('shows nothing once it has stopped', async () => {
    void sharing.share(file('a.pdf'));
    sharing.stop();
    arrive[0]!(document(1));
    await settle();
    list(document(1, { readyPages: 1 }));
    expect(shown).toEqual([]);
  });

  it('begins with the first page', () => {
    expect(showAct(document(1, { pageCount: 7 }))).toEqual({
      act: 'show',
      documentId: id(1),
      title: 'Plan 1.pdf',
      pageCount: 7,
      page: 1,
    });
  });
});
