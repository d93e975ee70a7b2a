/**
 * What a node reports after the record of its call's meeting was deleted, or after a person was forgotten: a node that was out of reach
 * sends all that it kept, and words are written a while after they were spoken. Nothing of it may bring words or names back.
 */
import { sql } from 'kysely';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { FORMER_MEMBER, forgottenAmong } from '../people/index.ts';
import { pollAmongOthers } from '../polls/index.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { GIVEN_UP } from './call-rows.ts';

const ACCOUNT = 'account:';

/**
 * In the transaction that deletes the record of the meeting: none of its calls runs but, as far as is known here, one in which nobody is,
 * or one that was given up.
 * @param madeUntilMs of a deletion that is made up for: later calls are not meant; null: all of them are
 */
export async function keepNothingLate(
  trx: AuthorityWrite,
  meetingId: string,
  nowMs: number,
  madeUntilMs: number | null = null,
): Promise<void> {
  const calls = trx
    .selectFrom('call')
    .select((e) => [
      'callId',
      e.val(nowMs).as('deletedAtMs'),
      e
        .case()
        .when(e.or([e('endedAtMs', 'is', null), e('endReason', '=', GIVEN_UP)]))
        .then(sql.lit(0 as const))
        .else(sql.lit(1 as const))
        .end()
        .as('isWhole'),
    ])
    .where('meetingId', '=', meetingId)
    .where('createdAtMs', '<=', madeUntilMs ?? Number.MAX_SAFE_INTEGER);
  await trx
    .insertInto('callWithoutRecord')
    .columns(['callId', 'deletedAtMs', 'isWhole'])
    .expression(calls)
    .onConflict((conflict) =>
      conflict.column('callId').doUpdateSet((e) => ({
        deletedAtMs: e.ref('excluded.deletedAtMs'),
        isWhole: e.ref('excluded.isWhole'),
      })),
    )
    .execute();
}

/** It is of what was deleted. Of a call that goes on what is newer is kept. */
export async function isOfDeletedRecord(trx: AuthorityWrite, event: KnownCallEvent): Promise<boolean> {
  const deleted = await trx
    .selectFrom('callWithoutRecord')
    .select(['deletedAtMs', 'isWhole'])
    .where('callId', '=', event.callId)
    .executeTakeFirst();
  return deleted !== undefined && (deleted.isWhole === 1 || momentOf(event) <= deleted.deletedAtMs);
}

/** All that it does is to leave something behind. */
export const isRecorded = ({ name }: KnownCallEvent): boolean =>
  ['chat-posted', 'chat-recalled', 'chat-read', 'transcript-segment', 'poll-started', 'poll-ended'].includes(name);

/** When it was written, spoken or done. */
function momentOf(event: KnownCallEvent): number {
  switch (event.name) {
    case 'chat-posted':
      return event.message.atMs;
    case 'transcript-segment':
      return event.segment.fromMs;
    case 'poll-started':
    case 'poll-ended':
      return event.poll.startedAtMs;
    default:
      return event.atMs;
  }
}

/** As it is kept where people were forgotten meanwhile. @returns null: it is one's own words, of which nothing is kept */
export async function withoutForgotten(trx: AuthorityWrite, event: KnownCallEvent): Promise<KnownCallEvent | null> {
  const forgotten = await forgottenAmong(trx, await accountsIn(trx, event));
  if (forgotten.size === 0) return event;
  const isForgotten = (person: string): boolean =>
    person.startsWith(ACCOUNT) && forgotten.has(person.slice(ACCOUNT.length));
  switch (event.name) {
    case 'transcript-segment':
      return null;
    case 'participant-joined':
      return { ...event, displayName: await formerMember(trx, event.meetingId) };
    case 'chat-posted': {
      if (isForgotten(event.person)) return null;
      const name = await formerMember(trx, event.meetingId);
      const mentioned = event.mentioned?.map((each) => (isForgotten(each.person) ? { ...each, name } : each));
      return { ...event, mentioned };
    }
    case 'chat-read':
      return { ...event, reads: event.reads.filter(({ person }) => !isForgotten(person)) };
    case 'poll-started':
    case 'poll-ended': {
      const known = await namesOfOthers(trx, event.callId, isForgotten);
      return { ...event, poll: pollAmongOthers(event.poll, known, await formerMember(trx, event.meetingId)) };
    }
    default:
      return event;
  }
}

/** A name for each person who is known to have been in the call; each of their names where they had several. */
async function namesOfOthers(
  trx: AuthorityWrite,
  callId: string,
  isForgotten: (person: string) => boolean,
): Promise<string[]> {
  const stays = await trx
    .selectFrom('stay')
    .select(['person', 'displayName'])
    .where('callId', '=', callId)
    .distinct()
    .execute();
  return stays.filter(({ person }) => !isForgotten(person)).map(({ displayName }) => displayName);
}

/** Whom it names, or may name: a poll has names alone, of anybody in its call. */
async function accountsIn(trx: AuthorityWrite, event: KnownCallEvent): Promise<string[]> {
  switch (event.name) {
    case 'transcript-segment':
      return accountsOf([event.person]);
    case 'chat-posted':
      return accountsOf([event.person, ...(event.mentioned ?? []).map(({ person }) => person)]);
    case 'chat-read':
      return accountsOf(event.reads.map(({ person }) => person));
    case 'participant-joined': {
      const of = trx.selectFrom('entry').select('accountId').where('peerId', '=', event.peerId);
      const entry = await of.executeTakeFirst();
      return entry?.accountId == null ? [] : [entry.accountId];
    }
    case 'poll-started':
    case 'poll-ended': {
      const entries = await trx
        .selectFrom('entry')
        .select('accountId')
        .where('callId', '=', event.callId)
        .distinct()
        .execute();
      return entries.flatMap(({ accountId }) => accountId ?? []);
    }
    default:
      return [];
  }
}

const accountsOf = (persons: readonly (string | null)[]): string[] =>
  persons.flatMap((person) => (person?.startsWith(ACCOUNT) ? [person.slice(ACCOUNT.length)] : []));

async function formerMember(trx: AuthorityWrite, meetingId: string): Promise<string> {
  const meeting = await trx
    .selectFrom('meeting')
    .select('language')
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  return FORMER_MEMBER[meeting?.language ?? 'en'];
}
