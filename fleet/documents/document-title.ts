/** How a document is called: as its file, cleaned for screens. Two of one name in a meeting are told apart by a number. */
import { cutText, shownText } from '#contract/shown-text.ts';

/** ShownTitle's limit, with room for a number */
const TITLE_UNITS = 230;
const TITLE_BYTES = 900;
/** of a name of which nothing can be seen */
const NAMELESS = 'Document';
const ENDING = /\.[\p{L}\p{N}]{1,8}$/u;

/** `plan.pptx`; `plan (2).pptx` where the meeting has one already. Never a path: it is shown and nothing else. */
export function titleOf(fileName: string, taken: ReadonlySet<string>): string {
  const shown = shownText(fileName) || NAMELESS;
  const ending = ENDING.exec(shown)?.[0] ?? '';
  const name = cutText(shown.slice(0, shown.length - ending.length), {
    units: TITLE_UNITS - ending.length,
    bytes: TITLE_BYTES,
  });
  for (let number = 1; ; number += 1) {
    const title = number === 1 ? `${name}${ending}` : `${name} (${number})${ending}`;
    if (!taken.has(title)) return title;
  }
}
