/** What other folders see of documents. */
export { Documents } from './documents.ts';
export { ConverterLink } from './converter/client.ts';
export { type IdleTv, Retention } from './retention.ts';
export { documentRoutes } from './routes.ts';
