/** What other folders see of help from afar. */
export { Help } from './help.ts';
export { helpRoutes } from './routes.ts';
