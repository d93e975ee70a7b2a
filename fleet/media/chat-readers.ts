/**
 * Who has read the chat of one call: of each person the newest message that a page of theirs showed, which grows only. Writers get
 * the counts of their own newest messages, and the fleet the marks: gathered, and at a pace, however many read.
 */
import { MAX_READERS, type ReadCount, READS_SHOWN } from '#contract/chat.ts';
import type { NodeCommand } from '#contract/node-link.ts';
import type { SignalingNotification } from '#contract/signaling.ts';
import type { CallChat } from './call-chat.ts';
import type { CallEventDraft } from './call-listener.ts';
import { personOf } from './call-roles.ts';
import type { MediaSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

/** Guests who come by a link without a seat are somebody else at each entry. */
const MOST_GUESTS = 2_000;
const ACCOUNT = 'account:';
/** of one event */
const MOST_AT_ONCE = 100;

type ReaderPeer = Pick<Peer, 'displayName' | 'claims'>;
type WriterPeer = Pick<Peer, 'claims' | 'notify'>;
/** `wasInCall`: guests learn the names of nobody else */
type Mark = { number: number; messageId: string; displayName: string; wasInCall: boolean };
export type ChatReadersOptions = {
  settings: Pick<MediaSettings, 'chatReadsEveryMs'>;
  chat: Pick<CallChat, 'placeOf' | 'newestOf'>;
  /** who has a snapshot, and is to get changes */
  live: () => readonly WriterPeer[];
  onEvent: (draft: CallEventDraft) => void;
};

export class ChatReaders {
  readonly #options: ChatReadersOptions;
  /** by person */
  readonly #marks = new Map<string, Mark>();
  #guestCount = 0;
  /** persons whose mark the fleet has not */
  readonly #unreported = new Set<string>();
  /** as text, what a writer was sent last */
  readonly #sent = new WeakMap<WriterPeer, string>();
  #pause: NodeJS.Timeout | null = null;

  constructor(options: ChatReadersOptions) {
    this.#options = options;
  }

  /** One that is older than the person's mark, or not kept any more, changes nothing; nor does a room, which is many. */
  mark(peer: ReaderPeer, messageId: string): void {
    const { displayName, claims } = peer;
    if (!isSomebody(peer)) return;
    const person = personOf(claims);
    if (this.#set(person, { messageId, displayName, wasInCall: true })) this.#unreported.add(person);
  }

  /** On the meeting's page: the fleet has it already, and guests do not learn who it was. */
  markByFleet({ person, displayName, messageId }: Extract<NodeCommand, { name: 'mark-chat-read' }>): void {
    this.#set(person, { messageId, displayName, wasInCall: this.#marks.get(person)?.wasInCall ?? false });
  }

  /** Of the person's newest messages those that somebody has read. */
  countsFor({ claims }: Pick<Peer, 'claims'>): ReadCount[] {
    return this.#options.chat.newestOf(personOf(claims), READS_SHOWN).flatMap(({ messageId, number }) => {
      const count = this.#namesOf(claims, number).length;
      return count === 0 ? [] : [{ messageId, count }];
    });
  }

  /** Who has read it, by name: for its writer. Nobody has read what is recalled, not kept, or somebody else's. */
  namesFor({ claims }: Pick<Peer, 'claims'>, messageId: string): string[] {
    const place = this.#options.chat.placeOf(messageId);
    if (!place || place.isRecalled || place.person !== personOf(claims)) return [];
    return this.#namesOf(claims, place.number)
      .toSorted((a, b) => a.localeCompare(b))
      .slice(0, MAX_READERS);
  }

  /** The fleet gets what it has not, before the end of the call. */
  close(): void {
    if (this.#pause) clearTimeout(this.#pause);
    this.#pause = null;
    this.#report();
  }

  #set(person: string, mark: Omit<Mark, 'number'>): boolean {
    const place = this.#options.chat.placeOf(mark.messageId);
    const before = this.#marks.get(person);
    if (!place) return false;
    if (before && before.number >= place.number) {
      before.wasInCall ||= mark.wasInCall;
      return false;
    }
    if (!before && !person.startsWith(ACCOUNT)) {
      if (this.#guestCount >= MOST_GUESTS) return false;
      this.#guestCount += 1;
    }
    this.#marks.set(person, { ...mark, number: place.number });
    this.#pause ??= setTimeout(() => {
      this.#pause = null;
      this.#report();
      this.#sendCounts();
    }, this.#options.settings.chatReadsEveryMs);
    return true;
  }

  #report(): void {
    const reads = [...this.#unreported].map((person) => {
      const { messageId, displayName } = this.#marks.get(person)!;
      return { person, displayName, messageId };
    });
    this.#unreported.clear();
    for (let from = 0; from < reads.length; from += MOST_AT_ONCE)
      this.#options.onEvent({ name: 'chat-read', reads: reads.slice(from, from + MOST_AT_ONCE) });
  }

  #sendCounts(): void {
    for (const peer of this.#options.live()) {
      const reads = this.countsFor(peer);
      const text = JSON.stringify(reads);
      if (reads.length === 0 || this.#sent.get(peer) === text) continue;
      this.#sent.set(peer, text);
      peer.notify({ event: 'chat-read', data: { reads } } satisfies SignalingNotification);
    }
  }

  #namesOf(writerClaims: Peer['claims'], number: number): string[] {
    const writer = personOf(writerClaims);
    return [...this.#marks].flatMap(([person, mark]) => {
      const isShown = mark.wasInCall || !writerClaims.isGuest;
      return isShown && person !== writer && mark.number >= number ? [mark.displayName] : [];
    });
  }
}

/** Neither a room nor its laptop, before which sit many or nobody, nor a program. */
const isSomebody = ({ claims: { peerKind, issuedTo } }: ReaderPeer): boolean =>
  peerKind === 'person' && issuedTo === null;
