/**
 * Our place at a media node: its one signalling connection, entering (by token), resuming (by secret), and the ticket
 * that a reloaded page resumes with. `call-client.ts` decides what to do after a drop.
 */
import { type ErrorCode, InvalidStateError } from '#contract/error-codes.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import type { CallGrant, CallPermissions, DocumentAccess, IceServer, PeerKind } from '#contract/grants.ts';
import type { Leaving } from '#contract/leaving.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import type { RequestOf, ResponseOf, SignalingNotification } from '#contract/signaling.ts';
import { type AnnouncedCall, NOTHING_ANNOUNCED } from './call-state.ts';
import type { SendRequest } from './media-session.ts';
import { openPersistently, type OpenSocket } from './open-socket.ts';
import { SignalingConnection } from './signaling-connection.ts';

/** Patience with the very first handshake, for which a person waits; after a drop tries are short. */
const FIRST_CONNECT_MS = 5_000;

export type Hello = ResponseOf<'hello'>;
export type ResumableConnectionEvents = {
  onNotification: (notification: SignalingNotification) => void;
  onDropped: (code: ErrorCode | null) => void;
};

export class ResumableConnection {
  readonly #openSocket: OpenSocket;
  readonly #events: ResumableConnectionEvents;
  #connection: SignalingConnection | null = null;
  #ticket: ResumeTicket | null = null;
  #peerKind: PeerKind = 'person';
  #iceServers: readonly IceServer[] = [];
  #permissions: CallPermissions | null = null;
  #role: MeetingRole | null = null;
  #announced = NOTHING_ANNOUNCED;
  #documentAccess: DocumentAccess | null = null;

  constructor(dependencies: { openSocket: OpenSocket } & ResumableConnectionEvents) {
    this.#openSocket = dependencies.openSocket;
    this.#events = dependencies;
  }

  get connected(): boolean {
    return this.#connection !== null;
  }
  get ticket(): ResumeTicket | null {
    return this.#ticket;
  }
  /** by the grant that let us in, as the fleet, our role and the order have changed them since; null: none has yet */
  get permissions(): CallPermissions | null {
    return this.#permissions;
  }
  get role(): MeetingRole | null {
    return this.#role;
  }
  /** Outlasts the connection: what is prepared ends after half a minute, and a person still reads the page. */
  get announced(): AnnouncedCall {
    return this.#announced;
  }
  /** by which people behind firewalls reach the node */
  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }
  /** with what we may do now; null: there is none, or we may see no documents */
  get documentAccess(): DocumentAccess | null {
    return this.#documentAccess?.documents.includes('view') ? this.#documentAccess : null;
  }
  get peerKind(): PeerKind {
    return this.#peerKind;
  }

  readonly ask: SendRequest = (method, data) =>
    this.#connection?.request(method, data) ??
    Promise.reject(new InvalidStateError('not-possible-now', `${method} without a connection`));

  setPermissions({ publishes, receives, rights, documents, role }: CallPermissions & { role: MeetingRole }): void {
    this.#permissions = { publishes, receives, rights, documents };
    this.#role = role;
    if (this.#documentAccess) this.#documentAccess = { ...this.#documentAccess, documents };
  }

  announce(change: Partial<AnnouncedCall>): void {
    this.#announced = { ...this.#announced, ...change };
  }

  /**
   * A newer token; null: none. In a call the node's permissions hold: the policy may have changed between the token's signing and
   * its arrival.
   */
  setDocumentAccess(access: DocumentAccess | null): void {
    const { documents } = this.#permissions ?? {};
    this.#documentAccess = access && documents ? { ...access, documents } : access;
  }

  /** @throws the node's refusal; the former place is given up before */
  async enter(grant: CallGrant, signal: AbortSignal): Promise<Hello> {
    this.#iceServers = grant.iceServers;
    const admission = { kind: 'token', token: grant.joinToken } as const;
    const hello = await this.#hello(grant.signalingUrl, admission, signal, FIRST_CONNECT_MS);
    this.#documentAccess = grant.documents;
    this.setPermissions(hello);
    return hello;
  }

  /** @param transportId our sending transport; undefined: the page was reloaded */
  resume(ticket: ResumeTicket, transportId: string | undefined, signal: AbortSignal): Promise<Hello> {
    const { peerId, resumeSecret: secret, iceServers = [] } = ticket;
    this.#iceServers = iceServers;
    return this.#hello(
      ticket.signalingUrl,
      { kind: 'resume', peerId, secret, ...(transportId !== undefined && { transportId }) },
      signal,
    );
  }

  /** The page closes, and its socket drops what it has not sent: a beacon outlives the page. */
  sayGoodbye(): void {
    if (!this.#ticket) return;
    const { peerId, resumeSecret: secret, signalingUrl } = this.#ticket;
    navigator.sendBeacon(signalingUrl.replace(/^ws/, 'http'), JSON.stringify({ peerId, secret } satisfies Leaving));
  }

  /** Closes the connection; requests that were sent before still reach the node. */
  close(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#ticket = null;
    this.#permissions = null;
    this.#role = null;
    this.#documentAccess = null;
  }

  async #hello(
    url: string,
    admission: RequestOf<'hello'>['admission'],
    signal: AbortSignal,
    firstTryMs?: number,
  ): Promise<Hello> {
    const connection = await this.#connect(url, signal, firstTryMs);
    const hangUp = (): void => connection.close();
    signal.addEventListener('abort', hangUp);
    try {
      const hello = await connection.request('hello', { protocol: PROTOCOL_VERSION, admission });
      signal.throwIfAborted();
      this.#connection?.close();
      this.#connection = connection;
      this.#peerKind = hello.peerKind;
      this.setPermissions(hello);
      const { air, transcript } = hello;
      this.#announced = { ...NOTHING_ANNOUNCED, ...(air && { air }), ...(transcript && { transcript }) };
      this.#ticket = {
        callId: hello.callId,
        peerId: hello.peerId,
        signalingUrl: url,
        resumeSecret: hello.resumeSecret,
        ...(this.#iceServers.length > 0 && { iceServers: [...this.#iceServers] }),
      };
      return hello;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', hangUp);
    }
  }

  async #connect(url: string, signal: AbortSignal, firstTryMs?: number): Promise<SignalingConnection> {
    const socket = await openPersistently({ url, openSocket: this.#openSocket, signal, firstTryMs });
    const connection: SignalingConnection = new SignalingConnection(socket, {
      onNotification: (notification) => {
        if (connection === this.#connection) this.#events.onNotification(notification);
      },
      onClose: (code) => {
        if (connection !== this.#connection) return;
        this.#connection = null;
        this.#events.onDropped(code);
      },
    });
    return connection;
  }
}
