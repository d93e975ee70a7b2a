/** Whose a kiosk was, by a certificate of ours that has ended and was never revoked: it comes back with a person's yes. */
import { X509Certificate } from 'node:crypto';
import type { WaitingKiosk } from '#contract/waiting-kiosk.ts';
import type { AuthorityStore } from '../store/index.ts';

const ROOM = 'room:';

/**
 * @param certificate that the TLS handshake proved the key of
 * @returns null: not ours, not ended, revoked, replaced, or its room is gone
 */
export async function formerRoomOf(
  certificate: X509Certificate,
  { caPem, store, nowMs }: { caPem: string; store: AuthorityStore; nowMs: number },
): Promise<WaitingKiosk['formerRoom']> {
  const ca = new X509Certificate(caPem);
  const endedAtMs = Date.parse(certificate.validTo);
  if (endedAtMs > nowMs || !certificate.checkIssued(ca) || !certificate.verify(ca.publicKey)) return null;
  const row = await store.read
    .selectFrom('certificate')
    .select(['identity', 'expiresAtMs'])
    .where('serial', '=', certificate.serialNumber.toUpperCase())
    .where('revokedAtMs', 'is', null)
    .executeTakeFirst();
  if (!row?.identity.startsWith(ROOM)) return null;
  const newest = await store.read
    .selectFrom('certificate')
    .select((e) => e.fn.max('expiresAtMs').as('expiresAtMs'))
    .where('identity', '=', row.identity)
    .where('revokedAtMs', 'is', null)
    .executeTakeFirst();
  // another kiosk took its place, or a renewed certificate did
  if ((newest?.expiresAtMs ?? 0) > nowMs) return null;
  const roomId = row.identity.slice(ROOM.length);
  const room = await store.read
    .selectFrom('room')
    .select('roomName')
    .where('roomId', '=', roomId)
    .where('removedAtMs', 'is', null)
    .executeTakeFirst();
  return room ? { roomId, roomName: room.roomName, endedAtMs } : null;
}
