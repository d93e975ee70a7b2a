/**
 * The room's request for help on this box: called, written to and withdrawn by events for the fleet, which holds the request and
 * sends it back. What the fleet has not acknowledged yet is shown as `waiting`, also over a restart without the fleet.
 */
import { v7 } from 'uuid';
import type { ErrorCode } from '#contract/error-codes.ts';
import { type HelpOfRoom, HelpRequest } from '#contract/help-request.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import { z } from '#contract/schema.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import type { KeptValue } from '../store/kept-value.ts';

type CommandOf<N extends RoomCommand['name']> = Extract<RoomCommand, { name: N }>;
/** `withdrawnId`: by us, and the fleet may not know it yet. */
export const KeptHelp = z.object({ request: HelpRequest.nullable(), withdrawnId: z.string().nullable() });
type KeptHelp = z.infer<typeof KeptHelp>;

export type HelpCallOptions = {
  memory: KeptValue<typeof KeptHelp>;
  isOffered: () => boolean;
  record: (draft: RoomEventDraft) => void;
  onChange: () => void;
};

const MOST_MESSAGES = 20;
const isOpen = (request: HelpRequest | null): request is HelpRequest =>
  request !== null && request.state !== 'solved' && request.state !== 'withdrawn';

export class HelpCall {
  readonly #options: HelpCallOptions;
  /** written, and not in what the fleet has sent since */
  readonly #unsent = new Set<string>();
  #kept: KeptHelp;

  constructor(options: HelpCallOptions) {
    this.#options = options;
    this.#kept = options.memory.load() ?? { request: null, withdrawnId: null };
  }

  get request(): HelpRequest | null {
    return this.#kept.request;
  }

  /** The fleet's word on it, whole. */
  receive({ request }: Pick<HelpOfRoom, 'request'>): void {
    const { request: ours, withdrawnId } = this.#kept;
    // ours is on its way, or its withdrawal is: what the fleet has is older
    if (ours?.state === 'waiting' && request?.helpId !== ours.helpId) return;
    if (request && request.helpId === withdrawnId && isOpen(request)) return;
    // what was written and is not there yet stays shown
    for (const { messageId } of request?.messages ?? []) this.#unsent.delete(messageId);
    const unknown =
      ours && request?.helpId === ours.helpId
        ? ours.messages.filter(({ messageId }) => this.#unsent.has(messageId))
        : [];
    this.#keep({
      request: request && { ...request, messages: [...request.messages, ...unknown].slice(-MOST_MESSAGES) },
      withdrawnId: request?.helpId === withdrawnId ? withdrawnId : null,
    });
  }
  call({ topic, text }: CommandOf<'call-for-help'>): ErrorCode | null {
    if (!this.#options.isOffered() || isOpen(this.request)) return 'not-possible-now';
    const helpId = v7();
    const nowMs = Date.now();
    const messages: HelpRequest['messages'] =
      text === '' ? [] : [{ messageId: v7(), from: 'room', author: '', text, atMs: nowMs }];
    this.#options.record({ name: 'help-called', helpId, topic, text });
    this.#keep({ request: { helpId, topic, state: 'waiting', calledAtMs: nowMs, messages }, withdrawnId: null });
    return null;
  }

  write({ text }: CommandOf<'write-to-it'>): ErrorCode | null {
    const { request } = this;
    if (!isOpen(request)) return 'not-possible-now';
    const message = { messageId: v7(), from: 'room', author: '', text, atMs: Date.now() } as const;
    this.#options.record({ name: 'help-written', helpId: request.helpId, messageId: message.messageId, text });
    this.#unsent.add(message.messageId);
    this.#keep({
      ...this.#kept,
      request: { ...request, messages: [...request.messages, message].slice(-MOST_MESSAGES) },
    });
    return null;
  }

  withdraw(): ErrorCode | null {
    const { request } = this;
    if (!isOpen(request)) return 'not-possible-now';
    const { helpId } = request;
    this.#options.record({ name: 'help-withdrawn', helpId });
    this.#keep({ request: { ...request, state: 'withdrawn' }, withdrawnId: helpId });
    return null;
  }

  #keep(kept: KeptHelp): void {
    this.#kept = kept;
    this.#options.memory.save(kept);
    this.#options.onChange();
  }
}
