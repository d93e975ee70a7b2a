/**
 * The organisation's OpenID provider, by openid-client: code flow with PKCE, state and nonce; every token's signature is
 * verified, also of those that came over TLS from the provider itself. Knows no accounts.
 */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  clockTolerance,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
} from 'openid-client';
import { type MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import { FRESH_SIGN_IN_MS } from '#contract/http/route.ts';
import type { OpenidSettings } from './openid-settings.ts';

/** What one attempt to sign in is held to; kept by the server, never by the page. */
export type OpenidChecks = { state: string; nonce: string; verifier: string; isFresh: boolean };
/** Who somebody is, as the provider vouches for it at this moment. */
export type OpenidIdentity = {
  issuer: string;
  subject: string;
  userName: string;
  displayName: string;
  email: string | null;
  groups: string[];
  /** the provider's own session; null: it names none */
  sid: string | null;
  /** when the person last proved to be themselves; null: not given */
  authenticatedAtMs: number | null;
  /** null: the provider gives none */
  refreshToken: string | null;
};
/** Whose sessions the provider ends: one of its own sessions, or all of a person. */
export type OpenidLogout = { subject: string | null; sid: string | null };

const ANSWER_WITHIN_SECONDS = 8;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LOGOUT_MAX_AGE = '5m';
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_GROUPS = 2_000;

export class OpenidProvider {
  readonly #settings: OpenidSettings;
  readonly #callbackUrl: string;
  #configuration: Promise<Configuration> | null = null;
  #keys: ReturnType<typeof createRemoteJWKSet> | null = null;

  constructor({ settings, callbackUrl }: { settings: OpenidSettings; callbackUrl: string }) {
    this.#settings = settings;
    this.#callbackUrl = callbackUrl;
  }

  /** `isFresh`: the person proves again to be themselves, whatever session the provider has. @throws OperationalError openid-unreachable */
  async begin({ isFresh }: { isFresh: boolean }): Promise<{ url: string; checks: OpenidChecks }> {
    const configuration = await this.#discovered();
    const checks = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), isFresh };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.#callbackUrl,
      scope: this.#settings.scopes.join(' '),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
      ...(isFresh && { prompt: 'login', max_age: '0' }),
      // without it providers give no refresh token
      ...(!isFresh && this.#settings.scopes.includes('offline_access') && { prompt: 'consent' }),
    });
    return { url: url.href, checks };
  }

  /** @param query of the address that the provider sent the browser to. @throws UserError openid-refused; OperationalError openid-unreachable */
  async complete(query: string, { state, nonce, verifier, isFresh }: OpenidChecks): Promise<OpenidIdentity> {
    const configuration = await this.#discovered();
    const address = new URL(this.#callbackUrl);
    address.search = query;
    try {
      const tokens = await authorizationCodeGrant(configuration, address, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
        // the request passed through the browser, which may have left out that the person is asked again
        ...(isFresh && { maxAge: FRESH_SIGN_IN_MS / 1_000 }),
      });
      return this.#identityOf(tokens.claims()!, tokens.refresh_token ?? null);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** The same person as the directory has them now. @throws UserError openid-refused: not any more; OperationalError openid-unreachable */
  async renew(refreshToken: string, subject: string): Promise<OpenidIdentity> {
    const configuration = await this.#discovered();
    try {
      const tokens = await refreshTokenGrant(configuration, refreshToken);
      const claims = tokens.claims();
      if (claims?.sub !== subject) throw new UserError('openid-refused', 'the renewed token names another or nobody');
      return this.#identityOf(claims, tokens.refresh_token ?? refreshToken);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** OpenID Connect Back-Channel Logout 1.0. @throws UserError openid-refused; OperationalError openid-unreachable */
  async verifyLogout(token: string): Promise<OpenidLogout & { tokenId: string; expiresAtMs: number }> {
    const configuration = await this.#discovered();
    const { issuer, jwks_uri } = configuration.serverMetadata();
    this.#keys ??= createRemoteJWKSet(new URL(jwks_uri!), { timeoutDuration: ANSWER_WITHIN_SECONDS * 1_000 });
    let claims: JWTPayload;
    try {
      const { clientId, algorithm } = this.#settings;
      const verified = await jwtVerify(token, this.#keys, {
        issuer,
        audience: clientId,
        algorithms: [algorithm],
        maxTokenAge: LOGOUT_MAX_AGE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['iat', 'jti', 'events'],
      });
      claims = verified.payload;
    } catch (error) {
      throw refusalOf(error);
    }
    const { sub, sid, jti, iat, nonce, events } = claims;
    const isLogout = typeof (events as Record<string, unknown> | null)?.[LOGOUT_EVENT] === 'object';
    const sidOrNull = typeof sid === 'string' ? sid : null;
    if (!isLogout || nonce !== undefined || (sub === undefined && sidOrNull === null))
      throw new UserError('openid-refused', 'not a logout token');
    return { subject: sub ?? null, sid: sidOrNull, tokenId: jti!, expiresAtMs: (iat! + 10 * 60) * 1_000 };
  }

  /** Once it has answered it is known for good; while it does not, each attempt asks again. */
  #discovered(): Promise<Configuration> {
    const { issuer, clientId, clientSecret, algorithm } = this.#settings;
    const server = new URL(issuer);
    this.#configuration ??= discovery(
      server,
      clientId,
      {
        client_secret: clientSecret,
        id_token_signed_response_alg: algorithm,
        [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
      },
      undefined,
      {
        timeout: ANSWER_WITHIN_SECONDS,
        // the settings accept plain http on loopback alone
        execute: [enableNonRepudiationChecks, ...(server.protocol === 'http:' ? [allowInsecureRequests] : [])],
      },
    ).catch((error: unknown) => {
      this.#configuration = null;
      throw new OperationalError('openid-unreachable', (error as Error).message, { cause: error });
    });
    return this.#configuration;
  }

  #identityOf(claims: IDToken, refreshToken: string | null): OpenidIdentity {
    const text = (name: string): string | null => {
      const value = claims[name];
      return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : null;
    };
    const groups = claims[this.#settings.groupsClaim];
    const email = claims.email_verified === false ? null : text('email');
    const userName = text('preferred_username') ?? email ?? claims.sub;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      userName,
      displayName: text('name') ?? userName,
      email,
      groups: (Array.isArray(groups) ? groups : typeof groups === 'string' ? [groups] : [])
        .filter((group) => typeof group === 'string')
        .slice(0, MAX_GROUPS),
      sid: text('sid'),
      authenticatedAtMs: typeof claims.auth_time === 'number' ? claims.auth_time * 1_000 : null,
      refreshToken,
    };
  }
}

/** Of a network or a provider that is down another attempt may help; of everything else it does not. */
function refusalOf(error: unknown): MaruError {
  if (error instanceof UserError) return error;
  const { code, name, message, cause } = error as Error & { code?: string };
  const isBusy = cause instanceof Response && (cause.status >= 500 || cause.status === 429);
  const isNetwork =
    isBusy ||
    name === 'TimeoutError' ||
    name === 'AbortError' ||
    code === 'OAUTH_TIMEOUT' ||
    code === 'ERR_JWKS_TIMEOUT' ||
    (error instanceof TypeError && message === 'fetch failed') ||
    (cause instanceof TypeError && cause.message === 'fetch failed');
  return isNetwork
    ? new OperationalError('openid-unreachable', message, { cause: error })
    : new UserError('openid-refused', [code, message].filter(Boolean).join(': '), { cause: error });
}
