/** Who people are, what a request of theirs carries, and how often anybody may guess. */
export { type Account, Accounts } from './accounts.ts';
export { AttemptLimit } from './attempt-limit.ts';
export { actorOf, type RouteContext, type RouteHandlers } from './route-context.ts';
export { peopleRoutes } from './routes.ts';
export { SESSION_TTL_MS, Sessions } from './sessions.ts';
export { SignIn } from './sign-in.ts';
