/** Guests coming in, the links that they come by, and calls that nobody can reach. */
import { DocumentPolicy } from '../document-policy.ts';
import { CallGrant } from '../grants.ts';
import { MAX_PEERS_IN_CALL } from '../limits.ts';
import { EpochMs, Id, PersonName, z } from '../schema.ts';
import { anyone, permitted, type RouteTable } from './route.ts';

export const Invite = z.object({
  inviteId: Id,
  meetingId: Id,
  displayName: z.string().nullable(),
  /** how many people it lets in at a time; a named one is for one person */
  seats: z.number().int(),
  expiresAtMs: EpochMs,
  /** ends the invite, and removes everyone who came in by it */
  revokedAtMs: EpochMs.nullable(),
  /** a guest who came by it was removed: it lets nobody new in, and the others stay */
  closedAtMs: EpochMs.nullable(),
});
export type Invite = z.infer<typeof Invite>;

/**
 * A guest's browser names itself by a random secret of its own, at least 96 bits: its newer entry by a shared link
 * replaces its older one. Without it each entry by a link is another person.
 */
export const EntryId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

const MeetingParams = z.object({ meetingId: Id });

export const meetingsApi = {
  enterAsGuest: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/guest-entries',
    access: anyone,
    summary: 'Exchange an invite for a grant to the call of its meeting',
    body: z.strictObject({ invite: z.string().max(4096), endedCallId: Id.optional(), entryId: EntryId.optional() }),
    response: z.object({
      meetingTitle: z.string(),
      displayName: z.string().nullable(),
      /** the policy in force, shown to the guest: this meeting admits by itself */
      admission: z.literal('admitted'),
      grant: CallGrant,
    }),
  },
  giveUpCalls: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/unreachable-calls',
    access: permitted('calls.give-up', 'room'),
    summary:
      'Give up the calls of a room’s meetings whose media server is silent, so that the next person opens another',
    params: z.object({ roomId: Id }),
    response: z.object({ givenUpCount: z.number().int() }),
  },
  listInvites: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/invites',
    access: permitted('invites.manage', 'room'),
    summary: 'Guest links of a meeting',
    params: MeetingParams,
    response: z.object({ invites: z.array(Invite) }),
  },
  createInvite: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/invites',
    access: permitted('invites.manage', 'room'),
    summary: 'Make a guest link; it is shown once',
    params: MeetingParams,
    body: z.strictObject({
      /** a named invite is for one person, on one device at a time */
      displayName: PersonName.nullable(),
      /** of a link for anyone; LINK_SEATS unless given */
      seats: z.number().int().min(1).max(MAX_PEERS_IN_CALL).optional(),
      expiresInMinutes: z
        .number()
        .int()
        .min(5)
        .max(60 * 24 * 30),
    }),
    response: z.object({ invite: Invite, joinUrl: z.url() }),
  },
  revokeInvite: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/invites/:inviteId',
    access: permitted('invites.manage', 'room'),
    summary: 'Revoke a guest link',
    params: MeetingParams.extend({ inviteId: Id }),
    response: z.object({}),
  },
  documentPolicy: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/document-policy',
    access: permitted('documents.manage', 'room'),
    summary: 'What a meeting permits with documents',
    params: MeetingParams,
    response: z.object({ policy: DocumentPolicy }),
  },
  setDocumentPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/document-policy',
    access: permitted('documents.manage', 'room'),
    summary: 'Change what a meeting permits with documents; pages follow at once, calls from the next entry on',
    params: MeetingParams,
    body: DocumentPolicy,
    response: z.object({}),
  },
} as const satisfies RouteTable;
