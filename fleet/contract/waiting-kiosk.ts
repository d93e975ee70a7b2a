/**
 * A kiosk that belongs to no room, and waits until IT claims it: what it shows of itself, on the device API, on its TV and
 * in the console. The claim code stands on the TV alone; who types it in has stood before the TV. Both sides show
 * the SHA-256 of the kiosk's key and of the fleet's CA: who compares them knows that nobody stands between.
 */
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

/** Hex SHA-256, of a key (DER, SubjectPublicKeyInfo) or of a certificate (DER). */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** As people compare it: the first 16 digits in groups of four, on the TV and in the console. */
export const shownFingerprint = (sha256: string): string => sha256.slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');

/** What a kiosk says of itself; nothing of it is proven. */
export const KioskSheet = z.object({
  hostName: ShownTitle,
  /** of the machine, as its firmware names it; null: not known */
  model: ShownTitle.nullable(),
  serialNumber: ShownTitle.nullable(),
  /** of Maru */
  version: z.string().max(40),
  addresses: z.array(z.string().max(60)).max(8),
});
export type KioskSheet = z.infer<typeof KioskSheet>;

/** A claim code of a kiosk that waits is good this long, then its TV shows another. */
export const WAITING_CODE_TTL_MS = 10 * 60_000;
/** A kiosk that waits asks this often; one that has not asked for three of them is not listed any more. */
export const WAITING_POLL_MS = 3_000;

/** As the console shows it. */
export const WaitingKiosk = z.object({
  waitingId: Id,
  sheet: KioskSheet,
  keySha256: Sha256,
  /** by which address it came */
  network: z.string(),
  sinceMs: EpochMs,
  /** proven by its former certificate, which has ended but was not revoked: whose it was. It comes back with an operator's yes */
  formerRoom: z.object({ roomId: Id, roomName: z.string(), endedAtMs: EpochMs }).nullable(),
});
export type WaitingKiosk = z.infer<typeof WaitingKiosk>;

/** What the TV of such a kiosk shows, and the page of the kiosk on a phone. */
export const NotEnrolledView = z.object({
  step: z.enum([
    /** no address of a fleet is known: the QR leads a phone to the kiosk's own page */
    'asks-for-address',
    /** the address is known, and the server is not reached, or is not the one that was named */
    'reaches-for-fleet',
    /** claim code and fingerprints are shown */
    'waits-for-claim',
    /** its certificate had ended: an operator is asked */
    'asks-to-return',
  ]),
  /** where the fleet's device API is, as it was given */
  fleetAddress: z.string().max(300).nullable(),
  /** the kiosk's own page, key in the fragment; null: it has no address on a network yet */
  setupUrl: z.url().nullable(),
  claimCode: z.string().max(20).nullable(),
  keySha256: Sha256.nullable(),
  caSha256: Sha256.nullable(),
  formerRoomName: z.string().nullable(),
});
export type NotEnrolledView = z.infer<typeof NotEnrolledView>;
