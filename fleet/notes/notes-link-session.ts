/**
 * One page's link to the notes of one meeting, from its hello to its close: rights before each update and each 0.7 s, sizes,
 * refusals. A frame that breaks the protocol ends this link alone.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import { type ErrorCode, MaruError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { type NotesAccess, NotesLinkFromPage, type NotesLinkToPage } from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import { helloIn, messageIn, ServedLink } from '#edge/served-link.ts';
import { checkStateVector } from './note-update.ts';
import type { Notes } from './notes.ts';
import type { NotesFollower, OpenNotes } from './open-notes.ts';

/** within which a right that ended or changed takes effect */
export const ACCESS_CHECK_MS = 700;
/** a right that was read is read again after so long, whatever changed: a session is used by that, and does not idle */
const RIGHTS_AGE_MS = 60_000;
const MAX_BUFFERED_BYTES = 6 * 1024 * 1024;

/** What the caller may do with a meeting's notes now, until their session ends by its age. @throws UserError not-signed-in, forbidden */
export type NotesRights = (meetingId: string) => Promise<GrantedNotes & { expiresAtMs: number }>;
type GrantedNotes = { accountId: string; access: NotesAccess };

export type NotesLinkSessionOptions = {
  socket: WebSocket;
  network: string;
  notes: Notes;
  rights: NotesRights;
  /** its person is known */
  onProven: (accountId: string) => void;
  logger: Logger;
};
type Admitted = { meetingId: string; opened: OpenNotes; follower: NotesFollower; unfollow: () => void };

export class NotesLinkSession {
  readonly #options: NotesLinkSessionOptions;
  readonly #link: ServedLink<NotesLinkToPage>;
  #checks: NodeJS.Timeout | undefined;
  /** messages are handled in their order */
  #turn: Promise<void> = Promise.resolve();
  #admitted: Admitted | null = null;
  #isGreeted = false;
  #access: NotesAccess = 'read';
  #updateCount = 0;
  #isChecking = false;
  #known: { granted: GrantedNotes; revision: number; readAtMs: number; expiresAtMs: number } | null = null;
  accountId: string | null = null;

  constructor(options: NotesLinkSessionOptions) {
    this.#options = options;
    const { socket, network, logger } = options;
    this.#link = new ServedLink({
      ...{ name: 'notes link', socket, network, logger, maxBufferedBytes: MAX_BUFFERED_BYTES },
      // a person who types sends at most ten a second; who comes back may send some at once
      flood: new TokenBucket({ burst: 200, refillPerMinute: 30 * 60 }),
      onMessage: (data, isBinary) => {
        this.#turn = this.#turn.then(() => this.#handle(data, isBinary)).catch((thrown) => this.#objectTo(thrown));
      },
      onEnd: () => {
        clearInterval(this.#checks);
        this.#admitted?.unfollow();
      },
      who: () => ({ accountId: this.accountId }),
    });
  }

  start(): void {
    this.#link.start();
  }

  checkAlive(): void {
    this.#link.checkAlive();
  }

  /** Sends the reason, then closes. */
  refuse(code: ErrorCode, reason?: string): void {
    this.#link.refuse(code, reason);
  }

  async #handle(data: RawData, isBinary: boolean): Promise<void> {
    // what a page sent right before it was closed counts
    if (this.#link.isRefused || (this.#link.isClosed && !this.#isGreeted)) return;
    if (!this.#isGreeted) return this.#greet(messageIn(data, isBinary));
    if (isBinary) return this.#handleFrame(new Uint8Array(data as Buffer));
    const message = NotesLinkFromPage.parse(messageIn(data, isBinary));
    if (message.type === 'hello') throw new ProtocolError('bad-message', 'a link has one hello');
    this.#link.send({ type: 'pong' });
  }

  async #greet(raw: unknown): Promise<void> {
    const { notes, onProven, logger } = this.#options;
    const { meetingId } = helloIn(Hello, raw);
    const { accountId, access } = await this.#rightsIn(meetingId);
    const opened = await notes.open(meetingId);
    while (opened.rereading !== null) await opened.rereading;
    if (this.#link.isClosed) return;
    // from here to the end without a wait: no update is lost between the state vector and those that follow
    this.#link.greeted();
    this.#isGreeted = true;
    this.accountId = accountId;
    this.#access = access;
    onProven(accountId);
    const follower: NotesFollower = {
      onUpdate: (update) => this.#sendFrame(messageYjsUpdate, update),
      onFailed: (error) => this.refuse(error instanceof MaruError ? error.code : 'internal'),
    };
    this.#admitted = { meetingId, opened, follower, unfollow: opened.follow(follower) };
    this.#checks = setInterval(() => void this.#check(), ACCESS_CHECK_MS);
    this.#checks.unref();
    this.#link.send({ type: 'welcome', protocol: PROTOCOL_VERSION, meetingId, access });
    this.#sendFrame(messageYjsSyncStep1, Y.encodeStateVector(opened.doc));
    logger.info({ meetingId, accountId, access }, 'notes link open');
  }

  async #handleFrame(frame: Uint8Array): Promise<void> {
    const { kind, content } = frameIn(frame);
    const { opened, follower, meetingId } = this.#admitted!;
    if (kind === messageYjsSyncStep1) {
      checkStateVector(content);
      while (opened.rereading !== null) await opened.rereading;
      this.#sendFrame(messageYjsSyncStep2, Y.encodeStateAsUpdate(opened.doc, content));
      return;
    }
    this.#updateCount += 1;
    const count = this.#updateCount;
    try {
      const { access } = await this.#rightsIn(meetingId);
      this.#setAccess(access);
      if (access !== 'write') throw new UserError('forbidden', 'read only');
      while (opened.rereading !== null) await opened.rereading;
      const applied = opened.apply(content, follower);
      // the next one is handled meanwhile: several share a commit
      void applied.then(
        () => this.#link.send({ type: 'saved', count }),
        (thrown: unknown) => this.#objectToUpdate(thrown),
      );
    } catch (thrown) {
      this.#objectToUpdate(thrown);
    }
  }

  /** What the person can do something about drops the update; all else ends the link. */
  #objectToUpdate(thrown: unknown): void {
    const error = toMaruError(thrown);
    if (error.code !== 'forbidden' && error.code !== 'notes-too-large') {
      this.#objectTo(thrown);
      return;
    }
    const { network, logger } = this.#options;
    logger.warn({ network, accountId: this.accountId, code: error.code }, 'an update of notes is dropped');
    this.#link.send({ type: 'update-refused', error: error.toWire() });
  }

  /** As the store has them now: read again where something was committed since that may have changed them. */
  async #rightsIn(meetingId: string): Promise<GrantedNotes> {
    const { rights, notes } = this.#options;
    const { rightsRevision: revision } = notes;
    const known = this.#known;
    const isFresh = known?.revision === revision && performance.now() - known.readAtMs < RIGHTS_AGE_MS;
    if (known && isFresh && Date.now() < known.expiresAtMs) return known.granted;
    this.#known = null;
    const readAtMs = performance.now();
    const { accountId, access, expiresAtMs } = await rights(meetingId);
    if (this.accountId !== null && this.accountId !== accountId)
      throw new UserError('not-signed-in', 'another account');
    const isWritable = access === 'write' && (await notes.isWritable(meetingId));
    const granted: GrantedNotes = { accountId, access: isWritable ? 'write' : 'read' };
    this.#known = { granted, revision, readAtMs, expiresAtMs };
    return granted;
  }

  async #check(): Promise<void> {
    if (this.#isChecking || this.#link.isClosed) return;
    this.#isChecking = true;
    try {
      this.#setAccess((await this.#rightsIn(this.#admitted!.meetingId)).access);
    } catch (thrown) {
      // a disk that cannot be read ends nobody's right
      if (thrown instanceof UserError || thrown instanceof ProtocolError) this.refuse(thrown.code, thrown.message);
    } finally {
      this.#isChecking = false;
    }
  }

  #setAccess(access: NotesAccess): void {
    if (this.#access === access) return;
    this.#access = access;
    this.#link.send({ type: 'access', access });
  }

  #objectTo(thrown: unknown): void {
    if (this.#link.isClosed) return;
    const error = toMaruError(thrown);
    if (error.code === 'internal')
      this.#options.logger.error({ err: error.cause, accountId: this.accountId }, 'notes link message failed');
    this.refuse(error.code, error.message);
  }

  #sendFrame(kind: number, content: Uint8Array): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, content);
    this.#link.sendBytes(encoding.toUint8Array(encoder));
  }
}

const [Hello] = NotesLinkFromPage.options;
const FRAME_KINDS: readonly number[] = [messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate];

/** @throws ProtocolError bad-message */
function frameIn(frame: Uint8Array): { kind: number; content: Uint8Array } {
  const decoder = decoding.createDecoder(frame);
  try {
    const kind = decoding.readVarUint(decoder);
    const content = decoding.readVarUint8Array(decoder);
    if (FRAME_KINDS.includes(kind) && !decoding.hasContent(decoder)) return { kind, content };
  } catch (error) {
    throw new ProtocolError('bad-message', 'a damaged frame', { cause: error });
  }
  throw new ProtocolError('bad-message', 'no frame of the protocol');
}
