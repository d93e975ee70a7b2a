/** What is pointed at and drawn on the page that a room's TV shows, as its phones draw it. */
import { ProjectionHeading } from './projection-heading.ts';
import { PageDrawing } from './page-drawing.ts';
import type { z } from './schema.ts';

export const RoomDrawing = ProjectionHeading.extend({
  /** null: no document is shown */
  drawing: PageDrawing.nullable(),
});
export type RoomDrawing = z.infer<typeof RoomDrawing>;
