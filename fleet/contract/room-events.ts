/**
 * What happened in a room, in past tense: kept on the box until the fleet has acknowledged it by id, so that a day
 * without a server loses nothing. `sequence` counts without a gap over restarts: delivered in order, taken in once.
 */
import { ReportedErrorCode } from './error-codes.ts';
import { knownMembers, openUnion, openWord } from './open-words.ts';
import { HelpText, HelpTopic } from './help-request.ts';
import { SelfTestCheck } from './room-equipment.ts';
import { ReportedEndReason } from './room-state.ts';
import { FailedUpdate } from './room-update.ts';
import { ReleaseId } from './update-feed.ts';
import { BookingId } from './room-agenda.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

const heading = {
  eventId: Id,
  sequence: z.number().int().positive(),
  /** kiosk's clock */
  atMs: EpochMs,
};
const event = <N extends string, S extends z.ZodRawShape>(name: N, details: S) =>
  z.object({ name: z.literal(name), ...heading, ...details });
/** What can fail: the store, and each part of the agent by its name. */
const Device = openWord(
  z.enum(['storage', 'speakerphone', 'tv', 'calendar', 'media-devices', 'reach', 'lan', 'updates']),
);
export type RoomDevice = z.infer<typeof Device>;

const known = [
  event('agent-started', { epoch: z.number().int() }),
  event('call-joined', { callId: Id, meetingTitle: ShownTitle, bookingId: BookingId.nullable() }),
  event('call-left', { callId: Id, reason: ReportedEndReason, durationMs: z.number().int().nonnegative() }),
  event('start-failed', { code: ReportedErrorCode }),
  event('feedback-given', { callId: Id, answer: openWord(z.enum(['good', 'bad'])) }),
  /** by whom a command came while the fleet could not see it */
  event('lan-command', { command: z.string().max(40), pairingId: Id }),
  event('booking-checked-in', { bookingId: BookingId, by: openWord(z.enum(['call', 'tap', 'presence', 'sound'])) }),
  event('booking-released', { bookingId: BookingId, because: openWord(z.enum(['no-show', 'given-back'])) }),
  event('booking-restored', { bookingId: BookingId }),
  event('booking-moved', { bookingId: BookingId, endMs: EpochMs }),
  event('device-faulty', { device: Device, code: ReportedErrorCode }),
  event('device-mended', { device: Device }),
  event('mute-mended', { lamp: openWord(z.enum(['muted', 'open'])) }),
  /** what the fleet makes a request of; `helpId` is made on the kiosk */
  event('help-called', { helpId: Id, topic: openWord(HelpTopic, 'other'), text: HelpText }),
  event('help-written', { helpId: Id, messageId: Id, text: HelpText }),
  event('help-withdrawn', { helpId: Id }),
  /** the page on the TV began anew, or was started again by its watchdog */
  event('screen-started', { because: openWord(z.enum(['start', 'reload', 'frozen', 'crashed', 'asked'])) }),
  /** by whom it was put off is not known: a phone in the room */
  event('update-postponed', { releaseId: ReleaseId, untilMs: EpochMs }),
  event('update-confirmed', { releaseId: ReleaseId, version: z.string().max(40) }),
  event('update-failed', { update: FailedUpdate }),
  event('self-test-done', { checks: knownMembers(SelfTestCheck, 'name') }),
] as const;
/** `unknown`: of a newer release; kept and acknowledged like the others, so that it is not sent for ever. */
export const RoomEvent = openUnion('name', known, heading);
export type RoomEvent = z.infer<typeof RoomEvent>;

/** In order; what is not acknowledged comes again. */
export const RoomEvents = z.object({ events: z.array(RoomEvent).min(1).max(50) });
export type RoomEvents = z.infer<typeof RoomEvents>;
/** Up to and including this one: order makes a list of ids needless. */
export const RoomEventsAck = z.object({ upToSequence: z.number().int().nonnegative() });
export type RoomEventsAck = z.infer<typeof RoomEventsAck>;
