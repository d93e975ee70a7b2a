/** What a translation has to have, as a type: a language that misses a word, or has one too many, does not compile. */

/** Same keys as the English tree. Korean has one plural form, so `_one` has no counterpart. */
export type Translated<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Translated<T[K]>;
};
