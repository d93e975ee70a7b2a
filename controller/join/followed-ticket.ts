/**
 * Follows a knock until it is decided: over lost lines and restarts of the server. EventSource sends no
 * headers, and a ticket stands in no URL: so the stream is fetched.
 */
import { serverSentEvents } from '#call/server-sent-events.ts';
import { fromWire, type MaruError, toMaruError } from '#contract/error-codes.ts';
import { admissionApi } from '#contract/http/admission-api.ts';
import { HttpRefusal, NoServer, refusalOf } from '#contract/http/answer.ts';
import { EVENT_BEAT_MS } from '#contract/http/route.ts';
import type { z } from '#contract/schema.ts';

const route = admissionApi.ticketChanges;
export type TicketChange = z.output<typeof route.events.ticket>;

/** a stream that shows no sign of life this long is opened anew */
const SILENT_MS = EVENT_BEAT_MS * 3;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 4_000;

type Follower = {
  onChange: (change: TicketChange) => void;
  /** false: no sign of life; it is tried again */
  onConnected: (isConnected: boolean) => void;
  /** the server knows the ticket no more */
  onRefused: (refusal: MaruError) => void;
};

/** Until the function that comes back is called. */
export function followTicket(ticket: string, follower: Follower): () => void {
  const following = new AbortController();
  void follow(ticket, follower, following.signal);
  return () => following.abort();
}

async function follow(ticket: string, follower: Follower, signal: AbortSignal): Promise<void> {
  for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
    try {
      await readStream(ticket, signal, (change) => {
        retryMs = FIRST_RETRY_MS;
        follower.onConnected(true);
        if (change) follower.onChange(change);
      });
    } catch (error) {
      if (signal.aborted) return;
      const refusal = toMaruError(error);
      if (refusal.kind === 'user' || refusal.kind === 'protocol') {
        follower.onRefused(refusal);
        return;
      }
    }
    if (signal.aborted) return;
    follower.onConnected(false);
    // all who wait come again after a restart
    await pause(retryMs * (0.75 + Math.random() / 2));
  }
}

/** @param onAlive each time that the server shows a sign of life; null: nothing has changed */
async function readStream(
  ticket: string,
  signal: AbortSignal,
  onAlive: (change: TicketChange | null) => void,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const response = await fetch(route.path, {
      headers: { authorization: `Bearer ${ticket}` },
      signal: AbortSignal.any([signal, silence.signal]),
    }).catch((cause: unknown) => {
      throw new NoServer('internal', 'no answer from the server', { cause });
    });
    if (!response.ok) throw refusalOf(response.status, await response.json().catch(() => null));
    if (!response.body) return;
    for await (const { name, data } of serverSentEvents(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      if (name === 'refused') {
        const refused = HttpRefusal.safeParse(JSON.parse(data));
        throw refused.success ? fromWire(refused.data.error) : new NoServer('internal', 'stream refused');
      }
      onAlive(name === 'ticket' ? route.events.ticket.parse(JSON.parse(data)) : null);
    }
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
