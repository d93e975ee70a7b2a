/** What a meeting permits with documents. Stored with the meeting; the grants into its call follow it. */
import { z } from './schema.ts';

export const DocumentPolicy = z.strictObject({
  /** who may share: all who are in the meeting, or rooms and their phones alone */
  sharedBy: z.enum(['everyone', 'room-only']),
  /** false: a document is withdrawn as soon as a guest is in the call */
  guestsView: z.boolean(),
  /** false: deleted when the meeting's call ends */
  isKept: z.boolean(),
  /** the name of who looks stands faintly on each page */
  hasWatermark: z.boolean(),
});
export type DocumentPolicy = z.infer<typeof DocumentPolicy>;

export const DEFAULT_DOCUMENT_POLICY: DocumentPolicy = {
  sharedBy: 'everyone',
  guestsView: true,
  isKept: false,
  hasWatermark: false,
};
