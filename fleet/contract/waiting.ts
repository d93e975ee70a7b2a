/**
 * Waiting to be let in. A knock is a ticket at the fleet server: no join token, no place at a node. Hosts, co-hosts and the
 * meeting's rooms see who waits and decide; the ticket's holder follows its state and enters once it is admitted.
 */
import { openWord } from './open-words.ts';
import { EpochMs, Id, PersonName, z } from './schema.ts';

/** How many people a list names, the first to come first; `count` counts all. */
export const WAITING_NAMED = 50;

export const WaitingPerson = z.object({
  ticketId: Id,
  displayName: z.string(),
  /** as the person typed it */
  organisation: z.string().nullable(),
  /** signed in, or by an invite of their own: the name is known to be theirs */
  isKnown: z.boolean(),
  sinceMs: EpochMs,
});
export type WaitingPerson = z.infer<typeof WaitingPerson>;

export const WaitingList = z.object({
  /** null: the room has no meeting */
  meetingId: Id.nullable(),
  count: z.number().int().nonnegative(),
  waiting: z.array(WaitingPerson).max(WAITING_NAMED),
});
export type WaitingList = z.infer<typeof WaitingList>;

/** `admit-all`: those who wait at this moment. */
export const WaitingDecision = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('admit'), ticketId: Id }),
  z.strictObject({ name: z.literal('decline'), ticketId: Id }),
  z.strictObject({ name: z.literal('admit-all') }),
]);
export type WaitingDecision = z.infer<typeof WaitingDecision>;

/**
 * Of a ticket. `locked`: the meeting is locked, and the ticket waits on; `no-host`: nobody is there to decide yet;
 * `over`: the meeting is over or cancelled. `admitted` stays until its holder has entered, and after.
 */
export const TicketState = z.enum(['waiting', 'no-host', 'locked', 'admitted', 'declined', 'over']);
export type TicketState = z.infer<typeof TicketState>;
export const ReportedTicketState = openWord(TicketState, 'waiting');

/** What a guest types for a knock. */
export const Knock = z.strictObject({ displayName: PersonName, organisation: PersonName.nullable() });
export type Knock = z.infer<typeof Knock>;
