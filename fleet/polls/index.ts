/** What other folders see of polls. */
export { deletePolls, keptPolls, Polls, recordPoll } from './polls.ts';
export { forgetInPolls, pollAmongOthers, pollsOfPerson } from './polls-of-person.ts';
export { pollRoutes } from './routes.ts';
