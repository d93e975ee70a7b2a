/** The newest words of the chat of the call that the room is in, for its phones. Empty while it is in none. */
import { CHAT_MESSAGES_IN_ROOM, ChatMessage } from './chat.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { Id, z } from './schema.ts';

export const RoomChat = ProjectionHeading.extend({
  /** null: in no call */
  callId: Id.nullable(),
  /** its agent takes what a message answers and whom it names; absent: an older one, which refuses the whole command */
  takesAbout: z.boolean().optional(),
  /** in their order */
  messages: z.array(ChatMessage).max(CHAT_MESSAGES_IN_ROOM),
});
export type RoomChat = z.infer<typeof RoomChat>;
