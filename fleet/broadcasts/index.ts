/** What other folders see of broadcasts. */
export { Broadcasts } from './broadcasts.ts';
export { broadcastRoutes } from './routes.ts';
