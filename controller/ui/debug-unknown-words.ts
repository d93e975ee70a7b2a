/** Words that this page does not know, each once, for those who look into a browser's console. */
import { oncePerWord, onUnknownWord } from '#contract/open-words.ts';

export function debugUnknownWords(): void {
  onUnknownWord(oncePerWord((word) => console.debug('a word of a newer release:', word)));
}
