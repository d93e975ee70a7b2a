/**
 * How the room comes by a grant for its meeting: asked of the fleet, or signed by this box where the fleet is gone. One
 * question at a time; answers to an older one are too late.
 */
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { OperationalError, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { GRANT_AWAITED_MS } from '#contract/timing.ts';
import type { RoomRequest, RoomResponse } from '#contract/topics.ts';
import type { RoomEvent } from '../room/room.ts';

/** What the fleet has to know of a booking to open its meeting; the invite never leaves agent and fleet. */
export type StartableBooking = { title: string; invite: string | null };
type Question = { id: string; bookingId: string | null };

export type GrantRequestsOptions = {
  publish: (request: RoomRequest) => void;
  isFleetOnline: () => boolean;
  /** null: it is not in the agenda any longer */
  bookingOf: (bookingId: string) => StartableBooking | null;
  /** the room's own meeting without the fleet; absent: that is not possible */
  mintGrant?: (() => Promise<CallGrant>) | undefined;
  onAnswer: (event: Extract<RoomEvent, { type: 'grant' | 'grant-refused' }>) => void;
  logger: Logger;
};

export class GrantRequests {
  readonly #options: GrantRequestsOptions;
  #question: Question | null = null;
  #awaited: NodeJS.Timeout | undefined;

  constructor(options: GrantRequestsOptions) {
    this.#options = options;
  }

  /** A booking that has gone from the calendar since is asked for as the room's own meeting. */
  ask(endedCallId: string | null, bookingId: string | null): void {
    const { publish, isFleetOnline, bookingOf } = this.#options;
    const question = { id: v7(), bookingId };
    clearTimeout(this.#awaited);
    this.#question = question;
    if (!isFleetOnline()) {
      this.#mint(question);
      return;
    }
    const known = bookingId === null ? null : bookingOf(bookingId);
    const booking = bookingId !== null && known !== null ? { bookingId, ...known } : null;
    publish({ name: 'request-grant', id: question.id, endedCallId, booking });
  }

  /** Asked a moment ago, and nobody is left to answer. */
  onFleetGone(): void {
    if (this.#question !== null) this.#mint(this.#question);
  }

  stop(): void {
    clearTimeout(this.#awaited);
    this.#question = null;
  }

  onResponse(response: Exclude<RoomResponse, { name: 'pairing-code-used' }>): void {
    if (response.name === 'grant') {
      this.#answered(response.id, { type: 'grant', grant: response.grant });
      return;
    }
    if (response.name === 'unknown') return;
    const { id, error } = response;
    this.#options.logger.warn({ code: error.code, detail: error.message }, 'the fleet refused');
    this.#answered(id, { type: 'grant-refused', code: error.code });
  }

  /** Of a booking only where its meeting is the room's own: whom another's invite lets in, the fleet alone knows. */
  #mint({ id, bookingId }: Question): void {
    const { bookingOf, mintGrant, logger } = this.#options;
    const isOthers = bookingId !== null && (bookingOf(bookingId)?.invite ?? null) !== null;
    const minted =
      isOthers || mintGrant === undefined
        ? Promise.reject(new OperationalError('no-media-node', 'without the fleet there is no way in'))
        : mintGrant();
    void minted.then(
      (grant) => this.#answered(id, { type: 'grant', grant }),
      (thrown: unknown) => {
        const { code, message } = toMaruError(thrown);
        logger.warn({ code, reason: message }, 'no grant without the fleet');
        if (this.#question?.id !== id) return;
        clearTimeout(this.#awaited);
        this.#awaited = setTimeout(() => this.#answered(id, { type: 'grant-refused', code }), GRANT_AWAITED_MS);
      },
    );
  }

  #answered(id: string | null, answer: Parameters<GrantRequestsOptions['onAnswer']>[0]): void {
    if (this.#question === null || id !== this.#question.id) return;
    clearTimeout(this.#awaited);
    this.#question = null;
    this.#options.onAnswer(answer);
  }
}
