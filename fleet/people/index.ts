/** Who people are, what they are granted, and what guessing a password meets. */
export { Accounts } from './accounts.ts';
export { DEVICE_TTL_MS, KnownDevices } from './known-devices.ts';
export { peopleRoutes } from './routes.ts';
export { SESSION_TTL_MS, Sessions } from './sessions.ts';
export { SignIn } from './sign-in.ts';
