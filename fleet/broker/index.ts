/** What other folders see of the broker. */
export { Broker } from './broker.ts';
export { type ConnectionIdentity, readConnectionIdentity } from './connection-identity.ts';
export { type ClientIdentity, parseClientIdentity } from './topic-access.ts';
