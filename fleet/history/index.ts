/** What other folders see of the fleet's history. */
export { FleetHistory } from './fleet-history.ts';
export { HistoryReader } from './history-reader.ts';
export { historyRoutes } from './routes.ts';
