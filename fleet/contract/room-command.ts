/**
 * What may be asked of a room, and what it answers. Never retained; each has an id and an expiry.
 * Unknown fields are refused.
 */
import { ProtocolVersion } from './protocol-version.ts';
import { MeetingRole, OrderChange } from './call-order.ts';
import { chatAbout, ChatText } from './chat.ts';
import { WireError } from './error-codes.ts';
import { CallGrant } from './grants.ts';
import { BookingId } from './room-agenda.ts';
import { HelpText, HelpTopic } from './help-request.ts';
import { DeviceKey, MediaDeviceKind } from './room-equipment.ts';
import { Layout } from './room-state.ts';
import { PollChoices, PollDraft } from './polls.ts';
import { EpochMs, Id, Language, PresetName, z } from './schema.ts';
import { DocumentAct } from './shared-document.ts';

export const RoomCommand = z.discriminatedUnion('name', [
  /** a person is about to tap: connect transports ahead */
  z.strictObject({ name: z.literal('prepare-call') }),
  /**
   * The call of the room's meeting, which the first one to join opens; with a booking, that of the booking's meeting.
   * `forLaptop`: only to show a laptop's screen; the room leaves by itself once nobody else is in.
   */
  z.strictObject({
    name: z.literal('join-call'),
    bookingId: BookingId.optional(),
    forLaptop: z.literal(true).optional(),
  }),
  z.strictObject({ name: z.literal('cancel-join') }),
  z.strictObject({ name: z.literal('leave-call') }),
  z.strictObject({ name: z.literal('end-call') }),
  z.strictObject({ name: z.literal('set-microphone'), on: z.boolean() }),
  z.strictObject({ name: z.literal('set-camera'), on: z.boolean() }),
  z.strictObject({ name: z.literal('set-volume'), percent: z.number().int().min(0).max(100) }),
  z.strictObject({ name: z.literal('set-layout'), layout: Layout }),
  z.strictObject({ name: z.literal('set-stage-page'), page: z.number().int().min(0).max(20) }),
  z.strictObject({ name: z.literal('mute-participant'), peerId: Id }),
  z.strictObject({ name: z.literal('mute-all') }),
  z.strictObject({ name: z.literal('remove-participant'), peerId: Id }),
  z.strictObject({ name: z.literal('set-order'), change: OrderChange }),
  z.strictObject({ name: z.literal('set-role'), peerId: Id, role: MeetingRole }),
  z.strictObject({ name: z.literal('let-speak'), peerId: Id }),
  z.strictObject({ name: z.literal('raise-hand'), isUp: z.boolean() }),
  z.strictObject({ name: z.literal('lower-hand'), peerId: Id }),
  /** `replyTo` and `mentions` only where the room's chat says `takesAbout` */
  z.strictObject({ name: z.literal('send-chat'), messageId: Id, text: ChatText, ...chatAbout }),
  z.strictObject({ name: z.literal('recall-chat'), messageId: Id }),
  z.strictObject({ name: z.literal('start-poll'), pollId: Id, draft: PollDraft }),
  /** as one participant, whichever phone asks */
  z.strictObject({ name: z.literal('answer-poll'), pollId: Id, choices: PollChoices }),
  z.strictObject({ name: z.literal('end-poll'), pollId: Id }),
  z.strictObject({ name: z.literal('hide-poll'), pollId: Id }),
  z.strictObject({ name: z.literal('set-transcript'), isOn: z.boolean(), language: Language }),
  /** on this room's TV, while what is spoken is written */
  z.strictObject({ name: z.literal('show-captions'), isOn: z.boolean() }),
  /** the TV shows its code for CODE_SHOWN_MS, so that a phone can prove that it is in the room */
  z.strictObject({ name: z.literal('show-code') }),
  z.strictObject({ name: z.literal('answer-feedback'), answer: z.enum(['good', 'bad']) }),
  /** full roster on the roster topic for a minute */
  z.strictObject({ name: z.literal('watch-roster') }),
  z.strictObject({ name: z.literal('check-in'), bookingId: BookingId }),
  /** takes back a release */
  z.strictObject({ name: z.literal('restore-booking'), bookingId: BookingId }),
  /** refused with `booking-conflict` where the next one begins before */
  z.strictObject({
    name: z.literal('extend-booking'),
    bookingId: BookingId,
    minutes: z.number().int().min(5).max(120),
  }),
  /** gives the room back now */
  z.strictObject({ name: z.literal('end-booking'), bookingId: BookingId }),
  /** kept, by model and port, until another is chosen */
  z.strictObject({ name: z.literal('choose-device'), kind: MediaDeviceKind, deviceKey: DeviceKey }),
  /** moves while it is said again, each at most CAMERA_STEER_MS: -1 left, down, wide; 1 right, up, near; 0 still */
  z.strictObject({
    name: z.literal('steer-camera'),
    pan: z.number().min(-1).max(1),
    tilt: z.number().min(-1).max(1),
    zoom: z.number().min(-1).max(1),
  }),
  z.strictObject({ name: z.literal('recall-preset'), presetId: z.number().int().min(1).max(6) }),
  z.strictObject({
    name: z.literal('save-preset'),
    presetId: z.number().int().min(1).max(6),
    presetName: PresetName,
  }),
  /** an HDMI input onto the stage; null: off */
  z.strictObject({ name: z.literal('show-input'), deviceKey: DeviceKey.nullable() }),
  z.strictObject({ name: z.literal('run-self-test') }),
  /** on the idle TV, one of those offered; null: back to idle. Not again by itself */
  z.strictObject({ name: z.literal('watch-broadcast'), broadcastId: Id.nullable() }),
  /** a person asks IT for help; refused with `not-possible-now` while a request is open */
  z.strictObject({ name: z.literal('call-for-help'), topic: HelpTopic, text: HelpText }),
  /** to the request that is open */
  z.strictObject({ name: z.literal('write-to-it'), text: HelpText.min(1) }),
  z.strictObject({ name: z.literal('withdraw-help') }),
  /** "not now" to an update that counts down; refused with `not-possible-now` where it is not offered */
  z.strictObject({ name: z.literal('postpone-update') }),
  /** the room as presenter: in a call for all in it, else on its own TV */
  z.strictObject({ name: z.literal('present'), act: DocumentAct }),
]);
export type RoomCommand = z.infer<typeof RoomCommand>;
export type RoomCommandName = RoomCommand['name'];

/** Handled by the room machine; each of the others by the part of the agent that owns it. */
export const CALL_COMMANDS = [
  'prepare-call',
  'join-call',
  'cancel-join',
  'leave-call',
  'end-call',
  'set-microphone',
  'set-camera',
  'set-volume',
  'set-layout',
  'set-stage-page',
  'mute-participant',
  'mute-all',
  'remove-participant',
  'set-order',
  'set-role',
  'let-speak',
  'raise-hand',
  'lower-hand',
  'send-chat',
  'recall-chat',
  'start-poll',
  'answer-poll',
  'end-poll',
  'hide-poll',
  'set-transcript',
  'show-captions',
  'show-code',
  'answer-feedback',
  'watch-roster',
] as const satisfies RoomCommandName[];
export type CallCommand = Extract<RoomCommand, { name: (typeof CALL_COMMANDS)[number] }>;
/** Of the room's calendar. */
export type AgendaCommand = Extract<
  RoomCommand,
  { name: 'check-in' | 'restore-booking' | 'extend-booking' | 'end-booking' }
>;
/** Of the room's devices. */
export type MediaDeviceCommand = Exclude<
  RoomCommand,
  CallCommand | AgendaCommand | DocumentCommand | BroadcastCommand | HelpCommand | UpdateCommand
>;
/** Of broadcasts on the idle TV. */
export type BroadcastCommand = Extract<RoomCommand, { name: 'watch-broadcast' }>;
/** Of the request for help. */
export type HelpCommand = Extract<RoomCommand, { name: 'call-for-help' | 'write-to-it' | 'withdraw-help' }>;
/** Of an update that counts down. */
export type UpdateCommand = Extract<RoomCommand, { name: 'postpone-update' }>;
/** Of the document on the room's TV. */
export type DocumentCommand = Extract<RoomCommand, { name: 'present' }>;

/** A command on its way from the fleet to the kiosk. */
export const CommandEnvelope = z.strictObject({
  protocol: ProtocolVersion,
  id: Id,
  roomId: Id,
  /** fleet's clock; the kiosk corrects by the offset it learns from `desired` */
  expiresAtMs: EpochMs,
  issuer: z.strictObject({ kind: z.literal('controller'), id: Id }),
  command: RoomCommand,
  /** with `prepare-call` and `join-call`: so that the kiosk need not ask back */
  grant: CallGrant.nullable(),
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

export const CommandReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), id: Id }),
  z.object({ ok: z.literal(false), id: Id, error: WireError }),
]);
export type CommandReply = z.infer<typeof CommandReply>;
