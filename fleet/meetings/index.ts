/** What other aggregates see of meetings. */
export { DOCUMENT_TOKEN_RENEWED_AFTER_MS, type DocumentBearer, type DocumentTokens } from './document-tokens.ts';
export { hasInvites } from './invites.ts';
export { Meetings } from './meetings.ts';
export { SigningKeys } from './signing-keys.ts';
export { meetingRoutes } from './routes.ts';
