/**
 * Order in a call: who is what, what is locked, who raised a hand. State of the call, owned by the media node, which enforces
 * it: no page is asked to keep it. Pure.
 */
import { openWord } from './open-words.ts';
import { z } from './schema.ts';

/** From most to least. A room of the meeting has what a co-host has. */
export const MeetingRole = z.enum(['host', 'co-host', 'presenter', 'member', 'guest']);
export type MeetingRole = z.infer<typeof MeetingRole>;

/** What a peer may do to others: `end` the call for all, `mute`, `remove`, `order` (lock, stay muted, sharing), `admit` who waits, `roles`. */
export const Right = z.enum(['end', 'mute', 'remove', 'order', 'admit', 'roles']);
export type Right = z.infer<typeof Right>;
export const RIGHTS: Record<MeetingRole, readonly Right[]> = {
  host: ['end', 'mute', 'remove', 'order', 'admit', 'roles'],
  'co-host': ['end', 'mute', 'remove', 'order', 'admit'],
  presenter: [],
  member: [],
  guest: [],
};

const SharedBy = z.enum(['everyone', 'presenters']);
/** What the hosts have set for everybody else. */
export const CallOrder = z.object({
  /** nobody new comes in; who was in and was not removed returns */
  isLocked: z.boolean(),
  /** members and guests stay muted until a host lets each or all speak */
  staysMuted: z.boolean(),
  /** who shows screens and documents: everybody as their grant has it, or presenters and above */
  sharedBy: openWord(SharedBy, 'presenters'),
});
export type CallOrder = z.infer<typeof CallOrder>;
export const OPEN_ORDER: CallOrder = { isLocked: false, staysMuted: false, sharedBy: 'everyone' };

/** A change: what is left out stays. */
export const OrderChange = z.strictObject({
  isLocked: z.boolean().optional(),
  staysMuted: z.boolean().optional(),
  sharedBy: SharedBy.optional(),
});
export type OrderChange = z.infer<typeof OrderChange>;
