/** The document on a room's TV, as its phones and the console see it: in a call what the call shows, else the TV's own. */
import { openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { z } from './schema.ts';
import { DocumentHeading, WithdrawReason } from './shared-document.ts';

export const RoomDocument = ProjectionHeading.extend({
  /** null: none is shown */
  document: DocumentHeading.nullable(),
  /** the room presents: its phones steer; else they can take it */
  isPresenter: z.boolean(),
  /** on the TV's stage it is before a shared screen: nobody began to share one after it */
  isNewest: z.boolean().default(true),
  /** why what the room presented in the call went though nobody stopped it; null: it did not, or something is shown since */
  withdrawn: openWord(WithdrawReason).nullable().default(null),
});
export type RoomDocument = z.infer<typeof RoomDocument>;
