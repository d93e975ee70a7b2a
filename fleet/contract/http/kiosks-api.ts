/** Kiosks that belong to no room yet, or no more: seen, claimed into a room, let back. */
import { Id, z } from '../schema.ts';
import { Sha256, WaitingKiosk } from '../waiting-kiosk.ts';
import { freshly, permitted, type RouteTable } from './route.ts';

const RoomParams = z.object({ roomId: Id });
const ClaimCode = z.string().min(8).max(20);
const Empty = z.object({});

export const kiosksApi = {
  listWaitingKiosks: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/waiting-kiosks',
    access: permitted('kiosks.manage', 'each-room'),
    summary: 'Kiosks that wait: those of nobody, and those that ask to come back into a room of the caller',
    response: z.object({ kiosks: z.array(WaitingKiosk), caSha256: Sha256 }),
  },
  waitingKioskChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/waiting-kiosk-changes',
    access: permitted('kiosks.manage', 'each-room'),
    summary: 'The same at once, and each time that it changes',
    events: { kiosks: z.object({ kiosks: z.array(WaitingKiosk), caSha256: Sha256 }) },
  },
  lookUpWaitingKiosk: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/waiting-kiosk-look-ups',
    access: permitted('kiosks.manage', 'each-room'),
    summary: 'Which kiosk shows this code, so that its fingerprint can be compared before it is claimed',
    body: z.strictObject({ claimCode: ClaimCode }),
    response: WaitingKiosk,
  },
  claimKiosk: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/kiosk',
    access: permitted('kiosks.manage', 'room'),
    summary: 'Make the kiosk that shows this code the room’s; the former one is revoked at once',
    params: RoomParams,
    body: z.strictObject({
      claimCode: ClaimCode,
      /** the key that was shown: another one is not claimed by mistake */
      keySha256: Sha256,
      /** false: refused with `room-has-kiosk` where the room has one */
      replaces: z.boolean().default(false),
    }),
    response: Empty,
  },
  letKioskReturn: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/kiosk-returns',
    access: freshly('kiosks.manage', 'room'),
    summary: 'Let the kiosk back whose certificate had ended',
    params: RoomParams,
    body: z.strictObject({ waitingId: Id, keySha256: Sha256 }),
    response: Empty,
  },
  refuseWaitingKiosk: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/kiosk-returns/:waitingId',
    access: permitted('kiosks.manage', 'room'),
    summary: 'Do not let it back: it waits as one of nobody from then on',
    params: RoomParams.extend({ waitingId: Id }),
    response: Empty,
  },
} as const satisfies RouteTable;
