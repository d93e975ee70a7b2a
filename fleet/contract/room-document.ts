/** The document on a room's TV, as its phones and the console see it: in a call what the call shows, else the TV's own. */
import { ProjectionHeading } from './projection-heading.ts';
import { z } from './schema.ts';
import { DocumentHeading } from './shared-document.ts';

export const RoomDocument = ProjectionHeading.extend({
  /** null: none is shown */
  document: DocumentHeading.nullable(),
  /** the room presents: its phones steer; else they can take it */
  isPresenter: z.boolean(),
});
export type RoomDocument = z.infer<typeof RoomDocument>;
