/**
 * The key by which the agent knows this page. The shell leaves it in the page itself (kiosk/shell/watched-page.ts); a
 * person or a test that opens the page has it in the address's fragment, from which it is removed at once.
 */
import { SCREEN_KEY_FRAGMENT, ScreenKey } from '#contract/screen-link.ts';

declare global {
  /** of the shell; it may come after the page has started, and may be another one later */
  var maruScreenKey: unknown;
}

const KEPT_AS = 'maru-screen-key';

/** Kept for a reload of this very tab. */
export function takeKeyFromAddress(): void {
  const found = new RegExp(`[#&]${SCREEN_KEY_FRAGMENT}=([\\w-]+)`).exec(location.hash)?.[1];
  if (found === undefined) return;
  sessionStorage.setItem(KEPT_AS, found);
  history.replaceState(history.state, '', location.pathname + location.search);
}

/** null: there is none yet. */
export function screenKey(): string | null {
  const known = ScreenKey.safeParse(globalThis.maruScreenKey ?? sessionStorage.getItem(KEPT_AS));
  return known.success ? known.data : null;
}
