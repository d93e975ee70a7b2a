/** Who people are, where, what they are granted, and what guessing a password meets. */
export { rememberLanguage } from './account-language.ts';
export { Accounts } from './accounts.ts';
export type { AccountChanges } from './account-changes.ts';
export type { ApiTokens, TokenBearer } from './api-tokens.ts';
export { FORMER_MEMBER, forgottenAmong } from './forgotten-accounts.ts';
export { KNOWN_BROWSER_TTL_MS } from './known-browsers.ts';
export { OpenidProvider } from './openid/openid-provider.ts';
export { readOpenidSettings } from './openid/openid-settings.ts';
export { type OpenidReturn, OpenidSignIn } from './openid/openid-sign-in.ts';
export { Organisation } from './organisation.ts';
export { ORGANISATION_POLICY_SETTING, ORGANISATION_RANGES_SETTING } from './place-changes.ts';
export type { PlaceTree } from './places.ts';
export { peopleRoutes } from './routes.ts';
export { SESSION_TTL_MS, Sessions } from './sessions.ts';
