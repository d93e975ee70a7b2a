/** The keys that turn pages, also those of a presenter's remote in a laptop (PageUp, PageDown). Pure. */
const NEXT: ReadonlySet<string> = new Set(['ArrowRight', 'ArrowDown', 'PageDown', ' ']);
const PREVIOUS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowUp', 'PageUp']);
/** These elements use such keys themselves. */
const TAKES_KEYS =
  'input, textarea, select, [contenteditable], [role=radiogroup], [role=slider], [role=menu], [role=listbox]';
const TAKES_SPACE = 'button, a, summary, [role=button]';

type Pages = { page: number; pageCount: number | null };
type Pressed = Pick<
  KeyboardEvent,
  'key' | 'defaultPrevented' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'target'
>;

/**
 * @param focused where the key goes
 * @returns the page to turn to, which may be the same one at an end; null: the key is for something else
 */
export function turnedByKey(event: Pressed, { page, pageCount }: Pages, focused = event.target): number | null {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  const step = NEXT.has(event.key) ? 1 : PREVIOUS.has(event.key) ? -1 : 0;
  if (step === 0) return null;
  const target = focused instanceof Element ? focused : null;
  if (target?.closest(TAKES_KEYS) || target?.closest('[role=dialog], [role=alertdialog]')) return null;
  if (event.key === ' ' && target?.closest(TAKES_SPACE)) return null;
  return Math.max(1, Math.min(page + step, pageCount ?? page + step));
}
