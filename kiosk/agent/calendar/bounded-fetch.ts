/**
 * HTTP as a calendar is fetched: so many bytes, so long, so many redirects and no further. No error names the address,
 * which for a feed is its secret.
 */
import { OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';

export const MAX_CALENDAR_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 4;

export type Fetched = { status: number; headers: Headers; bytes: Uint8Array };
/** `headers` as a plain object; a body that can be sent again after a redirect */
export type Request = { method: string; headers: Record<string, string>; body?: string };

/**
 * Answers with whatever status came.
 * @throws OperationalError calendar-unreachable; ProtocolError calendar-too-large
 */
export async function fetchBounded(address: string, request: Request, signal: AbortSignal): Promise<Fetched> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let url = new URL(address);
  let { headers } = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await fetch(url, { ...request, headers, redirect: 'manual', signal: inTime }).catch(unreachable);
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) {
      return { status: response.status, headers: response.headers, bytes: await bytesOf(response) };
    }
    await response.body?.cancel();
    const next = URL.parse(location, url);
    if (!next || !/^https?:$/.test(next.protocol))
      throw new OperationalError('calendar-unreachable', 'a redirect astray');
    // what was asked for in secret is not asked for in the open, and a password is for whom it was given
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new OperationalError('calendar-unreachable', 'a redirect from https to http');
    if (next.origin !== url.origin) headers = withoutSecrets(headers);
    url = next;
  }
  throw new OperationalError('calendar-unreachable', 'redirected in circles');
}

/** @throws UserError calendar-refused; OperationalError calendar-unreachable */
export function expectGood({ status }: Pick<Fetched, 'status'>): void {
  if (status === 401 || status === 403) throw new UserError('calendar-refused', `HTTP ${status}`);
  if (status < 200 || status > 299) throw new OperationalError('calendar-unreachable', `HTTP ${status}`);
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > MAX_CALENDAR_BYTES) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.byteLength;
      // leaving the loop cancels the rest
      if (sizeBytes > MAX_CALENDAR_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    unreachable(error);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (): ProtocolError =>
  new ProtocolError('calendar-too-large', `more than ${MAX_CALENDAR_BYTES / 1024 / 1024} MB`);

/** The cause is told by its code alone: its words may hold the address. */
function unreachable(error: unknown): never {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  const why = name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? name);
  throw new OperationalError('calendar-unreachable', why);
}

function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)));
}
