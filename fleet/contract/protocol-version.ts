/**
 * The number that two processes compare before they read anything else of each other, on every wire. A server serves
 * its own number and, where there is one that it can read, the one before, and answers in the number of the client. The
 * refusal names the side that is too old.
 */
import { z } from './schema.ts';

export const PROTOCOL_VERSION = 2;
export const OLDEST_SERVED_PROTOCOL = 2;

/** Any that can be one, so that a refusal can name the older side instead of calling the message malformed. */
export const ProtocolVersion = z.number().int().positive();
const Heading = z.looseObject({ protocol: ProtocolVersion });

export type ProtocolRefusal = 'client-too-old' | 'server-too-old';
export type Negotiation = 'accepted' | ProtocolRefusal;

/** Seen from the side that serves: what to answer a client that speaks `theirs`. */
export function negotiate(theirs: number): Negotiation {
  if (theirs < OLDEST_SERVED_PROTOCOL) return 'client-too-old';
  if (theirs > PROTOCOL_VERSION) return 'server-too-old';
  return 'accepted';
}

/** Seen from the side that is served: whether to read a server that speaks `theirs` to us. */
export function negotiateAsClient(theirs: number): Negotiation {
  const seenFromServer = negotiate(theirs);
  if (seenFromServer === 'accepted') return 'accepted';
  return seenFromServer === 'client-too-old' ? 'server-too-old' : 'client-too-old';
}

/** The number that a message carries, read before its schema is checked; null: it carries none. */
export function protocolOf(message: unknown): number | null {
  return Heading.safeParse(message).data?.protocol ?? null;
}
