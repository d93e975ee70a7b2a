/** For integration tests: guests of a meeting, and the bytes of an upload as they go over a socket. */
import { connect, type Socket } from 'node:net';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { DocumentClient } from './documents-under-test.ts';

/** Who comes in by a link of its own. */
export async function guestOf(fleet: FleetUnderTest, meetingId: string): Promise<DocumentClient> {
  const body = { displayName: null, expiresInMinutes: 60 };
  const made = await fleet.api('POST', `/api/v1/meetings/${meetingId}/invites`, body, fleet.admin.cookie);
  const invite = made.body.joinUrl.split('#')[1];
  const { grant } = (await fleet.api('POST', '/api/v1/guest-entries', { invite })).body as Json;
  return new DocumentClient(fleet, grant.documents.token);
}

/** A part of an upload as raw bytes of HTTP/1.1. */
export class RawPart {
  readonly #socket: Socket;
  received = '';
  isClosed = false;

  constructor(
    fleet: FleetUnderTest,
    token: string | null,
    path: string,
    headers: readonly string[],
    contentType = 'application/octet-stream',
  ) {
    const { hostname, port, host } = new URL(fleet.ready.fleetUrl);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
    const bearer = token === null ? [] : [`Authorization: Bearer ${token}`];
    const head = [`PUT ${path} HTTP/1.1`, `Host: ${host}`, `Content-Type: ${contentType}`, ...bearer, ...headers];
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n`);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }
  cut(): void {
    this.#socket.destroy();
  }
  /** 0: no answer yet */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(this.received)?.[1] ?? 0);
  }
  get code(): string | null {
    return /"code":"([a-z-]+)"/.exec(this.received)?.[1] ?? null;
  }
}

export const contentPath = (documentId: string, offset: number | string): string =>
  `/api/v1/documents/${documentId}/content?offset=${offset}`;
