/**
 * How a page that is being closed or left gives its place up at the media node: one POST to the signalling address, because
 * a browser that unloads a page may drop what is still in its sockets. Sent by `navigator.sendBeacon` as text, which needs no
 * preflight from another origin; the peer's secret in the body is the only right that counts, and the answer is always 204.
 */
import { Id, z } from './schema.ts';

export const Leaving = z.strictObject({ peerId: Id, secret: z.string().max(200) });
export type Leaving = z.infer<typeof Leaving>;
