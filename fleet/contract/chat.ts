/** The chat of a call: text alone, state of the call at the media node. Who comes later sees what came before. */
import { EpochMs, Id, z } from './schema.ts';
import { bytesOf, graphemesOf, shownText } from './shown-text.ts';

export const MAX_CHAT_LETTERS = 2_000;
/** How many messages a call keeps; the oldest leave first. */
export const CHAT_MESSAGES_KEPT = 500;
/** How long after it was written a message may be recalled. */
export const RECALL_WITHIN_MS = 24 * 3_600_000;
/** How many of them a room's projection names. */
export const CHAT_MESSAGES_IN_ROOM = 30;

/** Lines stay; each is cleaned as names are. Never markup. */
export const ChatText = z
  .string()
  .max(20_000)
  .overwrite((text) =>
    text
      .split(/\r?\n/)
      .map(shownText)
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  )
  .min(1)
  .refine((text) => bytesOf(text) <= 8_000 && graphemesOf(text).length <= MAX_CHAT_LETTERS, 'longer than a message');

/** Of how many of their newest messages writers see who has read them. */
export const READS_SHOWN = 3;
/** The most names of readers at once. */
export const MAX_READERS = 300;
/** A page that shows chat marks the newest message at most so often. */
export const MARK_READ_EVERY_MS = 3_000;

/** How many people have read a message, without its writer. */
export const ReadCount = z.object({ messageId: Id, count: z.number().int().positive() });
export type ReadCount = z.infer<typeof ReadCount>;

export const MAX_MENTIONS = 20;
/** Somebody whom a message names: `@` and the name stand in its text. `peerId` absent: not in the call. */
export const ChatMention = z.object({ peerId: Id.optional(), name: z.string() });
export type ChatMention = z.infer<typeof ChatMention>;

/** What a new message answers and names, as its sender sends it in a call: `mentions` are peerIds. */
export const chatAbout = { replyTo: Id.optional(), mentions: z.array(Id).max(MAX_MENTIONS).optional() };

export const ChatMessage = z.object({
  /** chosen by its sender, so that a repeated send is one message */
  messageId: Id,
  /** counts up in the call */
  number: z.number().int().nonnegative(),
  peerId: Id,
  displayName: z.string(),
  isGuest: z.boolean(),
  text: z.string(),
  atMs: EpochMs,
  /** its place stays, and the words are gone for everyone: `text` is empty */
  isRecalled: z.boolean().optional(),
  /** the message that it answers; the reader may not have that one */
  replyTo: Id.optional(),
  mentions: z.array(ChatMention).optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;
