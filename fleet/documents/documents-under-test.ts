/** For integration tests: somebody who comes with a token for a meeting's documents, over plain HTTP. */
import { topicOf } from '#contract/topics.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

export type Answer = { status: number; code: string | null; body: Json; headers: Headers };

export class DocumentClient {
  readonly #fleet: FleetUnderTest;
  readonly token: string | null;

  constructor(fleet: FleetUnderTest, token: string | null) {
    this.#fleet = fleet;
    this.token = token;
  }

  async ask(
    method: string,
    path: string,
    body?: object | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const isBytes = Buffer.isBuffer(body);
    const response = await fetch(new URL(path, this.#fleet.ready.fleetUrl), {
      method,
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body && { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Json) : text;
    return { status: response.status, code: parsed?.error?.code ?? null, body: parsed, headers: response.headers };
  }

  list = async (): Promise<Json[]> => (await this.ask('GET', '/api/v1/documents')).body.documents;
  announce = (fileName: string, sizeBytes: number): Promise<Answer> =>
    this.ask('POST', '/api/v1/documents', { fileName, sizeBytes });
  /** Its id. */
  announced = async (sizeBytes: number, fileName = 'plan.pdf'): Promise<string> =>
    (await this.announce(fileName, sizeBytes)).body.document.documentId;
  put = (documentId: string, offset: number, content: Buffer): Promise<Answer> =>
    this.ask('PUT', `/api/v1/documents/${documentId}/content?offset=${offset}`, content);
  one = (documentId: string): Promise<Answer> => this.ask('GET', `/api/v1/documents/${documentId}`);
  page = (documentId: string, page: number, size: string): Promise<Answer> =>
    this.ask('GET', `/api/v1/documents/${documentId}/pages/${page}/${size}`);
  delete = (documentId: string): Promise<Answer> => this.ask('DELETE', `/api/v1/documents/${documentId}`);

  async upload(fileName: string, content = Buffer.from('a document')): Promise<string> {
    const { body } = await this.announce(fileName, content.length);
    await this.put(body.document.documentId, 0, content);
    return body.document.documentId;
  }
  /** The stream of changes: each list of documents that came. */
  async events(): Promise<{ documents: Json[][]; close: () => void }> {
    const ended = new AbortController();
    const response = await fetch(new URL('/api/v1/document-changes', this.#fleet.ready.fleetUrl), {
      headers: { authorization: `Bearer ${this.token}` },
      signal: ended.signal,
    });
    const documents: Json[][] = [];
    const read = async (): Promise<void> => {
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const events = text.split('\n\n');
        text = events.pop()!;
        for (const event of events)
          if (event.startsWith('event: documents\n')) documents.push(JSON.parse(event.split('data: ')[1]!).documents);
      }
    };
    // it ends with `close`
    read().catch(() => {});
    return { documents, close: () => ended.abort() };
  }
  async state(documentId: string): Promise<string | null> {
    return (await this.one(documentId)).body.document?.state ?? null;
  }
}

/** A new room, as its TV comes by its grant. */
export async function roomWithTv(
  fleet: FleetUnderTest,
): Promise<{ room: RoomUnderTest; grant: Json; tv: DocumentClient }> {
  const room = new RoomUnderTest(await fleet.enrolRoom(`Room ${newId()}`));
  await room.start(fleet);
  const grant = await grantOf(room);
  return { room, grant, tv: new DocumentClient(fleet, grant.documents.token) };
}

/** Who comes in by a link of its own. */
export async function guestOf(fleet: FleetUnderTest, meetingId: string): Promise<DocumentClient> {
  const body = { displayName: null, expiresInMinutes: 60 };
  const made = await fleet.api('POST', `/api/v1/meetings/${meetingId}/invites`, body, fleet.admin.cookie);
  const invite = made.body.joinUrl.split('#')[1];
  const { grant } = (await fleet.api('POST', '/api/v1/guest-entries', { invite })).body as Json;
  return new DocumentClient(fleet, grant.documents.token);
}

/** What the fleet grants a room that asks. */
export async function grantOf(room: RoomUnderTest, request: object = {}): Promise<Json> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null, ...request }, false);
  for (;;) {
    const reply = room.heard.find(({ name, message }) => name === 'requestReply' && message.id === id);
    if (reply) return reply.message.grant ?? reply.message;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A scripted node reports what happened in a call. */
export async function report(fleet: FleetUnderTest, name: string, about: object): Promise<void> {
  const events = [{ name, eventId: newId(), atMs: Date.now(), ...about }];
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
}
