/** The poll of the call that the room is in, with the room's own answer, for its phones. */
import { SeenPoll } from './polls.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { Id, type z } from './schema.ts';

export const RoomPoll = ProjectionHeading.extend({
  /** null: in no call */
  callId: Id.nullable(),
  /** the newest, while it runs or TVs show its result; without its names where they do not fit. null: none */
  poll: SeenPoll.nullable(),
});
export type RoomPoll = z.infer<typeof RoomPoll>;
