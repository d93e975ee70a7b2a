/**
 * The answers to one poll: of each person the last one alone. Secret ones are only counted once the poll has ended. Who came by a link
 * is a new person whenever their browser wants to be one, so their answers count while they are there. Pure.
 */
import type { CallPoll, NamedAnswer, PollDraft } from '#contract/polls.ts';
import { bytesOf, cutText } from '#contract/shown-text.ts';

type Person = string;
/** `isOfLink`: counts while its person is there */
type Answer = { named: NamedAnswer; isOfLink: boolean };
type Numbers = Pick<CallPoll, 'counts' | 'answeredCount' | 'peopleCount'>;

const NAME = { units: 80, bytes: 240 };
/** of a result, as JSON: it has to fit into one event for the fleet */
const MOST_NAMED_BYTES = 64 * 1024;

export class PollAnswers {
  readonly #draft: PollDraft;
  readonly #answers = new Map<Person, Answer>();
  #final: Numbers | null = null;
  #named: NamedAnswer[] | null = null;

  constructor(draft: PollDraft) {
    this.#draft = draft;
  }

  get hasEnded(): boolean {
    return this.#final !== null;
  }

  /** In place of the person's former answer; none withdraws it. The poll runs. @returns false: it cannot be chosen so */
  answer(
    { person, displayName, isOfLink }: { person: Person; displayName: string; isOfLink: boolean },
    choices: readonly number[],
  ): boolean {
    const { isMultiple, choices: offered } = this.#draft;
    if (choices.some((choice) => choice >= offered.length) || (choices.length > 1 && !isMultiple)) return false;
    // the newest answer stands last
    this.#answers.delete(person);
    if (choices.length > 0)
      this.#answers.set(person, {
        named: { displayName: cutText(displayName, NAME), choices: choices.toSorted((a, b) => a - b) },
        isOfLink,
      });
    return true;
  }

  choicesOf(person: Person): number[] {
    return this.#answers.get(person)?.named.choices ?? [];
  }

  /** @param present those who are there and could answer */
  numbers(present: ReadonlySet<Person>): Numbers {
    if (this.#final) return this.#final;
    const counted = this.#counted(present);
    const counts = this.#draft.choices.map(
      (_, index) => counted.filter(([, { named }]) => named.choices.includes(index)).length,
    );
    const people = new Set([...present, ...counted.map(([person]) => person)]);
    return { counts, answeredCount: counted.length, peopleCount: people.size };
  }

  #counted(present: ReadonlySet<Person>): [Person, Answer][] {
    return [...this.#answers].filter(([person, { isOfLink }]) => !isOfLink || present.has(person));
  }

  /** The numbers stay as they are. Of a secret poll nothing else is kept. Twice is harmless. */
  end(present: ReadonlySet<Person>): void {
    if (this.#final) return;
    this.#final = this.numbers(present);
    if (this.#draft.isSecret) this.#answers.clear();
    else this.#named = newestThatFit(this.#counted(present).map(([, { named }]) => named));
  }

  /** Of many long names the newest answers that fit: the numbers count all. null: it runs, or is secret */
  get named(): NamedAnswer[] | null {
    return this.#named;
  }
}

function newestThatFit(answers: readonly NamedAnswer[]): NamedAnswer[] {
  let sizeBytes = '[]'.length;
  const tooOld = answers.findLastIndex((answer) => {
    sizeBytes += bytesOf(JSON.stringify(answer)) + ','.length;
    return sizeBytes > MOST_NAMED_BYTES;
  });
  return answers.slice(tooOld + 1);
}
