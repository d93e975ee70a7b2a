/**
 * How a reader takes what a newer peer reports: a word or a member of a union that this release does not know is read as
 * unknown and counted, and the rest of the message stays. A value that is malformed is still an error. Commands use
 * plain enums and unions instead: they are closed.
 */
import { z } from './schema.ts';

export const UNKNOWN = 'unknown';
type Unknown = typeof UNKNOWN;

const MAX_WORD_LETTERS = 64;
const Word = z.string().min(1).max(MAX_WORD_LETTERS);

let notify: (word: string) => void = () => {};
/** Replaces the process's one listener: it is called for each word that this release does not know. */
export function onUnknownWord(listener: (word: string) => void): void {
  notify = listener;
}

/** A listener that calls `write` once for each word, and for no more words than a log can bear. */
export function oncePerWord(write: (word: string) => void, most = 100): (word: string) => void {
  const seen = new Set<string>();
  return (word) => {
    if (seen.has(word) || seen.size >= most) return;
    seen.add(word);
    write(word);
  };
}

type Words = Readonly<Record<string, string>>;

/** One of the words; any other is read as `readsAs`. */
export function openWord<E extends Words, const R extends string = Unknown>(
  words: z.ZodEnum<E>,
  readsAs: R = UNKNOWN as R,
) {
  const known = new Set<string>(words.options);
  return Word.transform((word) => (known.has(word) ? word : unknownWord(word, readsAs))).pipe(
    z.enum([...new Set([...known, readsAs])] as (E[keyof E] | R)[]),
  );
}

/** A list of words, without those that this release does not know. */
export function knownWords<E extends Words>(words: z.ZodEnum<E>) {
  const known = new Set<string>(words.options);
  return z
    .array(Word)
    .transform((list) => list.filter((word) => known.has(word) || unknownWord(word, false)))
    .pipe(z.array(words));
}

/** A list of objects, without those whose `key` is a word that this release does not know. */
export function knownMembers<M extends z.ZodObject, K extends keyof M['shape'] & string>(member: M, key: K) {
  const known = new Set<string>((member.shape[key] as z.ZodEnum).options as string[]);
  return z
    .array(z.unknown())
    .transform((list) => list.filter((each) => wordOf(each, key, known) === null))
    .pipe(z.array(member));
}

type Option = z.core.$ZodTypeDiscriminable;

/** A union by `key`; of a member that this release does not know, `key` is 'unknown' and the fields of `keep` stay. */
export function openUnion<
  const K extends string,
  const O extends readonly [Option, ...Option[]],
  S extends z.ZodRawShape = Record<never, never>,
>(key: K, options: O, keep: S = {} as S) {
  const closed = z.discriminatedUnion(key, options as unknown as [Option, ...Option[]]);
  const known = new Set([...(closed._zod.propValues?.[key] ?? [])].map(String));
  const Unread = z.object({ [key]: z.literal(UNKNOWN), ...keep } as { [P in K]: z.ZodLiteral<Unknown> } & S);
  const union = z.discriminatedUnion(key, [...options, Unread] as unknown as [...O, typeof Unread]);
  return z
    .unknown()
    .transform((value) => (wordOf(value, key, known) === null ? value : { ...(value as object), [key]: UNKNOWN }))
    .pipe(union);
}

/** The word under `key` that is not one of `known`, counted; null: it is known, or malformed. */
function wordOf(value: unknown, key: string, known: ReadonlySet<string>): string | null {
  const word = Word.safeParse((value as Record<string, unknown> | null | undefined)?.[key]).data;
  return word === undefined || known.has(word) ? null : unknownWord(word, word);
}

function unknownWord<R>(word: string, readsAs: R): R {
  if (word !== UNKNOWN) notify(word);
  return readsAs;
}
