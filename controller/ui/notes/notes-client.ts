/**
 * A page's end of a meeting's notes: keeps one WebSocket up and one document of yjs. What is written here is kept until the
 * server has saved it, and sent again on the next connection. Nothing of the page's drawing.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import { codeOfClose, type ErrorCode } from '#contract/error-codes.ts';
import {
  MAX_NOTES_UPDATE_BYTES,
  type NotesAccess,
  type NotesLinkFromPage,
  NotesLinkToPage,
} from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { retryAfterMs } from '#contract/retry-after.ts';

/** Refusals that trying again does not mend. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'not-signed-in',
  'forbidden',
  'not-found',
  'bad-message',
  'client-too-old',
  'server-too-old',
]);
/** who may not write any more */
const ENDED_RIGHTS: ReadonlySet<ErrorCode> = new Set(['not-signed-in', 'forbidden', 'not-found']);
const RETRY = { firstMs: 150, longestMs: 2_000 };
/** what is typed within this time goes as one update */
const GATHER_MS = 60;
const PING_EVERY_MS = 4_000;
const ANSWER_WITHIN_MS = 4_000;

export type NotesSnapshot = {
  /** `loading`: never opened yet; `offline`: opened before, and the line is down; `ended`: for good, see `endedBy` */
  phase: 'loading' | 'open' | 'offline' | 'ended';
  endedBy: ErrorCode | null;
  /** the last try to reach the server failed */
  isUnanswered: boolean;
  access: NotesAccess;
  /** something that was written here is not saved yet */
  isUnsaved: boolean;
  /** what was written here last was refused, and is not in the notes of the others; `restart` drops it */
  refusedBy: ErrorCode | null;
};
/** The part of a browser's WebSocket that is used here. */
export type NotesSocket = Pick<WebSocket, 'close' | 'binaryType'> & {
  send: (data: string | Uint8Array<ArrayBuffer>) => void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};
type Dependencies = { meetingId: string; openSocket: () => NotesSocket; random?: () => number };

export class NotesClient {
  readonly #dependencies: Required<Dependencies>;
  readonly #listeners = new Set<() => void>();
  #doc: Y.Doc;
  #snapshot: NotesSnapshot = {
    phase: 'loading',
    endedBy: null,
    isUnanswered: false,
    access: 'read',
    isUnsaved: false,
    refusedBy: null,
  };
  #socket: NotesSocket | null = null;
  /** the server's state vector came: what is written goes out */
  #isSynced = false;
  #unsent: Uint8Array[] = [];
  /** sent on this connection and not saved yet, in their order */
  #underWay: Uint8Array[] = [];
  #savedCount = 0;
  /** null: what comes is applied at once */
  #held: Uint8Array[] | null = null;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #gatherTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(dependencies: Dependencies) {
    this.#dependencies = { random: Math.random, ...dependencies };
    this.#doc = this.#newDoc();
  }

  /** Another one after `restart`. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  start(): void {
    if (this.#socket === null && this.#snapshot.phase !== 'ended') this.#open();
  }

  /** Harmless twice. What is not saved goes out first where the line is up. */
  stop(): void {
    this.#flush();
    clearTimeout(this.#retryTimer);
    this.#drop();
    this.#doc.destroy();
  }

  /** For React's useSyncExternalStore; each change makes a new object. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): NotesSnapshot => this.#snapshot;

  /** The page is seen again, or the network is back: find out at once. */
  wake(): void {
    if (this.#snapshot.phase === 'ended') return;
    if (this.#socket === null) {
      clearTimeout(this.#retryTimer);
      this.#attempt = 0;
      this.#open();
    } else if (this.#isSynced) {
      this.#sendMessage({ type: 'ping' });
      this.#expectWithin(ANSWER_WITHIN_MS / 2);
    }
  }

  /**
   * While a letter is composed: what others write is kept aside, since an editor that redraws the line would end the
   * composition and double its letters. What is written here goes out all the same.
   */
  hold(): void {
    this.#held ??= [];
  }
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const update of held) Y.applyUpdate(this.#doc, update, this);
  }
  get isHolding(): boolean {
    return this.#held !== null && this.#held.length > 0;
  }

  /** Drops what was refused: the notes as the server has them, read from the start. */
  restart(): void {
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#doc.destroy();
    this.#doc = this.#newDoc();
    this.#unsent = [];
    this.#underWay = [];
    this.#held = null;
    this.#set({ phase: 'loading', endedBy: null, isUnsaved: false, refusedBy: null });
    this.#open();
  }

  #newDoc(): Y.Doc {
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#onWritten(update);
    });
    return doc;
  }

  #onWritten(update: Uint8Array): void {
    if (this.#snapshot.access !== 'write' || this.#snapshot.refusedBy !== null) return;
    if (update.length > MAX_NOTES_UPDATE_BYTES) {
      this.#refuse('notes-too-large');
      return;
    }
    this.#unsent.push(update);
    this.#set({ isUnsaved: true });
    this.#gatherTimer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    if (!this.#isSynced || this.#snapshot.access !== 'write') return;
    for (const update of gathered(this.#unsent.splice(0))) this.#sendUpdate(messageYjsUpdate, update);
  }

  #open(): void {
    const socket = this.#dependencies.openSocket();
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    const isCurrent = (): boolean => this.#socket === socket;
    socket.onopen = () => {
      const { meetingId } = this.#dependencies;
      if (isCurrent()) this.#sendMessage({ type: 'hello', protocol: PROTOCOL_VERSION, meetingId });
    };
    socket.onmessage = ({ data }) => {
      if (isCurrent()) this.#onMessage(data);
    };
    socket.onclose = ({ code }) => {
      if (isCurrent()) this.#onClosed(codeOfClose(code));
    };
    this.#expectWithin(ANSWER_WITHIN_MS * 2);
  }

  #onMessage(data: unknown): void {
    this.#stayAwake();
    if (typeof data !== 'string') {
      this.#onFrame(new Uint8Array(data as ArrayBuffer));
      return;
    }
    const { success, data: message } = NotesLinkToPage.safeParse(JSON.parse(data));
    if (!success) return;
    switch (message.type) {
      case 'welcome':
        this.#attempt = 0;
        this.#savedCount = 0;
        this.#set({ access: message.access, isUnanswered: false });
        this.#sendFrame(messageYjsSyncStep1, Y.encodeStateVector(this.#doc));
        return;
      case 'access':
        this.#set({ access: message.access });
        // what another right leaves unsaved will not be sent
        if (message.access === 'read' && this.#snapshot.isUnsaved) this.#refuse('forbidden');
        return;
      case 'saved':
        this.#underWay.splice(0, Math.max(0, message.count - this.#savedCount));
        this.#savedCount = Math.max(this.#savedCount, message.count);
        this.#set({ isUnsaved: this.#unsent.length + this.#underWay.length > 0 });
        return;
      case 'update-refused':
        this.#refuse(message.error.code);
        return;
      case 'error':
        if (FINAL.has(message.error.code)) this.#onClosed(message.error.code);
        return;
      case 'pong':
      case 'unknown':
    }
  }

  #onFrame(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    const kind = decoding.readVarUint(decoder);
    const content = decoding.readVarUint8Array(decoder);
    if (kind === messageYjsSyncStep1) {
      this.#sendLacking(content);
      return;
    }
    if (this.#held !== null) this.#held.push(content);
    else Y.applyUpdate(this.#doc, content, this);
    if (kind === messageYjsSyncStep2) this.#set({ phase: 'open' });
  }

  /** What the server lacks: in one update where that fits, else as it was written. */
  #sendLacking(serverState: Uint8Array): void {
    this.#isSynced = true;
    const waiting = [...this.#underWay.splice(0), ...this.#unsent.splice(0)];
    if (this.#snapshot.access !== 'write') {
      if (waiting.length > 0) this.#refuse('forbidden');
      return;
    }
    const lacking = Y.encodeStateAsUpdate(this.#doc, serverState);
    const fits = lacking.length <= MAX_NOTES_UPDATE_BYTES;
    // two bytes: nothing at all
    if (fits && lacking.length > 2) this.#sendUpdate(messageYjsSyncStep2, lacking);
    else if (!fits) for (const update of gathered(waiting)) this.#sendUpdate(messageYjsUpdate, update);
    this.#set({ isUnsaved: this.#underWay.length > 0 });
  }

  #refuse(code: ErrorCode): void {
    this.#unsent = [];
    this.#underWay = [];
    this.#set({ refusedBy: code, isUnsaved: false });
  }

  #onClosed(code: ErrorCode | null): void {
    this.#drop();
    if (code !== null && FINAL.has(code)) {
      this.#set({ phase: 'ended', endedBy: code });
      // of another right: the words are on the page still, and their person is to know
      if (ENDED_RIGHTS.has(code) && this.#snapshot.isUnsaved) this.#refuse('forbidden');
      return;
    }
    this.#set({ phase: this.#snapshot.phase === 'loading' ? 'loading' : 'offline', isUnanswered: true });
    const delayMs = retryAfterMs(this.#attempt, RETRY, this.#dependencies.random());
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#open(), delayMs);
  }

  #drop(): void {
    clearTimeout(this.#quietTimer);
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    this.#isSynced = false;
    this.#unsent = [...this.#underWay.splice(0), ...this.#unsent];
    socket?.close();
  }

  #stayAwake(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => {
      this.#sendMessage({ type: 'ping' });
      this.#expectWithin(ANSWER_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#onClosed(null), ms);
  }

  #sendUpdate(kind: number, update: Uint8Array): void {
    this.#underWay.push(update);
    this.#sendFrame(kind, update);
  }

  #sendFrame(kind: number, content: Uint8Array): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, content);
    this.#socket?.send(encoding.toUint8Array(encoder) as Uint8Array<ArrayBuffer>);
  }

  #sendMessage(message: NotesLinkFromPage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #set(changed: Partial<NotesSnapshot>): void {
    const before = this.#snapshot;
    const isSame = (Object.keys(changed) as (keyof NotesSnapshot)[]).every((key) => before[key] === changed[key]);
    if (isSame) return;
    this.#snapshot = { ...before, ...changed };
    for (const listener of this.#listeners) listener();
  }
}

/** In their order, as few as fit into updates. */
function gathered(updates: readonly Uint8Array[]): Uint8Array[] {
  const groups: Uint8Array[][] = [];
  let sizeBytes = Number.POSITIVE_INFINITY;
  for (const update of updates) {
    sizeBytes += update.length;
    if (sizeBytes > MAX_NOTES_UPDATE_BYTES / 2) {
      groups.push([]);
      sizeBytes = update.length;
    }
    groups.at(-1)!.push(update);
  }
  return groups.map((group) => (group.length === 1 ? group[0]! : Y.mergeUpdates(group)));
}
