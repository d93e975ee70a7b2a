/** What other folders see of help from afar. */
export { forgetInHelp } from './forget-in-help.ts';
export { Help } from './help.ts';
export { helpRoutes } from './routes.ts';
