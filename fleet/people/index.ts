/** Who people are, what a request of theirs carries, and what guessing a password meets. */
export { type Account, Accounts } from './accounts.ts';
export { DEVICE_TTL_MS, KnownDevices } from './known-devices.ts';
export { actorOf, type RouteContext, type RouteHandlers } from './route-context.ts';
export { peopleRoutes } from './routes.ts';
export { SESSION_TTL_MS, Sessions } from './sessions.ts';
export { SignIn } from './sign-in.ts';
