/**
 * What a process of ours tells the one that started it, over Node's IPC channel, once it serves. systemd's units use
 * the same moment for their notification.
 */
import { Claim } from './enrolment.ts';
import { Id, z } from './schema.ts';

export const FirstAdministrator = z.object({ userName: z.string(), oneTimePassword: z.string() });
export type FirstAdministrator = z.infer<typeof FirstAdministrator>;

export const FleetReady = z.object({
  ready: z.literal('fleet'),
  /** origin for browsers: http: on loopback, https: with --lan */
  fleetUrl: z.url(),
  deviceApiUrl: z.url(),
  mqttUrl: z.url(),
  signalingUrl: z.url(),
  /** where staff watch */
  watchUrl: z.url(),
  /** ports that a firewall must open, in words and numbers */
  ports: z.array(
    z.object({ port: z.number().int(), transport: z.enum(['tcp', 'udp', 'tcp+udp']), purpose: z.string() }),
  ),
  caCertificatePath: z.string(),
  /** only at the very first start; never again */
  firstAdmin: FirstAdministrator.nullable(),
  /** the demonstration room, with a fresh claim until a box has enrolled, and a guest link */
  demonstration: z.object({ roomId: Id, claim: Claim.nullable(), joinUrl: z.url() }).nullable(),
});
export type FleetReady = z.infer<typeof FleetReady>;

export const KioskReady = z.object({
  ready: z.literal('kiosk'),
  roomId: Id,
  /** the page that the TV shows, with its key as the fragment: for who started the process, and nobody else */
  tvUrl: z.url(),
  /** holds a pairing code that works */
  controllerUrl: z.url(),
});
export type KioskReady = z.infer<typeof KioskReady>;

/** From the media node to whoever forked it. */
export const MediaReady = z.object({
  ready: z.literal('media'),
  signalingUrl: z.url(),
});
export type MediaReady = z.infer<typeof MediaReady>;

/** From the document converter to the process that forked it. */
export const ConverterReady = z.object({ ready: z.literal('converter') });
export type ConverterReady = z.infer<typeof ConverterReady>;

/** From the program process and from the packager to the process that forked them. */
export const ProgramReady = z.object({ ready: z.literal('program') });
export type ProgramReady = z.infer<typeof ProgramReady>;
export const PackagerReady = z.object({ ready: z.literal('packager') });
export type PackagerReady = z.infer<typeof PackagerReady>;
