/** What other folders see of rooms. */
export { ensureDemonstration } from './demonstration.ts';
export { Rooms } from './rooms.ts';
export { roomRoutes } from './routes.ts';
export { roomServiceRoutes } from './service-routes.ts';
