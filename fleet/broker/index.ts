/** What other folders see of the broker. */
export { Broker } from './broker.ts';
export { parseIdentity } from './topic-access.ts';
