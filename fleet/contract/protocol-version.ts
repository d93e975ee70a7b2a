/**
 * The number that two processes compare before they say anything else, on every wire.
 * The server serves its own number and the one before; who is too old is named in the refusal.
 */
import { z } from './schema.ts';

export const PROTOCOL_VERSION = 1;
export const OLDEST_SERVED_PROTOCOL = 1;

/** Accepts any number, so that a refusal can name who is too old instead of calling the message malformed. */
export const ProtocolVersion = z.number().int().positive();

export type Negotiation = 'accepted' | 'client-too-old' | 'server-too-old';

/** Seen from the side that serves: what to say to a client that speaks `theirs`. */
export function negotiate(theirs: number): Negotiation {
  if (theirs < OLDEST_SERVED_PROTOCOL) return 'client-too-old';
  if (theirs > PROTOCOL_VERSION) return 'server-too-old';
  return 'accepted';
}
