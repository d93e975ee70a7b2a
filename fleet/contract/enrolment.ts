/**
 * The device API, on a TLS port of its own: how a kiosk becomes a room's. The key is made on the box and never leaves
 * it; the fleet's CA signs a certificate whose common name is the MQTT client id.
 */
import { openUnion } from './open-words.ts';
import { EpochMs, Id, z } from './schema.ts';
import { SignageKey } from './settings/idle-settings.ts';
import { KioskSheet, Sha256 } from './waiting-kiosk.ts';

/** Where a fleet serves it unless IT chose another port: a person who names a fleet types its name alone. */
export const DEVICE_API_PORT = 7401;

/** What IT hands to a box: where to go, which CA to expect there, and a code that works once, ten minutes at most. */
export const Claim = z.object({
  deviceApiUrl: z.url(),
  /** hex SHA-256 of the CA certificate (DER): how the box knows the server before it has a certificate itself */
  caSha256: Sha256,
  claimCode: z.string().min(8).max(40),
});
export type Claim = z.infer<typeof Claim>;

/** What a file on a stick or the kernel's command line may name; without a claim code the kiosk waits to be claimed. */
export const FleetAddress = z.object({
  deviceApiUrl: z.url(),
  /** null: shown on the TV, to be compared by whoever claims the kiosk */
  caSha256: Sha256.nullable().default(null),
  claimCode: z.string().min(8).max(40).nullable().default(null),
});
export type FleetAddress = z.infer<typeof FleetAddress>;

/** What makes a kiosk a room's. */
export const Enrolled = z.object({
  roomId: Id,
  roomName: z.string(),
  certificatePem: z.string(),
  caPem: z.string(),
  /** mqtts: */
  mqttUrl: z.url(),
});
export type Enrolled = z.infer<typeof Enrolled>;

export const enrolmentRoutes = {
  enrol: {
    method: 'POST',
    path: '/device/v1/enrolments',
    body: z.strictObject({ claimCode: z.string().min(8).max(40), csrPem: z.string().max(8192) }),
    response: Enrolled,
  },
  /** The CA's certificate, for a kiosk that was given an address alone: it shows its SHA-256, and trusts no other from then on. */
  authority: { method: 'GET', path: '/device/v1/authority', response: z.object({ caPem: z.string() }) },
  /**
   * A kiosk of no room waits to be claimed. With the certificate that has ended it proves whose it was. `secret` is what it
   * asks by; a second call for the same key replaces the first.
   */
  wait: {
    method: 'POST',
    path: '/device/v1/waiting-kiosks',
    body: z.strictObject({ csrPem: z.string().max(8192), sheet: KioskSheet }),
    response: z.object({ secret: z.string(), keySha256: Sha256 }),
  },
  /** Each WAITING_POLL_MS. Refused with `not-found` where it waits no more (restart of the fleet, refusal): it waits anew. */
  waiting: {
    method: 'POST',
    path: '/device/v1/waiting-kiosks/current',
    body: z.strictObject({ secret: z.string().max(100) }),
    response: openUnion('state', [
      z.object({ state: z.literal('waits-for-claim'), claimCode: z.string(), expiresAtMs: EpochMs }),
      z.object({ state: z.literal('asks-to-return'), roomName: z.string() }),
      z.object({ state: z.literal('claimed'), enrolled: Enrolled }),
    ]),
  },
  /** A file that an action asked for, by the certificate of the room that it was asked of (room-actions.ts). */
  actionFile: {
    method: 'PUT',
    path: '/device/v1/action-files/:actionId',
    response: z.object({}),
  },
  /** A picture that the room's idle TV shows, a WebP, by the room's certificate; `not-found` for one that it does not show. */
  signagePicture: {
    method: 'GET',
    path: '/device/v1/signage/:signageKey',
    params: z.object({ signageKey: SignageKey }),
  },
  /** with the client certificate that is about to expire (from two thirds of its life on) */
  renew: {
    method: 'POST',
    path: '/device/v1/renewals',
    body: z.strictObject({ csrPem: z.string().max(8192) }),
    response: z.object({ certificatePem: z.string(), caPem: z.string() }),
  },
  /** with the client certificate: is it good? Refused with `enrolment-ended` once it is revoked, replaced or expired */
  current: {
    method: 'GET',
    path: '/device/v1/enrolments/current',
    response: z.object({}),
  },
} as const;
