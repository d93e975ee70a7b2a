/**
 * The chat of one call: numbers messages, keeps the newest within a bound of messages and bytes, and lets who comes later read
 * them. Text alone; who was removed leaves their words behind. The fleet keeps what it is notified of with the meeting.
 */
import { CHAT_MESSAGES_KEPT, type ChatMention, type ChatMessage, RECALL_WITHIN_MS } from '#contract/chat.ts';
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import { bytesOf } from '#contract/shown-text.ts';
import type { NodeCommand } from '#contract/node-link.ts';
import type { RequestOf } from '#contract/signaling.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import { personOf } from './call-roles.ts';
import type { MediaSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

/** of a call, serialised */
const MOST_BYTES = 1024 * 1024;
/** of a snapshot or of one answer: a slow line has more to carry at that moment */
const MOST_BYTES_AT_ONCE = 32 * 1024;

/** of those that are not kept, whose recall is known to pages that come back */
const MOST_RECALLED_BEFORE = 100;

export type CallChatOptions = {
  settings: Pick<MediaSettings, 'chatBurst' | 'chatPerMinute'>;
  joined: () => readonly Sender[];
  /** to everybody who is in; `by`: who wrote it and whom it names, null: on the meeting's page, so that the fleet has it */
  onMessage: (message: ChatMessage, by: WrittenBy | null) => void;
  /** to everybody who is in; `by`: who recalled it and whose it was, null: on the meeting's page, so that the fleet has it */
  onRecalled: (messageId: string, by: { byPeerId: string; person: string } | null) => void;
};

type Kept = { message: ChatMessage; sizeBytes: number; person: string };
/** `mentioned`: by person. */
type WrittenBy = { person: string; mentioned: { person: string; name: string }[] };
type Sender = Pick<Peer, 'peerId' | 'displayName' | 'claims'>;
type Recaller = Pick<Peer, 'peerId' | 'claims' | 'permissions'>;

export class CallChat {
  readonly #options: CallChatOptions;
  readonly #limits = new WeakMap<Sender, TokenBucket>();
  readonly #kept: Kept[] = [];
  /** by message: its sender. Of the newest, also of some that are not kept any more */
  readonly #senders = new Map<string, string>();
  /** by the fleet, of those that are not kept: written before the call, or too long ago */
  readonly #recalledBefore = new Set<string>();
  #sizeBytes = 0;
  #next = 0;

  constructor(options: CallChatOptions) {
    this.#options = options;
  }

  /** The newest that fit, in their order. */
  get newest(): ChatMessage[] {
    return this.before(this.#next);
  }

  /** The newest of those with a lower number, in their order, as many as fit. */
  before(number: number): ChatMessage[] {
    const older = this.#kept.filter(({ message }) => message.number < number);
    let sizeBytes = 0;
    const tooOld = older.findLastIndex((each) => {
      sizeBytes += each.sizeBytes;
      return sizeBytes > MOST_BYTES_AT_ONCE;
    });
    return older.slice(tooOld + 1).map(({ message }) => message);
  }

  /** The same message again is one. @throws UserError too-many-attempts; InvalidStateError not-possible-now */
  send(peer: Sender, request: RequestOf<'send-chat'>, nowMs = Date.now()): void {
    const { messageId, text, replyTo, mentions = [] } = request;
    const sender = this.#senders.get(messageId);
    if (sender === peer.peerId) return;
    if (sender !== undefined)
      throw new InvalidStateError('not-possible-now', 'a message of this id is somebody else’s');
    if (!this.#limitOf(peer).take()) throw new UserError('too-many-attempts', 'too many messages');
    const { peerId, displayName, claims } = peer;
    const named = mentions.length === 0 ? [] : this.#options.joined().filter((each) => mentions.includes(each.peerId));
    const written = {
      ...{ messageId, peerId, displayName, isGuest: claims.isGuest, text, atMs: nowMs },
      ...(replyTo !== undefined && { replyTo }),
      ...(named.length > 0 && { mentions: named.map((each) => ({ peerId: each.peerId, name: each.displayName })) }),
    };
    const person = personOf(claims);
    const mentioned = named.map((each) => ({ person: personOf(each.claims), name: each.displayName }));
    this.#options.onMessage(this.#add(written, person), { person, mentioned });
  }

  /** From the meeting's page, by the fleet. */
  post(command: Extract<NodeCommand, { name: 'post-chat' }>): void {
    const { messageId, displayName, person, text, atMs, replyTo, mentioned = [] } = command;
    if (this.#senders.has(messageId)) return;
    const mentions = mentioned.flatMap((each): ChatMention[] => {
      const peers = this.#options.joined().filter(({ claims }) => personOf(claims) === each.person);
      return peers.length > 0 ? peers.map(({ peerId }) => ({ peerId, name: each.name })) : [{ name: each.name }];
    });
    const written = {
      // its writer is nobody's peer
      ...{ messageId, peerId: messageId, displayName, isGuest: false, text, atMs },
      ...(replyTo !== undefined && { replyTo }),
      ...(mentions.length > 0 && { mentions }),
    };
    this.#options.onMessage(this.#add(written, person), null);
  }

  /**
   * By who wrote it, at whichever entry, or by a host.
   * @throws UserError forbidden; InvalidStateError not-possible-now: after RECALL_WITHIN_MS, or it is not kept any more
   */
  recall({ peerId, claims, permissions }: Recaller, messageId: string, nowMs = Date.now()): void {
    const kept = this.#keptOf(messageId);
    if (!kept) throw new InvalidStateError('not-possible-now', 'no such message is kept');
    const { message, person } = kept;
    if (message.peerId !== peerId && person !== personOf(claims) && !permissions.rights.includes('order'))
      throw new UserError('forbidden', 'somebody else wrote it');
    if (nowMs - message.atMs > RECALL_WITHIN_MS)
      throw new InvalidStateError('not-possible-now', 'it was written too long ago');
    this.#recall(kept, peerId);
  }

  /** On the meeting's page: the fleet has decided it. Also of a message from before the call, which pages have from the fleet. */
  recallByFleet(messageId: string): void {
    const kept = this.#keptOf(messageId);
    if (kept) this.#recall(kept, null);
    if (kept || this.#recalledBefore.has(messageId)) return;
    this.#recalledBefore.add(messageId);
    const [oldest] = this.#recalledBefore;
    if (this.#recalledBefore.size > MOST_RECALLED_BEFORE) this.#recalledBefore.delete(oldest!);
    this.#options.onRecalled(messageId, null);
  }

  /** Of those that are kept, and the newest of the others. */
  get recalled(): string[] {
    const kept = this.#kept.filter(({ message }) => message.isRecalled).map(({ message }) => message.messageId);
    return [...this.#recalledBefore, ...kept];
  }

  /** Of one that is kept. */
  placeOf(messageId: string): { number: number; person: string; isRecalled: boolean } | null {
    const kept = this.#keptOf(messageId);
    return kept ? { number: kept.message.number, person: kept.person, isRecalled: !!kept.message.isRecalled } : null;
  }

  /** Of a person, the newest first; those that are recalled are left out. */
  newestOf(person: string, most: number): Pick<ChatMessage, 'messageId' | 'number'>[] {
    const newest: ChatMessage[] = [];
    for (let at = this.#kept.length - 1; at >= 0 && newest.length < most; at--) {
      const kept = this.#kept[at]!;
      if (kept.person === person && !kept.message.isRecalled) newest.push(kept.message);
    }
    return newest;
  }

  #keptOf(messageId: string): Kept | undefined {
    return this.#kept.find(({ message }) => message.messageId === messageId);
  }

  #recall(kept: Kept, byPeerId: string | null): void {
    const { message } = kept;
    if (message.isRecalled) return;
    const { mentions: _, ...place } = message;
    kept.message = { ...place, text: '', isRecalled: true };
    this.#sizeBytes -= kept.sizeBytes;
    kept.sizeBytes = bytesOf(JSON.stringify(kept.message));
    this.#sizeBytes += kept.sizeBytes;
    this.#options.onRecalled(message.messageId, byPeerId === null ? null : { byPeerId, person: kept.person });
  }

  #add(written: Omit<ChatMessage, 'number'>, person: string): ChatMessage {
    const message = { ...written, number: this.#next++ };
    this.#keep(message, person);
    return message;
  }

  #keep(message: ChatMessage, person: string): void {
    const sizeBytes = bytesOf(JSON.stringify(message));
    this.#kept.push({ message, sizeBytes, person });
    this.#sizeBytes += sizeBytes;
    while (this.#kept.length > CHAT_MESSAGES_KEPT || this.#sizeBytes > MOST_BYTES)
      this.#sizeBytes -= this.#kept.shift()!.sizeBytes;
    this.#senders.set(message.messageId, message.peerId);
    if (this.#senders.size <= 2 * CHAT_MESSAGES_KEPT) return;
    const [oldest] = this.#senders.keys();
    this.#senders.delete(oldest!);
  }

  #limitOf(peer: Sender): TokenBucket {
    const known = this.#limits.get(peer);
    if (known) return known;
    const { chatBurst, chatPerMinute } = this.#options.settings;
    const limit = new TokenBucket({ burst: chatBurst, refillPerMinute: chatPerMinute });
    this.#limits.set(peer, limit);
    return limit;
  }
}
