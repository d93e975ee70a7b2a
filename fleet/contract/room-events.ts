/**
 * What happened in a room, in past tense: kept on the box until the fleet has acknowledged it by id, so that a day
 * without a server loses nothing. `sequence` counts without a gap over restarts: delivered in order, taken in once.
 */
import { ErrorCode } from './error-codes.ts';
import { SelfTestCheck } from './room-equipment.ts';
import { EndReason } from './room-state.ts';
import { BookingId } from './room-agenda.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

const event = <N extends string, S extends z.ZodRawShape>(name: N, details: S) =>
  z.object({
    name: z.literal(name),
    eventId: Id,
    sequence: z.number().int().positive(),
    /** kiosk's clock */
    atMs: EpochMs,
    ...details,
  });

export const RoomEvent = z.discriminatedUnion('name', [
  event('agent-started', { epoch: z.number().int() }),
  event('call-joined', { callId: Id, meetingTitle: ShownTitle, bookingId: BookingId.nullable() }),
  event('call-left', { callId: Id, reason: EndReason, durationMs: z.number().int().nonnegative() }),
  event('start-failed', { code: ErrorCode }),
  event('feedback-given', { callId: Id, answer: z.enum(['good', 'bad']) }),
  /** by whom a command came while the fleet could not see it */
  event('lan-command', { command: z.string().max(40), pairingId: Id }),
  event('booking-checked-in', { bookingId: BookingId, by: z.enum(['call', 'tap', 'presence', 'sound']) }),
  event('booking-released', { bookingId: BookingId, because: z.enum(['no-show', 'given-back']) }),
  event('booking-restored', { bookingId: BookingId }),
  event('booking-moved', { bookingId: BookingId, endMs: EpochMs }),
  event('device-faulty', { device: z.enum(['speakerphone', 'tv', 'calendar', 'storage']), code: ErrorCode }),
  event('device-mended', { device: z.enum(['speakerphone', 'tv', 'calendar', 'storage']) }),
  event('mute-mended', { lamp: z.enum(['muted', 'open']) }),
  event('self-test-done', { checks: z.array(SelfTestCheck).max(6) }),
]);
export type RoomEvent = z.infer<typeof RoomEvent>;

/** In order; what is not acknowledged comes again. */
export const RoomEvents = z.object({ events: z.array(RoomEvent).min(1).max(50) });
export type RoomEvents = z.infer<typeof RoomEvents>;
/** Up to and including this one: order makes a list of ids needless. */
export const RoomEventsAck = z.object({ upToSequence: z.number().int().nonnegative() });
export type RoomEventsAck = z.infer<typeof RoomEventsAck>;
