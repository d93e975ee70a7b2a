/**
 * Devices on which an account was signed in before: a signed token in a cookie of its own, which outlives the session.
 * It opens nothing. It gives its device a budget of guesses that no stranger can use up.
 */
import type { JWTPayload } from 'jose';
import { newId } from '../store/index.ts';

export const KNOWN_BROWSER_TTL_MS = 400 * 86_400_000;
const DEVICE_AUDIENCE = 'maru-device';

export type KnownBrowser = { deviceId: string; accountId: string };
/** the fleet's signing keys */
export type KnownBrowserKeys = {
  sign: (claims: JWTPayload) => Promise<string>;
  /** @throws jose's errors */
  verify: (token: string, audience: string) => Promise<JWTPayload>;
};

export class KnownBrowsers {
  readonly #keys: KnownBrowserKeys;

  constructor({ keys }: { keys: KnownBrowserKeys }) {
    this.#keys = keys;
  }

  /** null: no token, or not one of ours */
  async of(token: string | null): Promise<KnownBrowser | null> {
    if (token === null) return null;
    try {
      const { jti, sub } = await this.#keys.verify(token, DEVICE_AUDIENCE);
      return jti !== undefined && sub !== undefined ? { deviceId: jti, accountId: sub } : null;
    } catch {
      return null;
    }
  }

  /** For the device on which `accountId` has signed in; a device keeps its id, and so its budget. */
  async tokenFor(accountId: string, former: KnownBrowser | null): Promise<string> {
    const iat = Math.floor(Date.now() / 1_000);
    const jti = former?.accountId === accountId ? former.deviceId : newId();
    return this.#keys.sign({ aud: DEVICE_AUDIENCE, sub: accountId, jti, iat, exp: iat + KNOWN_BROWSER_TTL_MS / 1_000 });
  }
}
