/** What other folders see of updates. */
export { KioskRelease } from './kiosk-release.ts';
export { updateRoutes } from './routes.ts';
export type { ServedFeed } from './served-feed.ts';
export { Updates } from './updates.ts';
