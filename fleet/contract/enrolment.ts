/**
 * The device API, on a TLS port of its own: how a kiosk becomes a room's. The key is made on the box and never leaves
 * it; the fleet's CA signs a certificate whose common name is the MQTT client id.
 */
import { Id, z } from './schema.ts';

/** What IT hands to a box: where to go, which CA to expect there, and a code that works once, ten minutes at most. */
export const Claim = z.object({
  deviceApiUrl: z.url(),
  /** hex SHA-256 of the CA certificate (DER): how the box knows the server before it has a certificate itself */
  caSha256: z.string().regex(/^[0-9a-f]{64}$/),
  claimCode: z.string().min(8).max(40),
});
export type Claim = z.infer<typeof Claim>;

export const enrolmentRoutes = {
  enrol: {
    method: 'POST',
    path: '/device/v1/enrolments',
    body: z.strictObject({ claimCode: z.string().min(8).max(40), csrPem: z.string().max(8192) }),
    response: z.object({
      roomId: Id,
      roomName: z.string(),
      certificatePem: z.string(),
      caPem: z.string(),
      /** mqtts: */
      mqttUrl: z.url(),
    }),
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
