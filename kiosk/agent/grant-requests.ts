/**
 * How the room comes by a grant for its meeting: asked of the fleet, or signed by this box where the fleet is gone. One
 * question at a time; answers to an older one are too late.
 */
import type { Logger } from 'pino';
import { OperationalError, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { GRANT_AWAITED_MS } from '#contract/timing.ts';
import type { RoomMachineEvent } from '../room/room.ts';
import type { FleetRequests } from './fleet-requests.ts';

/** What the fleet has to know of a booking to open its meeting; the invite never leaves agent and fleet. */
export type StartableBooking = {
  title: string;
  invite: string | null;
  /** a person made it for the room */
  meetingId?: string;
};
type Question = { bookingId: string | null; requestId: string | null };

export type GrantRequestsOptions = {
  requests: Pick<FleetRequests, 'requestGrant' | 'forget'>;
  isFleetOnline: () => boolean;
  /** null: it is not in the agenda any longer */
  bookingOf: (bookingId: string) => StartableBooking | null;
  /** the room's own meeting without the fleet; absent: that is not possible */
  mintGrant?: (() => Promise<CallGrant>) | undefined;
  onAnswer: (event: Extract<RoomMachineEvent, { type: 'grant' | 'grant-refused' }>) => void;
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
    const { requests, isFleetOnline, bookingOf } = this.#options;
    this.stop();
    const question: Question = { bookingId, requestId: null };
    this.#question = question;
    if (!isFleetOnline()) {
      this.#mint(question);
      return;
    }
    const known = bookingId === null ? null : bookingOf(bookingId);
    const booking = bookingId !== null && known !== null ? { bookingId, ...known } : null;
    question.requestId = requests.requestGrant({ endedCallId, booking }, (response) =>
      this.#answered(
        question,
        response.name === 'grant'
          ? { type: 'grant', grant: response.grant }
          : { type: 'grant-refused', code: response.name === 'refused' ? response.error.code : 'internal' },
      ),
    );
  }

  /** Asked a moment ago, and nobody is left to answer. */
  onFleetGone(): void {
    if (this.#question !== null) this.#mint(this.#question);
  }

  stop(): void {
    clearTimeout(this.#awaited);
    if (this.#question?.requestId) this.#options.requests.forget(this.#question.requestId);
    this.#question = null;
  }

  /** Of a booking only where its meeting is the room's own: whom another's invite lets in, the fleet alone knows. */
  #mint(question: Question): void {
    const { bookingId } = question;
    const { bookingOf, mintGrant, logger } = this.#options;
    const known = bookingId === null ? null : bookingOf(bookingId);
    const isOthers = known !== null && (known.invite !== null || known.meetingId !== undefined);
    const minted =
      isOthers || mintGrant === undefined
        ? Promise.reject(new OperationalError('no-media-node', 'without the fleet there is no way in'))
        : mintGrant();
    void minted.then(
      (grant) => this.#answered(question, { type: 'grant', grant }),
      (thrown: unknown) => {
        const { code, message } = toMaruError(thrown);
        logger.warn({ code, reason: message }, 'no grant without the fleet');
        if (this.#question !== question) return;
        clearTimeout(this.#awaited);
        this.#awaited = setTimeout(() => this.#answered(question, { type: 'grant-refused', code }), GRANT_AWAITED_MS);
      },
    );
  }

  #answered(question: Question, answer: Parameters<GrantRequestsOptions['onAnswer']>[0]): void {
    if (this.#question !== question) return;
    this.stop();
    this.#options.onAnswer(answer);
  }
}
