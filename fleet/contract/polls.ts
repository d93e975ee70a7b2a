/**
 * Polls and quizzes of a call: state of the call at its media node, which counts. One answer of each person, whatever they reload;
 * everybody gets the same numbers, and `pollShares` makes the same percentages of them on every page. Pure.
 */
import { EpochMs, Id, typedName, z } from './schema.ts';

export const MAX_QUESTION_LETTERS = 200;
export const MAX_CHOICE_LETTERS = 80;
export const MIN_POLL_CHOICES = 2;
export const MAX_POLL_CHOICES = 10;
/** Of a call, at its node; the fleet keeps the results of all. */
export const POLLS_KEPT = 10;

export const PollQuestion = typedName(MAX_QUESTION_LETTERS, 800);
export const PollChoice = typedName(MAX_CHOICE_LETTERS, 320);
/** By its place in the list of choices. */
const ChoiceIndex = z
  .number()
  .int()
  .min(0)
  .max(MAX_POLL_CHOICES - 1);

/** What somebody asks. */
export const PollDraft = z
  .strictObject({
    question: PollQuestion,
    choices: z.array(PollChoice).min(MIN_POLL_CHOICES).max(MAX_POLL_CHOICES),
    /** a person may choose several */
    isMultiple: z.boolean(),
    /** nobody ever sees who chose what, also not the host; else the result has names */
    isSecret: z.boolean(),
    /** of a quiz, which has one choice: sent to others after its end alone; null: no quiz */
    rightChoice: ChoiceIndex.nullable(),
  })
  .refine(({ choices }) => new Set(choices).size === choices.length, 'two choices are the same')
  .refine(({ rightChoice, choices }) => rightChoice === null || rightChoice < choices.length, 'no such choice')
  .refine(({ rightChoice, isMultiple }) => rightChoice === null || !isMultiple, 'a quiz has one right choice');
export type PollDraft = z.infer<typeof PollDraft>;

/** Each once; none: the answer is withdrawn. */
export const PollChoices = z
  .array(ChoiceIndex)
  .max(MAX_POLL_CHOICES)
  .refine((choices) => new Set(choices).size === choices.length, 'a choice twice');
export type PollChoices = z.infer<typeof PollChoices>;

/** Who chose what, in an open poll. */
export const NamedAnswer = z.object({ displayName: z.string(), choices: z.array(z.number().int().nonnegative()) });
export type NamedAnswer = z.infer<typeof NamedAnswer>;

/** As everybody in the call gets it. */
export const CallPoll = z.object({
  pollId: Id,
  question: z.string(),
  choices: z.array(z.string()),
  isMultiple: z.boolean(),
  isSecret: z.boolean(),
  isQuiz: z.boolean(),
  startedBy: z.string(),
  startedAtMs: EpochMs,
  /** on TVs: from its start until a while after its end, or until a host hides it */
  isShown: z.boolean(),
  /** by choice: how many people chose it */
  counts: z.array(z.number().int().nonnegative()),
  /** people with an answer: never more than `peopleCount` */
  answeredCount: z.number().int().nonnegative(),
  /** who is there, and who has answered and left: of those who came by a link only who is there */
  peopleCount: z.number().int().nonnegative(),
  /** null: it runs */
  result: z
    .object({
      endedAtMs: EpochMs,
      /** of a quiz */
      rightChoice: z.number().int().nonnegative().nullable(),
      /** of an open poll, of many long names the newest that fit: `counts` count all. null: it was secret */
      answers: z.array(NamedAnswer).nullable(),
    })
    .nullable(),
});
export type CallPoll = z.infer<typeof CallPoll>;

/** Of the person who gets it, on each of their pages. */
export const OwnAnswer = z.object({ pollId: Id, choices: z.array(z.number().int().nonnegative()) });
export type OwnAnswer = z.infer<typeof OwnAnswer>;

/** A poll as one page has it. */
export const SeenPoll = CallPoll.extend({ ownChoices: z.array(z.number().int().nonnegative()) });
export type SeenPoll = z.infer<typeof SeenPoll>;

/**
 * By choice, whole percent of the people who have answered. Of one choice each they are 100 together: what rounding loses goes to
 * the largest remainders, to the earlier choice of equal ones.
 */
export function pollShares({
  counts,
  answeredCount,
  isMultiple,
}: Pick<CallPoll, 'counts' | 'answeredCount' | 'isMultiple'>): number[] {
  if (answeredCount === 0) return counts.map(() => 0);
  const exact = counts.map((count) => (count * 100) / answeredCount);
  if (isMultiple) return exact.map(Math.round);
  const shares = exact.map(Math.floor);
  const missing = 100 - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) shares[index]! += 1;
  return shares;
}
