/** The file in which IT names the organisation's OpenID provider, and which of its groups have which role. */
import { Role, Scope } from '#contract/http/permissions.ts';
import { z } from '#contract/schema.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';

const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

export const OpenidSettings = z.strictObject({
  /** as the provider writes it into its tokens: https, on loopback also http */
  issuer: z.url().refine((issuer) => new URL(issuer).protocol === 'https:' || isLoopback(new URL(issuer)), 'not https'),
  clientId: z.string().min(1).max(200),
  clientSecret: z.string().min(1).max(500),
  /** on the button: the organisation's name for its sign-in */
  label: z.string().min(1).max(60),
  scopes: z.array(z.string().max(100)).max(20).default(['openid', 'profile', 'email', 'offline_access']),
  /** signs the tokens */
  algorithm: z
    .enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])
    .default('RS256'),
  groupsClaim: z.string().max(100).default('groups'),
  /** who is in the group has the role; without a scope in the whole organisation */
  roles: z
    .array(z.strictObject({ group: z.string().max(300), role: Role, scope: Scope.default({ kind: 'organisation' }) }))
    .max(200)
    .default([]),
  /** of everybody whom the provider knows; null: who is in none of the groups is refused */
  everyoneIs: Role.exclude(['administrator']).nullable().default('member'),
});
export type OpenidSettings = z.infer<typeof OpenidSettings>;

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export const readOpenidSettings = (path: string): OpenidSettings => readSecretSettings(path, OpenidSettings);
