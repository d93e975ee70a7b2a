/**
 * The polls of a call as the node has them, with our own answers, over drops and reloads. An answer of ours is shown at once, and
 * sent again after a drop until the node has answered: the node counts a person's last answer alone.
 */
import type { CallPoll, OwnAnswer, SeenPoll } from '#contract/polls.ts';
import type { SendRequest } from './media-session.ts';

type Unanswered = {
  readonly choices: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};
export type FollowedPollsOptions = {
  ask: SendRequest;
  /** false: what fails now fails by the drop, and is sent again once we are back */
  isConnected: () => boolean;
  onChange: () => void;
};

export class FollowedPolls {
  readonly #options: FollowedPollsOptions;
  /** by poll, the newest alone */
  readonly #unanswered = new Map<string, Unanswered>();
  readonly #own = new Map<string, readonly number[]>();
  #known: readonly CallPoll[] = [];
  #seen: readonly SeenPoll[] = [];

  constructor(options: FollowedPollsOptions) {
    this.#options = options;
  }

  /** In their order; the same array until something changes. */
  get polls(): readonly SeenPoll[] {
    return this.#seen;
  }

  /** Of a snapshot. */
  start(polls: readonly CallPoll[], ownAnswers: readonly OwnAnswer[]): void {
    this.#known = polls;
    this.#own.clear();
    for (const { pollId, choices } of ownAnswers) this.#own.set(pollId, choices);
    this.#compose();
    for (const [pollId, each] of this.#unanswered) this.#send(pollId, each);
  }

  follow(poll: CallPoll): void {
    const isKnown = this.#known.some(({ pollId }) => pollId === poll.pollId);
    this.#known = isKnown
      ? this.#known.map((other) => (other.pollId === poll.pollId ? poll : other))
      : [...this.#known, poll];
    this.#compose();
  }

  answered({ pollId, choices }: OwnAnswer): void {
    this.#own.set(pollId, choices);
    this.#compose();
  }

  /** In place of the former answer. Resolves once it counts, or a newer one of ours does. @throws the node's refusal */
  answer(pollId: string, choices: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const former = this.#unanswered.get(pollId);
      const each = {
        choices,
        resolve: () => {
          former?.resolve();
          resolve();
        },
        reject: (error: unknown) => {
          former?.reject(error);
          reject(error);
        },
      };
      this.#unanswered.set(pollId, each);
      this.#changed();
      this.#send(pollId, each);
    });
  }

  /** The call is over for us. */
  end(reason: Error): void {
    for (const each of this.#unanswered.values()) each.reject(reason);
    this.#unanswered.clear();
    this.#own.clear();
    this.#known = [];
    this.#compose();
  }

  #send(pollId: string, each: Unanswered): void {
    this.#options.ask('answer-poll', { pollId, choices: [...each.choices] }).then(
      () => {
        this.#own.set(pollId, each.choices);
        this.#settle(pollId, each, each.resolve);
      },
      (error: unknown) => {
        if (this.#options.isConnected()) this.#settle(pollId, each, () => each.reject(error));
      },
    );
  }

  #settle(pollId: string, each: Unanswered, settle: () => void): void {
    if (this.#unanswered.get(pollId) !== each) return;
    this.#unanswered.delete(pollId);
    settle();
    this.#changed();
  }

  #changed(): void {
    this.#compose();
    this.#options.onChange();
  }

  #compose(): void {
    this.#seen = this.#known.map((poll) => ({
      ...poll,
      ownChoices: [...(this.#unanswered.get(poll.pollId)?.choices ?? this.#own.get(poll.pollId) ?? [])],
    }));
  }
}
