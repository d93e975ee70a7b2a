/**
 * What may be asked of a room, and what it answers. Never retained; each has an id and an expiry.
 * Unknown fields are refused.
 */
import { WireError } from './error-codes.ts';
import { CallGrant } from './grants.ts';
import { Layout } from './room-state.ts';
import { EpochMs, Id, z } from './schema.ts';

export const RoomCommand = z.discriminatedUnion('name', [
  /** a person is about to tap: connect transports ahead */
  z.strictObject({ name: z.literal('prepare-call') }),
  /** starts the room's meeting, or joins the one under way */
  z.strictObject({ name: z.literal('start-meeting') }),
  z.strictObject({ name: z.literal('cancel-start') }),
  z.strictObject({ name: z.literal('leave-meeting') }),
  z.strictObject({ name: z.literal('end-meeting') }),
  z.strictObject({ name: z.literal('set-microphone'), muted: z.boolean() }),
  z.strictObject({ name: z.literal('set-camera'), on: z.boolean() }),
  z.strictObject({ name: z.literal('set-volume'), percent: z.number().int().min(0).max(100) }),
  z.strictObject({ name: z.literal('set-layout'), layout: Layout }),
  z.strictObject({ name: z.literal('set-stage-page'), page: z.number().int().min(0).max(20) }),
  z.strictObject({ name: z.literal('mute-participant'), peerId: Id }),
  z.strictObject({ name: z.literal('mute-all') }),
  z.strictObject({ name: z.literal('remove-participant'), peerId: Id }),
  z.strictObject({ name: z.literal('answer-feedback'), answer: z.enum(['good', 'bad']) }),
  /** full roster on the roster topic for a minute */
  z.strictObject({ name: z.literal('watch-roster') }),
]);
export type RoomCommand = z.infer<typeof RoomCommand>;
export type RoomCommandName = RoomCommand['name'];

/** A command on its way from the fleet to the kiosk. */
export const CommandEnvelope = z.strictObject({
  protocol: z.number().int(),
  id: Id,
  roomId: Id,
  /** fleet's clock; the kiosk corrects by the offset it learns from `desired` */
  expiresAtMs: EpochMs,
  issuer: z.strictObject({ kind: z.enum(['controller', 'console']), id: Id }),
  command: RoomCommand,
  /** with `prepare-call` and `start-meeting`: so that the kiosk need not ask back */
  grant: CallGrant.nullable(),
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

export const CommandReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), id: Id }),
  z.object({ ok: z.literal(false), id: Id, error: WireError }),
]);
export type CommandReply = z.infer<typeof CommandReply>;
