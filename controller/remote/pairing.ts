/**
 * This phone's tie to a room: the code from the TV is exchanged for a token, which is kept on the phone.
 * Owns the fragment, the request and the storage; nothing is painted here.
 */
import { fromWire, OperationalError, toMaruError, WireError } from '#contract/error-codes.ts';
import { httpRoutes, PairingCode } from '#contract/http-api.ts';
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH } from '#contract/limits.ts';
import { z } from '#contract/schema.ts';

const KEPT_AS = 'maru-pairing';
const REQUEST_TIMEOUT_MS = 10_000;

export const Pairing = httpRoutes.pair.response;
export type Pairing = z.infer<typeof Pairing>;

/** What was kept; null where nothing was, or storage is refused or spoilt. */
export function keptPairing(): Pairing | null {
  try {
    return Pairing.parse(JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null'));
  } catch {
    return null;
  }
}

export function keepPairing(pairing: Pairing | null): void {
  try {
    if (pairing === null) localStorage.removeItem(KEPT_AS);
    else localStorage.setItem(KEPT_AS, JSON.stringify(pairing));
  } catch {
    // a private window: the pairing lasts as long as the page
  }
}

/** The code that the TV's QR carries, taken out of the address at once: it must not stay in the history. */
export function takeCodeFromFragment(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', location.pathname + location.search);
  return code;
}

/** What is typed, as the TV writes it: K7PW-3MXD. Look-alikes and separators are dropped; pure. */
export function formatTypedCode(typed: string): string {
  const code = [...typed.toUpperCase()]
    .filter((letter) => PAIRING_CODE_ALPHABET.includes(letter))
    .slice(0, PAIRING_CODE_LENGTH);
  const half = PAIRING_CODE_LENGTH / 2;
  return code.length > half ? `${code.slice(0, half).join('')}-${code.slice(half).join('')}` : code.join('');
}

export const isWholeCode = (typed: string): boolean => PairingCode.safeParse(typed).success;

/** @throws MaruError `pairing-code-invalid`, `too-many-attempts`, …; OperationalError where no server answers. */
export async function pair(code: string): Promise<Pairing> {
  if (!isWholeCode(code)) throw fromWire({ code: 'pairing-code-invalid', message: 'not a code' });
  let response: Response;
  try {
    response = await fetch(httpRoutes.pair.path, {
      method: httpRoutes.pair.method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (error) {
    throw new NoServer('room-not-answering', 'no answer from the server', { cause: error });
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const refusal = z.object({ error: WireError }).safeParse(body);
    throw refusal.success ? fromWire(refusal.data.error) : new NoServer('internal', `HTTP ${response.status}`);
  }
  try {
    return Pairing.parse(body);
  } catch (error) {
    throw toMaruError(error);
  }
}

/** Not the room but the way to the server is what failed: other words. */
export class NoServer extends OperationalError {}
