/** Polls as the fleet keeps them with their meeting: results that media nodes reported, and drafts that hosts prepared. */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import {
  MAX_PREPARED_POLLS,
  MEETING_POLLS_LISTED,
  type MeetingPoll,
  type PreparedPoll,
} from '#contract/http/polls-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { CallPoll, PollDraft } from '#contract/polls.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';

export type PollEvent = Extract<KnownCallEvent, { poll: CallPoll }>;

/**
 * In the transaction that counts the event, once per event id. The end of a poll whose start was lost has all of it; a start that is
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
}

export class Polls {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** Of the meeting's calls, the newest first. */
  async ofMeeting(meetingId: string): Promise<MeetingPoll[]> {
    const rows = await this.#store.read
      .selectFrom('poll')
      .leftJoin('call', 'call.callId', 'poll.callId')
      .select(['poll.poll', 'call.endedAtMs'])
      .where('poll.meetingId', '=', meetingId)
      .orderBy('poll.startedAtMs', 'desc')
      .orderBy('poll.pollId', 'desc')
      .limit(MEETING_POLLS_LISTED)
      .execute();
    return rows.map(({ poll: kept, endedAtMs }) => {
      const poll = CallPoll.parse(JSON.parse(kept));
      return { poll, isLost: poll.result === null && endedAtMs !== null };
    });
  }

  async prepared(meetingId: string): Promise<PreparedPoll[]> {
    const rows = await this.#store.read
      .selectFrom('preparedPoll')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .orderBy('preparedAtMs')
      .orderBy('preparedPollId')
      .limit(MAX_PREPARED_POLLS)
      .execute();
    return rows.map(({ preparedPollId, preparedAtMs, draft }) => ({
      preparedPollId,
      preparedAtMs,
      draft: PollDraft.parse(JSON.parse(draft)),
    }));
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
