/** The organisation's sign-in comes back to the page without a broadcast: which one it was is kept meanwhile in this tab. */
import { goToOpenId } from '#ui/sign-in/open-id.ts';
import { pagePaths } from '#contract/http/page-paths.ts';

const KEPT_AS = 'maru-watch-at';
const OURS = new RegExp(`^${pagePaths.watch}/[^/?#]+$`);

export function goToOpenIdFromHere(): void {
  try {
    sessionStorage.setItem(KEPT_AS, location.pathname);
  } catch {
    // not kept: the list is shown instead
  }
  goToOpenId('watch');
}

/** Before the first render. */
export function returnFromOpenId(): void {
  try {
    const path = sessionStorage.getItem(KEPT_AS);
    sessionStorage.removeItem(KEPT_AS);
    if (path !== null && OURS.test(path) && location.pathname === pagePaths.watch) history.replaceState(null, '', path);
  } catch {
    // storage is refused: nothing was kept
  }
}
