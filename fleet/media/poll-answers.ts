/** The answers to one poll: of each person the last one alone. Secret ones are only counted once the poll has ended. Pure. */
import type { CallPoll, NamedAnswer, PollDraft } from '#contract/polls.ts';

type Person = string;
type Numbers = Pick<CallPoll, 'counts' | 'answeredCount' | 'peopleCount'>;

export class PollAnswers {
  readonly #draft: PollDraft;
  readonly #answers = new Map<Person, NamedAnswer>();
  #final: Numbers | null = null;

  constructor(draft: PollDraft) {
    this.#draft = draft;
  }

  get hasEnded(): boolean {
    return this.#final !== null;
  }

  /** In place of the person's former answer; none withdraws it. The poll runs. @returns false: it cannot be chosen so */
  answer(person: Person, displayName: string, choices: readonly number[]): boolean {
    const { isMultiple, choices: offered } = this.#draft;
    if (choices.some((choice) => choice >= offered.length) || (choices.length > 1 && !isMultiple)) return false;
    if (choices.length === 0) this.#answers.delete(person);
    else this.#answers.set(person, { displayName, choices: choices.toSorted((a, b) => a - b) });
    return true;
  }

  choicesOf(person: Person): number[] {
    return this.#answers.get(person)?.choices ?? [];
  }

  /** @param present those who are there and could answer */
  numbers(present: ReadonlySet<Person>): Numbers {
    if (this.#final) return this.#final;
    const answers = [...this.#answers.values()];
    const counts = this.#draft.choices.map(
      (_, index) => answers.filter(({ choices }) => choices.includes(index)).length,
    );
    const people = new Set([...present, ...this.#answers.keys()]);
    return { counts, answeredCount: answers.length, peopleCount: people.size };
  }

  /** The numbers stay as they are. Of a secret poll nothing else is kept. Twice is harmless. */
  end(present: ReadonlySet<Person>): void {
    this.#final ??= this.numbers(present);
    if (this.#draft.isSecret) this.#answers.clear();
  }

  /** null: it runs, or is secret */
  get named(): NamedAnswer[] | null {
    return this.#final === null || this.#draft.isSecret ? null : [...this.#answers.values()];
  }
}
