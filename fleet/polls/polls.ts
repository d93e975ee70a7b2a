/** Polls as the fleet keeps them with their meeting: results that media nodes reported, and drafts that hosts prepared. */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import {
  MAX_PREPARED_POLLS,
  MEETING_POLLS_LISTED,
  type MeetingPoll,
  type PreparedPoll,
} from '#contract/http/polls-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { CallPoll, PollDraft } from '#contract/polls.ts';
import type { z } from '#contract/schema.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';

export type PollEvent = Extract<KnownCallEvent, { poll: CallPoll }>;

/**
 * In the transaction that counts the event, once per event id. One that was prepared is not prepared any more. The end of a poll whose start was lost has all of it; a start that is
 * handled after its end, because its batch failed on the disk, changes nothing.
 */
export async function recordPoll(trx: AuthorityWrite, { callId, meetingId, poll }: PollEvent): Promise<void> {
  const { pollId, startedAtMs } = poll;
  await trx
    .insertInto('poll')
    .values({ callId, pollId, meetingId, startedAtMs, poll: JSON.stringify(poll) })
    .onConflict((c) => {
      const known = c.columns(['callId', 'pollId']);
      return poll.result === null ? known.doNothing() : known.doUpdateSet({ poll: JSON.stringify(poll) });
    })
    .execute();
  // a page starts a prepared one under its own id
  await trx
    .deleteFrom('preparedPoll')
    .where('meetingId', '=', meetingId)
    .where('preparedPollId', '=', pollId)
    .execute();
}

/** All polls of a meeting and those that are prepared, in their order, for a file. */
export async function keptPolls(
  db: AuthorityStore['read'],
  meetingId: string,
): Promise<{ polls: unknown[]; preparedPolls: unknown[] }> {
  const polls = await db
    .selectFrom('poll')
    .select(['callId', 'poll'])
    .where('meetingId', '=', meetingId)
    .orderBy('startedAtMs')
    .orderBy('pollId')
    .execute();
  const prepared = await db
    .selectFrom('preparedPoll')
    .select(['preparedAtMs', 'draft'])
    .where('meetingId', '=', meetingId)
    .orderBy('preparedAtMs')
    .orderBy('preparedPollId')
    .execute();
  return {
    polls: polls.map(({ callId, poll }) => ({ callId, poll: jsonOrText(poll) })),
    preparedPolls: prepared.map(({ preparedAtMs, draft }) => ({ preparedAtMs, draft: jsonOrText(draft) })),
  };
}

/** Results and prepared ones, for good. @param upToMs what is newer stays; null: all of them */
export async function deletePolls(trx: AuthorityWrite, meetingId: string, upToMs: number | null): Promise<void> {
  const held = trx.deleteFrom('poll').where('meetingId', '=', meetingId);
  const prepared = trx.deleteFrom('preparedPoll').where('meetingId', '=', meetingId);
  await (upToMs === null ? held : held.where('startedAtMs', '<=', upToMs)).execute();
  await (upToMs === null ? prepared : prepared.where('preparedAtMs', '<=', upToMs)).execute();
}

/** A damaged row keeps nobody from the rest. */
const jsonOrText = (kept: string): unknown => parsed(kept) ?? kept;

export type PollsDependencies = { store: AuthorityStore; logger: Pick<Logger, 'error'> };

export class Polls {
  readonly #store: AuthorityStore;
  readonly #logger: PollsDependencies['logger'];

  constructor({ store, logger }: PollsDependencies) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Of the meeting's calls, the newest first, without those that this release cannot read. */
  async ofMeeting(meetingId: string): Promise<MeetingPoll[]> {
    const rows = await this.#store.read
      .selectFrom('poll')
      .leftJoin('call', 'call.callId', 'poll.callId')
      .select(['poll.pollId', 'poll.poll', 'call.endedAtMs'])
      .where('poll.meetingId', '=', meetingId)
      .orderBy('poll.startedAtMs', 'desc')
      .orderBy('poll.pollId', 'desc')
      .limit(MEETING_POLLS_LISTED)
      .execute();
    return rows.flatMap(({ pollId, poll: kept, endedAtMs }) => {
      const poll = this.#read(CallPoll, kept, { meetingId, pollId });
      return poll ? [{ poll, isLost: poll.result === null && endedAtMs !== null }] : [];
    });
  }

  /** Results of these calls, the newest of them in their order, without those that this release cannot read. */
  async endedOf(callIds: readonly string[], most: number): Promise<CallPoll[]> {
    if (callIds.length === 0) return [];
    const rows = await this.#store.read
      .selectFrom('poll')
      .select(['pollId', 'meetingId', 'poll'])
      .where('callId', 'in', callIds)
      .orderBy('startedAtMs', 'desc')
      .orderBy('pollId', 'desc')
      .limit(most)
      .execute();
    const polls = rows.map(({ poll: kept, ...ids }) => this.#read(CallPoll, kept, ids));
    return polls.filter((poll) => poll !== null && poll.result !== null).reverse() as CallPoll[];
  }

  /** In their order, without those that this release cannot read. */
  async prepared(meetingId: string): Promise<PreparedPoll[]> {
    const rows = await this.#store.read
      .selectFrom('preparedPoll')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .orderBy('preparedAtMs')
      .orderBy('preparedPollId')
      .limit(MAX_PREPARED_POLLS)
      .execute();
    return rows.flatMap(({ preparedPollId, preparedAtMs, draft: kept }) => {
      const draft = this.#read(PollDraft, kept, { meetingId, preparedPollId });
      return draft ? [{ preparedPollId, preparedAtMs, draft }] : [];
    });
  }

  /** null: damaged, or of a newer release, as after one that did not prove itself. No words of people go to the log. */
  #read<T>(schema: z.ZodType<T>, kept: string, ids: Record<string, string>): T | null {
    const read = schema.safeParse(parsed(kept));
    if (read.success) return read.data;
    const faults = read.error.issues.map(({ code, path }) => ({ code, path: path.join('.') }));
    this.#logger.error({ ...ids, faults }, 'a kept poll cannot be read: left out');
    return null;
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now: it has as many as it may */
  async prepare(meetingId: string, draft: PollDraft): Promise<PreparedPoll> {
    const prepared = { preparedPollId: newId(), preparedAtMs: Date.now() };
    await this.#store.write(async (trx) => {
      const meeting = await trx
        .selectFrom('meeting')
        .select('meetingId')
        .where('meetingId', '=', meetingId)
        .executeTakeFirst();
      if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
      const { count } = await trx
        .selectFrom('preparedPoll')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('meetingId', '=', meetingId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MAX_PREPARED_POLLS)
        throw new InvalidStateError('not-possible-now', 'as many polls as a meeting may have');
      await trx
        .insertInto('preparedPoll')
        .values({ ...prepared, meetingId, draft: JSON.stringify(draft) })
        .execute();
    });
    return { ...prepared, draft };
  }

  /** Twice is harmless. */
  async removePrepared(meetingId: string, preparedPollId: string): Promise<void> {
    await this.#store.write((trx) =>
      trx
        .deleteFrom('preparedPoll')
        .where('meetingId', '=', meetingId)
        .where('preparedPollId', '=', preparedPollId)
        .execute(),
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
