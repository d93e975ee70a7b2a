/** The organisation's own sign-in (OpenID Connect): the fleet server's page sends the browser there, and back to a page of ours. */
import { pagePaths } from '#contract/http/page-paths.ts';

/** @param options.isFresh asks the person to prove who they are, also where they are signed in there */
export function goToOpenId(to: 'staff' | 'console' | 'watch', { isFresh = false } = {}): void {
  location.assign(`${pagePaths.openidStart}?${new URLSearchParams({ to, ...(isFresh && { fresh: '1' }) })}`);
}
