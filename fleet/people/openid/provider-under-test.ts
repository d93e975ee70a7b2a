/** For tests: an organisation's OpenID provider on loopback, `oidc-provider`, with people and groups that a test changes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
// @ts-expect-error it brings no types
import Provider from 'oidc-provider';
import type { OpenidSettings } from './openid-settings.ts';

export type Person = { name: string; email: string; groups: string[] };
const CLIENT = { clientId: 'maru', clientSecret: 'throwaway-secret-of-tests' };

export class ProviderUnderTest {
  /** by subject; one that is missing is not known any more */
  readonly people = new Map<string, Person>();
  /** who sits at the browser */
  signsIn = '';
  issuer = '';
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  #provider!: {
    callback: () => (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails: (
      request: IncomingMessage,
      response: ServerResponse,
    ) => Promise<{ prompt: { name: string }; params: Record<string, string>; session?: { accountId: string } }>;
    interactionFinished: (
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: object,
    ) => Promise<void>;
    Grant: new (of: object) => { addOIDCScope: (scope: string) => void; save: () => Promise<string> };
  };

  /** @param fleetUrl where Maru is */
  async start(fleetUrl: string): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: [`${fleetUrl}/openid/callback`],
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'client_secret_post',
          backchannel_logout_uri: `${fleetUrl}/openid/logout`,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] },
      cookies: { keys: ['throwaway-key-of-tests'] },
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      // its own refuses loopback
      fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
        fetch(url, options),
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: async (_: unknown, sub: string) => {
        const person = this.people.get(sub);
        return person && { accountId: sub, claims: async () => ({ sub, preferred_username: sub, ...person }) };
      },
    });
  }

  settings(more: Partial<OpenidSettings> = {}): OpenidSettings {
    return {
      issuer: this.issuer,
      ...CLIENT,
      label: 'Steel',
      scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
      algorithm: 'RS256',
      groupsClaim: 'groups',
      roles: [{ group: 'room-team', role: 'operator', scope: { kind: 'organisation' } }],
      everyoneIs: 'member',
      ...more,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!request.url?.startsWith('/interaction/')) return this.#provider.callback()(request, response);
    const { prompt, params, session } = await this.#provider.interactionDetails(request, response);
    if (prompt.name === 'login')
      return this.#provider.interactionFinished(request, response, { login: { accountId: this.signsIn } });
    const grant = new this.#provider.Grant({ accountId: session!.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid profile email groups offline_access');
    return this.#provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
}

/** A browser's cookies and redirects, as far as signing in needs them. */
export class PlainBrowser {
  readonly #jar = new Map<string, Map<string, string>>();

  /** The last address before one that answers itself, and that answer. */
  async open(address: string): Promise<{ url: URL; status: number; text: string }> {
    let url = new URL(address);
    for (let redirects = 0; redirects < 12; redirects += 1) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: this.#cookiesFor(url), 'user-agent': 'test' },
      });
      this.#keep(url, response);
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, text: await response.text() };
      await response.body?.cancel();
      url = new URL(location, url);
    }
    throw new Error('redirected for ever');
  }

  async submit(address: string, form: Record<string, string>): Promise<void> {
    const url = new URL(address);
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: this.#cookiesFor(url) },
      body: new URLSearchParams(form),
    });
    this.#keep(url, response);
    await response.body?.cancel();
  }

  cookie(url: string, name: string): string | undefined {
    return this.#jar.get(new URL(url).host)?.get(name);
  }

  #cookiesFor({ host }: URL): string {
    return [...(this.#jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  #keep({ host }: URL, response: Response): void {
    const cookies = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, cookies);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name!);
      else cookies.set(name!, value!);
    }
  }
}
