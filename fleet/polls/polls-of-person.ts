/**
 * An account in the results of polls. Open polls keep names alone: an answer is an account's where nobody else had its name in that
 * call. Secret ones keep neither.
 */
import { CallPoll } from '#contract/polls.ts';
import type { Language } from '#contract/schema.ts';
import type { AuthorityWrite } from '../store/index.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type PollWithPerson = {
  meetingId: string;
  callId: string;
  pollId: string;
  language: Language;
  poll: CallPoll;
  /** as it is stored */
  kept: string;
  /** by which the account was there */
  names: ReadonlySet<string>;
  /** somebody else had one of them too */
  isShared: boolean;
};

/** Own answers of open polls, and polls that the account started. @param hasWords with what others wrote: questions and choices */
export async function pollsOfPerson(db: Reader, accountId: string, hasWords: boolean): Promise<object[]> {
  const found: object[] = [];
  for (const { meetingId, callId, pollId, poll, names, isShared } of await pollsWith(db, accountId)) {
    const isOwn = !isShared && names.has(poll.startedBy);
    const answer = isShared ? undefined : poll.result?.answers?.find(({ displayName }) => names.has(displayName));
    if (!isOwn && !answer) continue;
    const words = hasWords || isOwn ? { question: poll.question, choices: poll.choices } : {};
    const ownChoices = answer?.choices ?? null;
    found.push({ meetingId, callId, pollId, startedAtMs: poll.startedAtMs, isOwn, ...words, ownChoices });
  }
  return found;
}

/** Where somebody else had the name too, both lose it. */
export async function forgetInPolls(
  trx: AuthorityWrite,
  accountId: string,
  nameIn: Record<Language, string>,
): Promise<void> {
  for (const { callId, pollId, language, poll, kept, names } of await pollsWith(trx, accountId)) {
    const renamed = (name: string): string => (names.has(name) ? nameIn[language] : name);
    const answers = poll.result?.answers?.map((each) => ({ ...each, displayName: renamed(each.displayName) })) ?? null;
    // what a newer release keeps besides stays
    const all = JSON.parse(kept) as CallPoll;
    const result = all.result && { ...all.result, answers };
    await trx
      .updateTable('poll')
      .set({ poll: JSON.stringify({ ...all, startedBy: renamed(poll.startedBy), result }) })
      .where('callId', '=', callId)
      .where('pollId', '=', pollId)
      .execute();
  }
}

/**
 * A poll that its node reports after somebody in its call was forgotten: nobody knows which of its names was theirs. A name stays where as
 * many others have it. @param known a name for each of the others in the call
 */
export function pollAmongOthers(poll: CallPoll, known: readonly string[], instead: string): CallPoll {
  const countIn = (names: readonly string[], name: string): number => names.filter((each) => each === name).length;
  const answered = poll.result?.answers?.map(({ displayName }) => displayName) ?? [];
  const renamed = (name: string, atLeast: number): string => (countIn(known, name) < atLeast ? instead : name);
  const answers =
    poll.result?.answers?.map((each) => ({
      ...each,
      displayName: renamed(each.displayName, countIn(answered, each.displayName)),
    })) ?? null;
  return { ...poll, startedBy: renamed(poll.startedBy, 1), result: poll.result && { ...poll.result, answers } };
}

/** Of the calls that the account was in; without those that this release cannot read. */
async function pollsWith(db: Reader, accountId: string): Promise<PollWithPerson[]> {
  const stays = await db
    .selectFrom('stay')
    .select(['callId', 'displayName', 'accountId'])
    .where('callId', 'in', db.selectFrom('stay').select('callId').where('accountId', '=', accountId))
    .distinct()
    .execute();
  const byCall = Map.groupBy(stays, ({ callId }) => callId);
  const rows = await db
    .selectFrom('poll')
    .innerJoin('meeting', 'meeting.meetingId', 'poll.meetingId')
    .select(['poll.meetingId', 'poll.callId', 'poll.pollId', 'poll.poll', 'meeting.language'])
    .where('poll.callId', 'in', db.selectFrom('stay').select('callId').where('accountId', '=', accountId))
    .orderBy('startedAtMs')
    .orderBy('pollId')
    .execute();
  return rows.flatMap(({ poll: kept, ...row }) => {
    const poll = pollIn(kept);
    if (!poll) return [];
    const there = byCall.get(row.callId) ?? [];
    const own = there.filter((each) => each.accountId === accountId);
    const names = new Set(own.map(({ displayName }) => displayName));
    const isShared = there.some((each) => each.accountId !== accountId && names.has(each.displayName));
    return [{ ...row, poll, kept, names, isShared }];
  });
}

function pollIn(kept: string): CallPoll | null {
  try {
    return CallPoll.safeParse(JSON.parse(kept)).data ?? null;
  } catch {
    return null;
  }
}
