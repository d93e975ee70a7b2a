/** The screen's documents: an idle TV's own as the agent sends it, and its way into a call. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallState } from '#call/call-state.ts';
import type { DocumentPages } from '#call/document-pages.ts';
import type { DocumentsState } from '#call/documents-client.ts';
import { Observable } from '#call/observable.ts';
import { UserError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { ScreenToAgent } from '#contract/screen-link.ts';
import { type DocumentAct, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { ScreenDocuments } from './screen-documents.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [CALL, ROOM, DOCUMENT] = [id(1), id(2), id(5)];
const access = (meeting: number, token = 'tv'): DocumentAccess => ({
  url: 'https://maru.example',
  token,
  expiresAtMs: 1e15,
  meetingId: id(meeting),
  documents: ['present', 'view'],
});
const region = { x: 0, y: 0, width: 30_000, height: 30_000 };
const document: SharedDocument = {
  documentId: DOCUMENT,
  title: 'Plan.pptx',
  pageCount: null,
  page: 2,
  region,
  presenter: { peerId: ROOM, displayName: 'Maple' },
  pointer: null,
  strokes: [{ strokeId: id(6), page: 2, colour: 'red', points: [1, 1] }],
};
const listedDocument: MeetingDocument = {
  documentId: DOCUMENT,
  title: 'Plan.pptx',
  state: 'ready',
  sizeBytes: 1,
  receivedBytes: 1,
  pageCount: 3,
  readyPages: 3,
  failure: null,
  isOwn: false,
  mayDelete: false,
  createdAtMs: 1,
};
const joined: CallState['phase'] = {
  name: 'joined',
  callId: CALL,
  peerId: ROOM,
  meetingTitle: 'Weekly',
  startedAtMs: 1,
  connection: 'connected',
};

let call: Observable<CallState>;
let inCall: Observable<SharedDocument | null>;
let presented: DocumentAct[];
let refusal: Error | null;
let told: ScreenToAgent[];
let used: (DocumentAccess | null)[];
let list: Observable<DocumentsState>;
let listed: (DocumentAccess | null)[];
let documents: ScreenDocuments;
let isInMeeting: (request: { url: string; authorization: string | null }) => boolean;
const become = (change: Partial<CallState>): void => {
  call.set({ ...call.getSnapshot(), ...change });
  documents.followCall();
};
const settled = () => new Promise((resolve) => setTimeout(resolve));
const shownOnTv = (meeting = 4) =>
  documents.perform({ name: 'show-document', shown: { document, access: access(meeting) } });

beforeEach(() => {
  [presented, refusal, told, used, listed] = [[], null, [], [], []];
  isInMeeting = () => false;
  call = new Observable({
    phase: { name: 'idle' },
    participants: [],
    document: null,
    documentAccess: null,
  } as unknown as CallState);
  inCall = new Observable<SharedDocument | null>(null);
  list = new Observable<DocumentsState>({ documents: null, isConnected: false, refusal: null, uploads: [] });
  documents = new ScreenDocuments({
    call: {
      document: inCall,
      getSnapshot: call.getSnapshot,
      present: async (act) => {
        if (refusal) throw refusal;
        presented.push(act);
      },
      setDocumentAccess: (documentAccess) => become({ documentAccess }),
    },
    tell: (report) => told.push(report),
    pages: { setAccess: (given: DocumentAccess | null) => used.push(given) } as unknown as DocumentPages,
    fetch: async (url, { headers }) =>
      isInMeeting({ url, authorization: new Headers(headers).get('authorization') })
        ? Response.json({ document: listedDocument })
        : Response.json({ error: { code: 'not-found', message: '' } }, { status: 404 }),
    list: {
      subscribe: list.subscribe,
      getSnapshot: list.getSnapshot,
      setAccess: (given) => listed.push(given),
    },
  });
});

describe('on an idle TV', () => {
  it('is what the agent sends, change by change', () => {
    shownOnTv();
    expect(used.at(-1)?.token).toBe('tv');
    const by = document.presenter!;
    documents.perform({ name: 'change-document', change: { change: 'act', by, act: { act: 'turn-page', page: 3 } } });
    expect(documents.onTv.getSnapshot()).toMatchObject({ page: 3, region: WHOLE_PAGE });
    documents.perform({ name: 'show-document', shown: null });
    expect(documents.onTv.getSnapshot()).toBeNull();
    expect(used.at(-1)).toBeNull();
    expect(listed.at(-1)).toBeNull();
  });

  it('reports once what the fleet’s list knows of it', () => {
    shownOnTv();
    const entry = (pageCount: number | null) => ({ documentId: DOCUMENT, pageCount }) as never;
    const state = (of: Partial<DocumentsState>) => list.set({ ...list.getSnapshot(), ...of });
    state({ documents: [], isConnected: false });
    state({ documents: [entry(null)], isConnected: true });
    expect(told).toEqual([]);
    state({ documents: [entry(9)] });
    state({ documents: [entry(9)] });
    expect(told).toEqual([{ type: 'document-listed', documentId: DOCUMENT, pageCount: 9, isThere: true }]);
    state({ documents: [] });
    expect(told.at(-1)).toMatchObject({ isThere: false });
  });
});

describe('a call that begins', () => {
  it('of the same meeting gets the document with its zoom and its drawing', async () => {
    shownOnTv(4);
    become({ phase: joined, documentAccess: access(4, 'call') });
    await settled();
    expect(presented.map(({ act }) => act)).toEqual(['show', 'zoom', 'draw']);
    expect(presented[0]).toMatchObject({ documentId: DOCUMENT, page: 2 });
    expect(used.at(-1)?.token).toBe('call');
    become({ participants: [] });
    await settled();
    expect(presented.length).toBe(3);
  });

  it('of a booking gets it where the fleet has taken it along into that meeting', async () => {
    isInMeeting = ({ url, authorization }) =>
      url === `https://maru.example/api/v1/documents/${DOCUMENT}` && authorization === 'Bearer call';
    shownOnTv(4);
    become({ phase: joined, documentAccess: access(8, 'call') });
    await vi.waitFor(() => expect(presented.map(({ act }) => act)).toEqual(['show', 'zoom', 'draw']));
  });

  it.each([
    ['of a meeting that has not got it', { documentAccess: access(8) }],
    ['without documents', { documentAccess: null }],
    ['that shows another one', { documentAccess: access(4), document: { ...document, documentId: id(7) } }],
  ])('%s gets nothing', async (_, change) => {
    shownOnTv(4);
    become({ phase: joined, ...change });
    await settled();
    expect(presented).toEqual([]);
  });

  it('goes on where its policy refuses the document', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    refusal = new UserError('forbidden');
    shownOnTv(4);
    become({ phase: joined, documentAccess: access(4) });
    await settled();
    expect(console.warn).toHaveBeenCalledOnce();
  });
});

describe('in a call', () => {
  it('presents for the agent and reports what came of it', async () => {
    documents.perform({ name: 'present', act: { act: 'take' }, commandId: id(20) });
    refusal = new UserError('forbidden');
    documents.perform({ name: 'present', act: { act: 'stop' }, commandId: id(21) });
    await settled();
    expect(presented).toEqual([{ act: 'take' }]);
    expect(told).toEqual([
      { type: 'presented', commandId: id(20), code: null },
      { type: 'presented', commandId: id(21), code: 'forbidden' },
    ]);
  });

  it('reports what is drawn, at the pace of the phones, the last of it always', async () => {
    vi.useFakeTimers();
    const drawn = () => told.flatMap((report) => (report.type === 'drawing' ? [report.drawing] : []));
    const point = (x: number) => inCall.set({ ...document, pointer: { x, y: 1 } });
    become({ phase: joined });
    expect(drawn()).toEqual([]);
    for (let x = 1; x <= 100; x += 1) {
      point(x);
      vi.advanceTimersByTime(10);
    }
    expect(drawn().length).toBeLessThanOrEqual(6);
    vi.advanceTimersByTime(1_000);
    expect(drawn()[0]).toMatchObject({ pointer: { x: 1 }, strokes: document.strokes });
    expect(drawn().at(-1)).toMatchObject({ pointer: { x: 100 } });
    told = [];
    documents.reportDrawingAgain();
    expect(drawn().length).toBe(1);
    inCall.set(null);
    vi.advanceTimersByTime(1_000);
    expect(drawn().at(-1)).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('uses the newer access for its own call alone', () => {
    become({ phase: joined });
    documents.perform({ name: 'use-document-access', callId: id(9), access: access(4, 'other') });
    expect(call.getSnapshot().documentAccess).toBeNull();
    documents.perform({ name: 'use-document-access', callId: CALL, access: access(4, 'newer') });
    expect(used.at(-1)?.token).toBe('newer');
  });
});
