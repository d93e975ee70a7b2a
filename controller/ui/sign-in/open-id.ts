/** The organisation's own sign-in (OpenID Connect): the fleet server's page sends the browser there, and back to a page of ours. */
import { pagePaths } from '#contract/http/page-paths.ts';

export function goToOpenId(to: 'staff' | 'console'): void {
  location.assign(`${pagePaths.openidStart}?${new URLSearchParams({ to })}`);
}
