/** What other folders see of settings. */
export { settingsRoutes } from './routes.ts';
export { RoomsSettings } from './rooms-settings.ts';
