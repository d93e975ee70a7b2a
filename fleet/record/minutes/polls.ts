/** The polls of the sitting, with the numbers that everybody saw. Who chose what stays with the meeting's page. */
import { CallPoll, pollShares } from '#contract/polls.ts';
import type { Language } from '#contract/schema.ts';
import { type MinutesPart, plain } from './part.ts';

const MOST_POLLS = 50;
type Words = { title: string; kind: (isSecret: boolean) => string; answered: (count: number) => string; right: string };
const words: Record<Language, Words> = {
  en: {
    title: 'Polls',
    kind: (isSecret) => (isSecret ? 'secret' : 'open'),
    answered: (count) => `${count} answered`,
    right: 'right answer',
  },
  ko: {
    title: '투표',
    kind: (isSecret) => (isSecret ? '비밀 투표' : '기명 투표'),
    answered: (count) => `${count}명 참여`,
    right: '정답',
  },
};

export const polls: MinutesPart = async (db, { callIds, language }) => {
  const rows = await db
    .selectFrom('poll')
    .select('poll')
    .where('callId', 'in', callIds)
    .orderBy('startedAtMs')
    .orderBy('pollId')
    .limit(MOST_POLLS)
    .execute();
  if (rows.length === 0) return null;
  const name = words[language];
  const asked = rows.map((row) => CallPoll.parse(JSON.parse(row.poll)));
  const lines = asked.flatMap((poll) => {
    const shares = pollShares(poll);
    const about = [name.kind(poll.isSecret), name.answered(poll.answeredCount)].join(', ');
    return [
      `- ${plain(poll.question)} (${about})`,
      ...poll.choices.map((choice, n) => {
        const isRight = poll.result?.rightChoice === n;
        return `  - ${plain(choice)}: ${poll.counts[n] ?? 0} (${shares[n] ?? 0} %)${isRight ? `, ${name.right}` : ''}`;
      }),
    ];
  });
  const facts = asked.map(({ question, choices, counts, answeredCount, isSecret, isMultiple, result }) => ({
    question,
    choices,
    counts,
    answeredCount,
    isSecret,
    isMultiple,
    rightChoice: result?.rightChoice ?? null,
  }));
  return { part: 'polls', title: name.title, lines, facts };
};
