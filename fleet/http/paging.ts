/** Cursors of lists that are answered page by page: where the page ended, as text that only its list reads. */
import { ProtocolError } from '#contract/error-codes.ts';
import type { z } from '#contract/schema.ts';

export const cursorOf = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws ProtocolError bad-message for what is no cursor of this list */
export function readCursor<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new ProtocolError('bad-message', 'no cursor of this list', { cause });
  }
}
