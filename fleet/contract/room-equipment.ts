/**
 * The devices of a room and how they are: written by the kiosk's agent alone, retained by the broker, projected by TV,
 * phones, tablets and console. Changes seldom; what changes during a call in tenths of seconds stays on the box.
 */
import { ReportedErrorCode } from './error-codes.ts';
import { knownMembers, openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { EpochMs, ShownTitle, z } from './schema.ts';

export const MediaDeviceKind = z.enum(['camera', 'microphone', 'speaker']);
export type MediaDeviceKind = z.infer<typeof MediaDeviceKind>;

/** Model and port as far as the browser tells them: stable over restarts, never the browser's own secret id. */
export const DeviceKey = z.string().min(1).max(120);

export const EquipmentDevice = z.object({
  deviceKey: DeviceKey,
  kind: MediaDeviceKind,
  name: z.string().max(120),
  isInUse: z.boolean(),
  /** another of the same model is plugged in, and the two can't be told apart */
  isTwin: z.boolean(),
  /** a camera that is an HDMI input: shown as a shared screen, never as the room's picture */
  isHdmiInput: z.boolean(),
});
export type EquipmentDevice = z.infer<typeof EquipmentDevice>;

const Axis = z.object({ min: z.number(), max: z.number(), step: z.number().positive(), value: z.number() });
export type Axis = z.infer<typeof Axis>;

/** Of the camera in use, in its own units; null where the device has no such motor. */
export const CameraAxes = z.object({ pan: Axis.nullable(), tilt: Axis.nullable(), zoom: Axis.nullable() });
export type CameraAxes = z.infer<typeof CameraAxes>;

export const CameraPreset = z.object({ presetId: z.number().int().min(1).max(6), name: ShownTitle });
export type CameraPreset = z.infer<typeof CameraPreset>;

export const SpeakerphoneStatus = z.object({
  name: z.string().max(120),
  state: openWord(z.enum(['ready', 'faulty'])),
  code: ReportedErrorCode.nullable(),
});
export type SpeakerphoneStatus = z.infer<typeof SpeakerphoneStatus>;

/** `control: none`: no CEC adapter, or a TV that does not answer to it; the room works without. */
export const TvStatus = z.object({
  control: openWord(z.enum(['cec', 'none', 'faulty']), 'none'),
  power: openWord(z.enum(['on', 'standby', 'turning-on', 'turning-off', 'unknown'])),
  /** OSD name or vendor, as the TV tells it */
  name: z.string().max(60).nullable(),
  code: ReportedErrorCode.nullable(),
});
export type TvStatus = z.infer<typeof TvStatus>;

export const SelfTestCheckName = z.enum(['camera', 'microphone', 'speaker', 'media-udp', 'media-tcp', 'fleet']);
export type SelfTestCheckName = z.infer<typeof SelfTestCheckName>;

/** Why a check is red, in one word each; the sentence is looked up by it. */
export const SelfTestReason = z.enum([
  'missing',
  'refused',
  'busy',
  'black',
  'frozen',
  'silent',
  'not-heard',
  'unreachable',
  'timed-out',
]);
export type SelfTestReason = z.infer<typeof SelfTestReason>;

export const SelfTestCheck = z.object({
  name: SelfTestCheckName,
  outcome: openWord(z.enum(['passed', 'failed', 'skipped']), 'skipped'),
  reason: openWord(SelfTestReason).nullable(),
});
export type SelfTestCheck = z.infer<typeof SelfTestCheck>;

export const SelfTest = z.object({
  state: openWord(z.enum(['running', 'done']), 'done'),
  startedAtMs: EpochMs,
  because: openWord(z.enum(['asked', 'booking', 'check-up']), 'asked'),
  /** those that are through, in the order in which they ran */
  checks: knownMembers(SelfTestCheck, 'name'),
});
export type SelfTest = z.infer<typeof SelfTest>;

export const RoomEquipment = ProjectionHeading.extend({
  devices: knownMembers(EquipmentDevice, 'kind'),
  /** null: no camera is open, or it has no motors */
  camera: CameraAxes.nullable(),
  presets: z.array(CameraPreset).max(6),
  /** the HDMI input that is on the stage */
  shownInput: DeviceKey.nullable(),
  speakerphone: SpeakerphoneStatus.nullable(),
  tv: TvStatus,
  selfTest: SelfTest.nullable(),
  /** where phones and tablets reach the kiosk itself; null: it has no certificate for a name of its own */
  lanUrl: z.url().nullable(),
});
export type RoomEquipment = z.infer<typeof RoomEquipment>;
