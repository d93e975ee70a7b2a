/** What other folders see of settings. */
export { RoomsSettings } from './rooms-settings.ts';
export { settingsRoutes } from './routes.ts';
export { Signage } from './signage.ts';
export { signageRoutes } from './signage-routes.ts';
