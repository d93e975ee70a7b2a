/** From a file on the phone to the room's TV: with the token of the room link, shown once its first page is there. */
import { afterEach, expect, it, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import { DocumentsClient } from '#call/documents-client.ts';
import type { LinkSnapshot } from '../../link/room-link.ts';
import { RoomDocuments } from './room-documents.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const access = (token: string): DocumentAccess => ({
  url: 'https://maru.example',
  token,
  expiresAtMs: 4_000_000_000_000,
  meetingId: id(1),
  documents: ['present', 'view'],
});
const stored = (over: Partial<MeetingDocument>): MeetingDocument => ({
  documentId: id(5),
  title: 'Plan.pptx',
  state: 'converting',
  sizeBytes: 4,
  receivedBytes: 4,
  pageCount: null,
  readyPages: 0,
  failure: null,
  isOwn: true,
  mayDelete: true,
  createdAtMs: 1,
  ...over,
});

/** The documents API: `tell` sends the list to its followers. */
function playServer() {
  const tokens: (string | null)[] = [];
  let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  const tell = (documents: MeetingDocument[]) =>
    stream?.enqueue(new TextEncoder().encode(`event: documents\ndata: ${JSON.stringify({ documents })}\n\n`));
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    tokens.push(new Headers(init.headers).get('authorization'));
    if (url.endsWith('/document-changes')) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          stream = controller;
        },
      });
      tell([]);
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    }
    const state = init.method === 'POST' ? 'uploading' : 'waiting';
    return Response.json({ document: stored({ state, receivedBytes: state === 'uploading' ? 0 : 4 }) });
  };
  return { fetch, tell, tokens };
}

let documents: RoomDocuments | null = null;
afterEach(() => documents?.stop());

function setUp(command: (command: RoomCommand) => Promise<void> = () => Promise.resolve()) {
  const server = playServer();
  const commands: RoomCommand[] = [];
  const listeners = new Set<() => void>();
  let snapshot = { projections: {}, documentAccess: access('first') } as unknown as LinkSnapshot;
  const onProblem = vi.fn();
  const onShown = vi.fn();
  documents = new RoomDocuments({
    link: {
      command: (wanted) => {
        commands.push(wanted);
        return command(wanted);
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      getSnapshot: () => snapshot,
    },
    onProblem,
    onShown,
    list: new DocumentsClient({ fetch: server.fetch }),
  });
  documents.start();
  const change = (part: Partial<LinkSnapshot>) => {
    snapshot = { ...snapshot, ...part };
    for (const listener of listeners) listener();
  };
  return { documents, server, commands, change, onProblem, onShown };
}

it('uploads a file and shows it as soon as its first page is there, before the pages are counted', async () => {
  const { documents, server, commands, onShown } = setUp();
  await documents.sharing.share(new File(['plan'], 'Plan.pptx'));
  expect(server.tokens.every((token) => token === 'Bearer first')).toBe(true);
  server.tell([stored({ readyPages: 0 })]);
  await vi.waitFor(() => expect(documents.list.getSnapshot().documents?.[0]?.state).toBe('converting'));
  expect(commands).toEqual([]);
  server.tell([stored({ readyPages: 1 })]);
  await vi.waitFor(() => expect(onShown).toHaveBeenCalledOnce());
  expect(commands).toEqual([
    {
      name: 'present',
      act: { act: 'show', documentId: id(5), title: 'Plan.pptx', pageCount: null, page: 1 },
    },
  ]);
});

it('reports why the room does not show it, and opens nothing', async () => {
  const refusal = new UserError('forbidden');
  const { documents, onProblem, onShown } = setUp(() => Promise.reject(refusal));
  documents.sharing.show(stored({ readyPages: 1 }));
  await vi.waitFor(() => expect(onProblem).toHaveBeenCalledWith(refusal));
  expect(onShown).not.toHaveBeenCalled();
});

it('goes on with a newer token, and draws what the room publishes', async () => {
  const { documents, server, change } = setUp();
  await vi.waitFor(() => expect(server.tokens).toEqual(['Bearer first']));
  change({ documentAccess: access('second') });
  await vi.waitFor(() => expect(server.tokens).toEqual(['Bearer first', 'Bearer second']));
  const document = { documentId: id(5), title: 'Plan.pptx', pageCount: 3, page: 2 };
  change({ projections: { document: { document, isPresenter: true } } as never });
  expect(documents.presented.own.getSnapshot()).toMatchObject({ page: 2, strokes: [] });
  change({ projections: {} });
  expect(documents.presented.own.getSnapshot()).toBeNull();
});
