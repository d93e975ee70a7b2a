/** What other folders see of alerts. */
export {
  AlertBook,
  OF_ORGANISATION,
  ofPlace,
  ofRoom,
  type Raised,
  type WatchedSubject,
} from './alert-book.ts';
export { AlertList } from './alert-list.ts';
export { AlertNotifications } from './alert-notifications.ts';
export { alertRoutes } from './routes.ts';
export { alertTargetRoutes } from './target-routes.ts';
