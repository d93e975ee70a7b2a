/**
 * The projection `health`: how the box behind the TV is, measured on it, and what the page on the TV sees of camera,
 * microphone and call. Published when something changes that a person would notice, and each KIOSK_HEALTH_EVERY_MS
 * otherwise. A number that was not measured is null, never a guess.
 */
import { openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { EpochMs, z } from './schema.ts';

/** Also without a change: what is older than three of them is not known any more. */
export const KIOSK_HEALTH_EVERY_MS = 30_000;

const Version = z.string().max(80).nullable();
const Count = z.number().nonnegative();

/** What the page sees of a device that is open. `unknown`: it is not open, nothing is claimed. */
export const DeviceSight = z.enum(['well', 'black', 'frozen', 'silent', 'missing', 'refused', 'not-open']);
export type DeviceSight = z.infer<typeof DeviceSight>;
export const DeviceWatch = z.object({ sight: openWord(DeviceSight, 'not-open'), sinceMs: EpochMs });
export type DeviceWatch = z.infer<typeof DeviceWatch>;

/** One direction of a call as WebRTC's statistics count it, over the last CALL_QUALITY_EVERY_MS. */
export const FlowQuality = z.object({
  /** of the packets that were sent, in percent; null: none were */
  lossPercent: z.number().min(0).max(100).nullable(),
  jitterMs: Count.nullable(),
  kilobitsPerSecond: Count,
  /** of the picture; null: no picture */
  framesPerSecond: Count.nullable(),
});
export type FlowQuality = z.infer<typeof FlowQuality>;
export const CALL_QUALITY_EVERY_MS = 10_000;
/** From one end of a call. */
export const CallQuality = z.object({
  roundTripMs: Count.nullable(),
  sent: FlowQuality,
  received: FlowQuality,
  /** the transport goes through a relay, or over TCP */
  path: openWord(z.enum(['direct', 'tcp', 'relay'])),
});
export type CallQuality = z.infer<typeof CallQuality>;

export const NetworkPath = z.object({
  /** of the interface by which the fleet is reached */
  interfaceName: z.string().max(40).nullable(),
  address: z.string().max(60).nullable(),
  isWireless: z.boolean().nullable(),
  /** a round trip to the fleet's broker */
  fleetRoundTripMs: Count.nullable(),
});
export type NetworkPath = z.infer<typeof NetworkPath>;

export const KioskHealth = ProjectionHeading.extend({
  versions: z.object({ maru: Version, node: Version, browser: Version, kernel: Version, system: Version }),
  model: z.string().max(120).nullable(),
  serialNumber: z.string().max(120).nullable(),
  bootedAtMs: EpochMs.nullable(),
  agentStartedAtMs: EpochMs,
  /** the hottest sensor */
  temperatureCelsius: z.number().nullable(),
  cpuPercent: z.number().min(0).max(100).nullable(),
  memory: z.object({ totalBytes: Count, availableBytes: Count }).nullable(),
  /** of the file system with the data folder */
  disk: z.object({ totalBytes: Count, freeBytes: Count }).nullable(),
  /** the kiosk's clock minus the fleet's; null: the fleet was not reached since the start */
  clockOffMs: z.number().nullable(),
  network: NetworkPath.nullable(),
  /** of the certificate in use */
  certificateEndsAtMs: EpochMs.nullable(),
  screen: z.object({
    /** `frozen`: the page is there and draws nothing; `missing`: no page; `black`: it draws, and nothing is to be seen */
    state: openWord(z.enum(['well', 'frozen', 'missing', 'black'])),
    sinceMs: EpochMs,
    /** starts of the page since the agent's own start */
    startCount: z.number().int().nonnegative(),
  }),
  camera: DeviceWatch,
  microphone: DeviceWatch,
  /** in a call, from the room's end; null: no call, or not measured yet */
  callQuality: CallQuality.nullable(),
});
export type KioskHealth = z.infer<typeof KioskHealth>;
