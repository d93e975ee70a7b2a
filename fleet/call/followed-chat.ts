/**
 * The chat of a call as the node has it: each message once and in the node's order, over drops and reloads. A message of
 * ours is sent again after a drop until the node has answered: its id makes it one.
 */
import type { ChatMessage, ReadCount } from '#contract/chat.ts';
import { v7 as uuidv7 } from 'uuid';
import type { SendRequest } from './media-session.ts';

/** Which message it answers, and peerIds of those whom it names. */
export type ChatAbout = { replyTo?: string | undefined; mentions?: string[] | undefined };
type Unanswered = {
  readonly messageId: string;
  readonly text: string;
  readonly about: ChatAbout;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};
const NOBODY: ReadonlyMap<string, number> = new Map();
export type FollowedChatOptions = {
  ask: SendRequest;
  /** false: what fails now fails by the drop, and is sent again once we are back */
  isConnected: () => boolean;
  onChange: () => void;
};

export class FollowedChat {
  readonly #options: FollowedChatOptions;
  readonly #unanswered = new Map<string, Unanswered>();
  #messages: readonly ChatMessage[] = [];
  #recalledIds: readonly string[] = [];
  #readCounts: ReadonlyMap<string, number> = NOBODY;
  #callId: string | null = null;

  constructor(options: FollowedChatOptions) {
    this.#options = options;
  }

  /** In the node's order; the same array until something comes. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Also of messages that are not of this call: what the meeting's page has of before it. The same array until one comes. */
  get recalledIds(): readonly string[] {
    return this.#recalledIds;
  }

  /** By message, of our own newest ones that somebody has read. The same map until other counts come. */
  get readCounts(): ReadonlyMap<string, number> {
    return this.#readCounts;
  }

  /** Of a snapshot: what was there before stays, and what came meanwhile joins it. Another call's begins anew. */
  start(callId: string, messages: readonly ChatMessage[], recalled: readonly string[] = []): void {
    if (callId !== this.#callId) this.#forget();
    this.#callId = callId;
    this.#add(messages);
    for (const messageId of recalled) this.recalled(messageId);
    for (const each of this.#unanswered.values()) this.#send(each);
  }

  follow(message: ChatMessage): void {
    this.#add([message]);
  }

  /** Instead of the counts before. */
  readBy(reads: readonly ReadCount[]): void {
    this.#readCounts = new Map(reads.map(({ messageId, count }) => [messageId, count]));
  }

  /** Its place stays, the words go. */
  recalled(messageId: string): void {
    if (!this.#recalledIds.includes(messageId)) this.#recalledIds = [...this.#recalledIds, messageId];
    if (!this.#messages.some((each) => each.messageId === messageId && !each.isRecalled)) return;
    this.#messages = this.#messages.map((each) =>
      each.messageId === messageId ? { ...each, text: '', isRecalled: true } : each,
    );
  }

  /** Resolves once everybody gets it. @throws the node's refusal */
  send(text: string, messageId: string = uuidv7(), about: ChatAbout = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const each = { messageId, text, about, resolve, reject };
      this.#unanswered.set(messageId, each);
      this.#send(each);
    });
  }

  /** @returns whether there were older ones */
  async readOlder(): Promise<boolean> {
    const [oldest] = this.#messages;
    if (!oldest || oldest.number === 0) return false;
    const callId = this.#callId;
    const { messages } = await this.#options.ask('read-chat', { beforeNumber: oldest.number });
    if (callId !== this.#callId || messages.length === 0) return false;
    this.#add(messages);
    this.#options.onChange();
    return true;
  }

  /** The call is over for us. */
  end(reason: Error): void {
    for (const each of this.#unanswered.values()) each.reject(reason);
    this.#unanswered.clear();
    this.#forget();
    this.#callId = null;
  }

  #forget(): void {
    this.#messages = [];
    this.#recalledIds = [];
    this.#readCounts = NOBODY;
  }

  #send(each: Unanswered): void {
    this.#options.ask('send-chat', { messageId: each.messageId, text: each.text, ...each.about }).then(
      () => this.#settle(each, each.resolve),
      (error: unknown) => {
        if (this.#options.isConnected()) this.#settle(each, () => each.reject(error));
      },
    );
  }

  #settle(each: Unanswered, settle: () => void): void {
    if (this.#unanswered.get(each.messageId) !== each) return;
    this.#unanswered.delete(each.messageId);
    settle();
  }

  #add(messages: readonly ChatMessage[]): void {
    const known = new Set(this.#messages.map(({ messageId }) => messageId));
    const fresh = messages.filter(({ messageId }) => !known.has(messageId));
    if (fresh.length === 0) return;
    this.#messages = [...this.#messages, ...fresh].toSorted((a, b) => a.number - b.number);
  }
}
