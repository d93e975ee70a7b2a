/** What other folders see of polls. */
export { Polls, recordPoll } from './polls.ts';
export { pollRoutes } from './routes.ts';
