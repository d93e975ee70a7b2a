/** Who people are, what a request of theirs carries, and what guessing a password meets. */
export { type Account, Accounts } from './accounts.ts';
export { KNOWN_BROWSER_TTL_MS, KnownBrowsers } from './known-browsers.ts';
export { actorOf, type RouteContext, type RouteHandlers } from './route-context.ts';
export { peopleRoutes } from './routes.ts';
export { SESSION_TTL_MS, Sessions } from './sessions.ts';
export { SignIn } from './sign-in.ts';
