/** The invite's exchange for a grant: from the inline script's head start the first time, by a request after that. */
import { fromWire, OperationalError, UserError, WireError } from '#contract/error-codes.ts';
import { type HttpResponse, httpRoutes } from '#contract/http-api.ts';
import { z } from '#contract/schema.ts';
import { type Early, startEarly } from './early.ts';

export type Entry = HttpResponse<'enterAsGuest'>;
const Refusal = z.object({ error: WireError });

declare global {
  interface Window {
    maruEarly?: Early;
  }
}

/** Begun as soon as this module runs, where the inline script has not. */
const early: Early | null = location.hash.length > 1 ? (window.maruEarly ?? startEarly()) : null;
let headStart: Early['entry'] | null = early?.entry ?? null;

/** The socket that was opened ahead, once. */
export function takeEarlySocket(url: string): WebSocket | null {
  const { socket } = early ?? {};
  if (!socket || early === null) return null;
  early.socket = null;
  if (new URL(socket.url).href === new URL(url).href && socket.readyState <= WebSocket.OPEN) return socket;
  socket.close();
  return null;
}

/** @throws UserError with what the server says of the invite; OperationalError where it cannot be reached */
export async function enterAsGuest(endedCallId: string | null): Promise<Entry> {
  if (!early) throw new UserError('invite-invalid', 'the link has no invite');
  const answer = await (headStart ?? post(early, endedCallId)).catch((cause: unknown) => {
    headStart = null;
    throw new OperationalError('shutting-down', 'the server cannot be reached', { cause });
  });
  headStart = null;
  if (answer.status === 200) return httpRoutes.enterAsGuest.response.parse(answer.body);
  const refusal = Refusal.safeParse(answer.body);
  if (refusal.success) throw fromWire(refusal.data.error);
  throw new OperationalError('shutting-down', `status ${answer.status}`);
}

async function post(
  { invite, entryId }: Early,
  endedCallId: string | null,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(httpRoutes.enterAsGuest.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite, entryId, ...(endedCallId && { endedCallId }) }),
    signal: AbortSignal.timeout(8_000),
  });
  return { status: response.status, body: await response.json() };
}
