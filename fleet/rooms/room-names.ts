/** Names of rooms as people read and sort them: pure, but for the count of those that read the same. */
import type { Language } from '#contract/schema.ts';

/** Case, width and spaces do not matter. */
export const nameAsRead = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

const collators: Record<Language, Intl.Collator> = {
  en: new Intl.Collator('en', { numeric: true }),
  ko: new Intl.Collator('ko', { numeric: true }),
};
export const compareNames = (language: Language, a: string, b: string): number => collators[language].compare(a, b);

/** Which rooms share a name, kept as rooms come, go and are renamed. */
export class SharedNames {
  readonly #roomIds = new Map<string, Set<string>>();

  /** Answers the rooms whose sharing may have changed. */
  add(roomId: string, name: string): Iterable<string> {
    const read = nameAsRead(name);
    const alike = this.#roomIds.get(read) ?? new Set();
    this.#roomIds.set(read, alike.add(roomId));
    return alike;
  }
  remove(roomId: string, name: string): Iterable<string> {
    const read = nameAsRead(name);
    const alike = this.#roomIds.get(read);
    alike?.delete(roomId);
    if (alike?.size === 0) this.#roomIds.delete(read);
    return alike ?? [];
  }
  isShared(name: string): boolean {
    return (this.#roomIds.get(nameAsRead(name))?.size ?? 0) > 1;
  }
}
