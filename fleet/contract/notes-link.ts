/**
 * The shared notes of one meeting: a WebSocket of the fleet server, opened by the session's cookie. Text frames are the messages
 * below; binary frames are the sync messages of y-protocols (state vector, difference, update), as yjs writes them. The server
 * sends `welcome` and its state vector; each side then sends what the other lacks.
 */
import { WireError } from './error-codes.ts';
import { openUnion, openWord } from './open-words.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { Id, z } from './schema.ts';

export const NOTES_LINK_PATH = '/notes-link';
/** Of the document's one fragment. */
export const NOTES_FRAGMENT = 'notes';
/** One update; what is larger is refused before it is buffered. */
export const MAX_NOTES_UPDATE_BYTES = 64 * 1024;
/** All that a meeting's notes may come to. */
export const MAX_NOTES_BYTES = 2 * 1024 * 1024;
/** A frame: an update with its kind and length. */
export const MAX_NOTES_FRAME_BYTES = MAX_NOTES_UPDATE_BYTES + 16;

const access = z.enum(['write', 'read']);
export type NotesAccess = z.infer<typeof access>;
/** A right that this release does not know lets nobody write. */
const NotesAccess = openWord(access, 'read');

export const NotesLinkFromPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: ProtocolVersion, meetingId: Id }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type NotesLinkFromPage = z.infer<typeof NotesLinkFromPage>;

export const NotesLinkToPage = openUnion('type', [
  z.object({ type: z.literal('welcome'), protocol: ProtocolVersion, meetingId: Id, access: NotesAccess }),
  /** the right of this page has changed */
  z.object({ type: z.literal('access'), access: NotesAccess }),
  /** the first `count` updates that came over this connection are on the disk */
  z.object({ type: z.literal('saved'), count: z.number().int().nonnegative() }),
  /** an update was dropped, and so is what builds on it; the connection stands */
  z.object({ type: z.literal('update-refused'), error: WireError }),
  /** sent before the close that it explains */
  z.object({ type: z.literal('error'), error: WireError }),
  z.object({ type: z.literal('pong') }),
]);
export type NotesLinkToPage = z.infer<typeof NotesLinkToPage>;
