import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpenidProvider } from './openid-provider.ts';
import { OpenidSettings } from './openid-settings.ts';

const CALLBACK = 'https://maru.example/openid/callback';
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let server: Server;
let issuer: string;
let keys: Keys;
let strangers: Keys;
let provider: OpenidProvider;
/** what the next token endpoint answers */
let idToken: () => Promise<string>;
let tokenStatus = 200;

beforeAll(async () => {
  [keys, strangers] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  server = createServer(async (request, response) => {
    const answer = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration')
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      });
    if (request.url === '/jwks') return answer({ keys: [jwk] });
    response.statusCode = tokenStatus;
    if (tokenStatus !== 200) return response.setHeader('content-type', 'text/html').end('<h1>Not at the moment</h1>');
    return answer({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: await idToken() });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = OpenidSettings.parse({
    issuer,
    clientId: 'maru',
    clientSecret: 'throwaway'.repeat(5),
    label: 'Steel',
  });
  provider = new OpenidProvider({ settings, callbackUrl: CALLBACK });
});
afterAll(() => server.close());

const HOUR_SECONDS = 3_600;
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const signed = (claims: JWTPayload, key = keys.privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key);
async function complete(
  change: (honest: JWTPayload) => Promise<string> | string,
  { state, isFresh = false }: { state?: string; isFresh?: boolean } = {},
): Promise<unknown> {
  const { checks } = await provider.begin({ isFresh });
  const honest = {
    iss: issuer,
    aud: 'maru',
    sub: 'mina',
    nonce: checks.nonce,
    iat: nowSeconds(),
    exp: nowSeconds() + HOUR_SECONDS,
  };
  idToken = async () => change(honest);
  return provider.complete(`code=c&state=${state ?? checks.state}`, checks).then(
    ({ subject }) => subject,
    (error) => error.code as string,
  );
}

describe('what a provider may not say', () => {
  test('an honest token opens', async () => expect(await complete((claims) => signed(claims))).toBe('mina'));
  test.each<[string, (honest: JWTPayload) => JWTPayload]>([
    ['another nonce', (claims) => ({ ...claims, nonce: 'other' })],
    ['no nonce', ({ nonce: _, ...claims }) => claims],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://elsewhere.example' })],
    ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
    [
      'several audiences without ours as the authorised party',
      (claims) => ({ ...claims, aud: ['maru', 'x'], azp: 'x' }),
    ],
    ['expired', (claims) => ({ ...claims, exp: nowSeconds() - HOUR_SECONDS })],
    ['no subject', ({ sub: _, ...claims }) => claims],
  ])('%s is refused', async (_what, change) =>
    expect(await complete((claims) => signed(change(claims)))).toBe('openid-refused'),
  );
  test('a signature by another key is refused', async () =>
    expect(await complete((claims) => signed(claims, strangers.privateKey))).toBe('openid-refused'));
  test('no signature is refused', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await complete((claims) => `${part({ alg: 'none' })}.${part(claims)}.`)).toBe('openid-refused');
  });
  test('a signature by our own client secret is refused', async () => {
    const secret = new TextEncoder().encode('throwaway'.repeat(5));
    expect(await complete((claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret))).toBe(
      'openid-refused',
    );
  });
  test('another state is refused', async () =>
    expect(await complete((claims) => signed(claims), { state: 'made-up' })).toBe('openid-refused'));
});

describe('a proof that the person is still themselves', () => {
  const proveBy = (authTime: number | undefined) =>
    complete((claims) => signed({ ...claims, ...(authTime !== undefined && { auth_time: authTime }) }), {
      isFresh: true,
    });
  test('of this moment counts', async () => expect(await proveBy(nowSeconds())).toBe('mina'));
  test('of hours ago is refused, whatever the browser made of the request', async () =>
    expect(await proveBy(nowSeconds() - HOUR_SECONDS)).toBe('openid-refused'));
  test('without its time is refused', async () => expect(await proveBy(undefined)).toBe('openid-refused'));
});

test.each([500, 502, 503, 429])('an answer %i of the provider is no refusal of a person', async (status) => {
  tokenStatus = status;
  expect(await complete((claims) => signed(claims))).toBe('openid-unreachable');
  expect(await provider.renew('r', 'mina').catch((error) => error.code)).toBe('openid-unreachable');
  tokenStatus = 200;
});

describe('a logout token', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const honest = () => ({ iss: issuer, aud: 'maru', sub: 'mina', jti: 'j', iat: nowSeconds(), events: event });
  const verify = async (claims: JWTPayload, key = keys.privateKey) =>
    provider.verifyLogout(await signed(claims, key)).then(
      ({ subject }) => subject,
      (error) => error.code as string,
    );
  test('an honest one counts', async () => expect(await verify(honest())).toBe('mina'));
  test.each<[string, (claims: ReturnType<typeof honest>) => JWTPayload]>([
    ['an identity token', ({ events: _, ...claims }) => claims],
    ['one with a nonce', (claims) => ({ ...claims, nonce: 'n' })],
    ['another audience', (claims) => ({ ...claims, aud: 'other' })],
    ['an old one', (claims) => ({ ...claims, iat: nowSeconds() - HOUR_SECONDS })],
    ['of nobody', ({ sub: _, ...claims }) => claims],
  ])('%s is refused', async (_what, change) => expect(await verify(change(honest()))).toBe('openid-refused'));
  test('a signature by another key is refused', async () =>
    expect(await verify(honest(), strangers.privateKey)).toBe('openid-refused'));
});
