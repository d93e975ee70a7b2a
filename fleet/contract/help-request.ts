/**
 * "Call for help": a person in the room calls, IT answers in words on the room's phones, tablets and TV. The call is an event of
 * the kiosk, so it arrives though the fleet is away for a while; the request lives in the fleet, and comes back to the room
 * on the topic `helpOfRoom` and from there as the projection of the same name.
 */
import { knownMembers, openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, z } from './schema.ts';

export const HelpTopic = z.enum([
  'nobody-hears-us',
  'we-hear-nobody',
  'no-picture',
  'cannot-join',
  'cannot-share',
  'other',
]);
export type HelpTopic = z.infer<typeof HelpTopic>;
export const HelpText = z.string().trim().max(500);

/** `sent`: the fleet has it, nobody of IT has looked; `seen`: somebody has. */
export const HelpState = z.enum(['waiting', 'sent', 'seen', 'solved', 'withdrawn']);
export type HelpState = z.infer<typeof HelpState>;

export const HelpMessage = z.object({
  messageId: Id,
  from: openWord(z.enum(['room', 'it']), 'it'),
  /** of IT, the person's name; of the room empty */
  author: z.string().max(240),
  text: HelpText,
  atMs: EpochMs,
});
export type HelpMessage = z.infer<typeof HelpMessage>;

export const HelpRequest = z.object({
  helpId: Id,
  topic: openWord(HelpTopic, 'other'),
  state: openWord(HelpState, 'sent'),
  calledAtMs: EpochMs,
  /** the newest at the end */
  messages: z.array(HelpMessage).max(20),
});
export type HelpRequest = z.infer<typeof HelpRequest>;

/** Fleet to kiosk, retained, whole: the one that is open, or was closed less than ten minutes ago; null: none. */
export const HelpOfRoom = z.object({ protocol: ProtocolVersion, request: HelpRequest.nullable() });
export type HelpOfRoom = z.infer<typeof HelpOfRoom>;

/** Why IT is in the room at the moment: shown on TV and phones as long as it lasts. */
export const ItPresence = z.object({
  kind: z.enum(['looks-at-screen', 'restarts-soon']),
  by: z.string().max(240),
  sinceMs: EpochMs,
});

/** The projection `help`. */
export const RoomHelp = ProjectionHeading.extend({
  /** the room's setting `watch.offersHelp` */
  isOffered: z.boolean(),
  /** `waiting`: called, and not acknowledged by the fleet yet */
  request: HelpRequest.nullable(),
  it: knownMembers(ItPresence, 'kind'),
});
export type RoomHelp = z.infer<typeof RoomHelp>;
