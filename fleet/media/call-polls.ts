/**
 * The polls of one call: one runs at a time, each person answers once. Everybody gets the same numbers from here; whose answer it
 * is leaves the node with the result of an open poll alone.
 */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { type CallPoll, type OwnAnswer, type PollDraft, POLLS_KEPT } from '#contract/polls.ts';
import { bytesOf } from '#contract/shown-text.ts';
import type { RequestOf, SignalingNotification } from '#contract/signaling.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import type { CallEventDraft } from './call-listener.ts';
import { personOf } from './call-roles.ts';
import type { MediaSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';
import { PollAnswers } from './poll-answers.ts';

/** of a snapshot, besides the newest poll */
const MOST_BYTES_AT_ONCE = 32 * 1024;

type PollPeer = Pick<Peer, 'peerId' | 'displayName' | 'claims' | 'notify'>;
export type CallPollsOptions = {
  settings: Pick<MediaSettings, 'pollActsBurst' | 'pollActsPerMinute' | 'pollCountsEveryMs' | 'pollShownMs'>;
  joined: () => PollPeer[];
  onEvent: (draft: CallEventDraft) => void;
  /** to everybody who has their snapshot */
  tell: (notification: SignalingNotification) => void;
};

type Kept = {
  pollId: string;
  draft: PollDraft;
  answers: PollAnswers;
  startedBy: string;
  byPerson: string;
  startedAtMs: number;
  endedAtMs: number | null;
  isShown: boolean;
};

export class CallPolls {
  readonly #options: CallPollsOptions;
  readonly #limits = new WeakMap<PollPeer, TokenBucket>();
  /** in their order */
  #polls: Kept[] = [];
  /** while it runs, changed counts wait */
  #pause: NodeJS.Timeout | null = null;
  #hasChanged = false;
  #shown: NodeJS.Timeout | null = null;

  constructor(options: CallPollsOptions) {
    this.#options = options;
  }

  /** In their order; the newest, and of those before as many as fit. */
  seenBy(peer: PollPeer): { polls: CallPoll[]; ownAnswers: OwnAnswer[] } {
    const polls: CallPoll[] = [];
    let sizeBytes = 0;
    for (const kept of this.#polls.toReversed()) {
      const poll = this.#toPoll(kept);
      sizeBytes += bytesOf(JSON.stringify(poll));
      if (polls.length > 0 && sizeBytes > MOST_BYTES_AT_ONCE) break;
      polls.unshift(poll);
    }
    const person = personOf(peer.claims);
    const ownAnswers = this.#polls.map(({ pollId, answers }) => ({ pollId, choices: answers.choicesOf(person) }));
    return { polls, ownAnswers: ownAnswers.filter(({ choices }) => choices.length > 0) };
  }

  /** The same poll again is one. @throws UserError too-many-attempts; InvalidStateError not-possible-now: one runs */
  start(peer: PollPeer, { pollId, draft }: RequestOf<'start-poll'>, nowMs = Date.now()): void {
    const byPerson = personOf(peer.claims);
    const known = this.#polls.find((each) => each.pollId === pollId);
    if (known?.byPerson === byPerson) return;
    if (known || this.#running) throw new InvalidStateError('not-possible-now', 'a poll runs');
    this.#count(peer);
    for (const each of this.#polls) if (each.isShown) this.#hide(each);
    const answers = new PollAnswers(draft);
    const startedBy = peer.displayName;
    const kept = { pollId, draft, answers, startedBy, byPerson, startedAtMs: nowMs, endedAtMs: null, isShown: true };
    this.#polls = [...this.#polls, kept].slice(-POLLS_KEPT);
    this.#send(kept);
    this.#options.onEvent({ name: 'poll-started', poll: this.#toPoll(kept) });
  }

  /** @throws UserError forbidden, too-many-attempts; InvalidStateError poll-ended, not-possible-now; ProtocolError bad-message */
  answer(peer: PollPeer, { pollId, choices }: RequestOf<'answer-poll'>): void {
    const kept = this.#of(pollId);
    if (!mayAnswer(peer)) throw new UserError('forbidden', 'it stands for nobody');
    if (kept.answers.hasEnded) throw new InvalidStateError('poll-ended');
    this.#count(peer);
    const person = personOf(peer.claims);
    const isOfLink = peer.claims.seat !== undefined;
    if (!kept.answers.answer({ person, displayName: peer.displayName, isOfLink }, choices))
      throw new ProtocolError('bad-message', 'no such answer');
    const own: SignalingNotification = {
      event: 'poll-answered',
      data: { pollId, choices: kept.answers.choicesOf(person) },
    };
    for (const each of this.#options.joined()) if (personOf(each.claims) === person) each.notify(own);
    this.#sendSoon();
  }

  /** Twice is harmless. @throws InvalidStateError not-possible-now */
  end(pollId: string, nowMs = Date.now()): void {
    const kept = this.#of(pollId);
    if (kept.answers.hasEnded) return;
    this.#finish(kept, nowMs);
    this.#shown = setTimeout(() => this.#hide(kept), this.#options.settings.pollShownMs);
    this.#send(kept);
  }

  /** An ended one leaves the TVs. @throws InvalidStateError not-possible-now: it runs */
  hide(pollId: string): void {
    const kept = this.#of(pollId);
    if (!kept.answers.hasEnded) throw new InvalidStateError('not-possible-now', 'it runs');
    if (kept.isShown) this.#hide(kept);
  }

  /** Somebody came or went. */
  peopleChanged(): void {
    if (this.#running) this.#sendSoon();
  }

  /** The call is over: what runs ends, for the fleet alone. Twice is harmless. */
  close(nowMs = Date.now()): void {
    const running = this.#running;
    if (running) this.#finish(running, nowMs);
    this.#stopTimers();
  }

  get #running(): Kept | undefined {
    return this.#polls.find(({ answers }) => !answers.hasEnded);
  }

  /** @throws InvalidStateError not-possible-now */
  #of(pollId: string): Kept {
    const kept = this.#polls.find((each) => each.pollId === pollId);
    if (!kept) throw new InvalidStateError('not-possible-now', 'no poll of this id');
    return kept;
  }

  #finish(kept: Kept, nowMs: number): void {
    this.#stopTimers();
    kept.answers.end(this.#present);
    kept.endedAtMs = nowMs;
    this.#options.onEvent({ name: 'poll-ended', poll: this.#toPoll(kept) });
  }

  #hide(kept: Kept): void {
    this.#stopTimers();
    kept.isShown = false;
    this.#send(kept);
  }

  #sendSoon(): void {
    const running = this.#running;
    if (!running) return;
    this.#hasChanged = this.#pause !== null;
    if (this.#pause) return;
    this.#send(running);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      if (this.#hasChanged) this.#sendSoon();
    }, this.#options.settings.pollCountsEveryMs);
  }

  #send(kept: Kept): void {
    this.#options.tell({ event: 'poll-changed', data: this.#toPoll(kept) });
  }

  #stopTimers(): void {
    for (const timer of [this.#pause, this.#shown]) if (timer) clearTimeout(timer);
    [this.#pause, this.#shown, this.#hasChanged] = [null, null, false];
  }

  #toPoll({ pollId, draft, answers, startedBy, startedAtMs, endedAtMs, isShown }: Kept): CallPoll {
    const { question, choices, isMultiple, isSecret, rightChoice } = draft;
    return {
      pollId,
      question,
      choices,
      isMultiple,
      isSecret,
      isQuiz: rightChoice !== null,
      startedBy,
      startedAtMs,
      isShown,
      ...answers.numbers(this.#present),
      result: endedAtMs === null ? null : { endedAtMs, rightChoice, answers: answers.named },
    };
  }

  get #present(): Set<string> {
    return new Set(
      this.#options
        .joined()
        .filter(mayAnswer)
        .map(({ claims }) => personOf(claims)),
    );
  }

  /** @throws UserError too-many-attempts */
  #count(peer: PollPeer): void {
    const { pollActsBurst, pollActsPerMinute } = this.#options.settings;
    const limit =
      this.#limits.get(peer) ?? new TokenBucket({ burst: pollActsBurst, refillPerMinute: pollActsPerMinute });
    this.#limits.set(peer, limit);
    if (!limit.take()) throw new UserError('too-many-attempts', 'too many acts on polls');
  }
}

/** Neither a program nor a room's laptop, which stands for nobody. */
const mayAnswer = ({ claims: { peerKind, issuedTo } }: PollPeer): boolean =>
  peerKind === 'room' || (peerKind === 'person' && issuedTo === null);
