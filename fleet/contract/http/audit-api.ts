/** The audit log for those who may see it: a list with its filters, and the same as a file. */
import { openWord } from '../open-words.ts';
import { EpochMs, z } from '../schema.ts';
import { pageRoute, permitted, type RouteTable } from './route.ts';

export const AuditKind = z.enum([
  'certificate-issued',
  'certificate-replaced',
  'certificate-revoked',
  'backup-returned',
  'room-created',
  'room-renamed',
  'room-removed',
  'settings-changed',
  'signage-added',
  'signage-removed',
  'kiosk-waiting',
  'kiosk-claimed',
  'kiosk-returned',
  'kiosk-refused',
  'room-service-changed',
  'alert-opened',
  'alert-closed',
  'alert-acknowledged',
  'alert-target-added',
  'alert-target-changed',
  'alert-target-removed',
  'alert-target-renewed',
  'room-action-asked',
  'room-action-ended',
  'room-action-stopped',
  'room-action-refused',
  'help-called',
  'help-answered',
  'help-closed',
  'feed-imported',
  'feed-refused',
  'rollout-started',
  'rollout-steered',
  'rollout-halted',
  'rollout-ended',
  'room-update-asked',
  'claim-made',
  'room-enrolled',
  'enrolment-refused',
  'phone-paired',
  'laptop-paired',
  'tablet-code-made',
  'tablet-paired',
  'pairing-refused',
  'presence-proved',
  'pairing-revoked',
  'invite-created',
  'invite-revoked',
  'invite-mailed-again',
  'guest-admitted',
  'guest-refused',
  'guest-removed',
  'guest-waiting',
  'guest-declined',
  'guest-entered',
  'member-waiting',
  'member-admitted',
  'member-declined',
  'member-entered',
  'member-refused',
  'member-removed',
  'waiting-left',
  'room-admitted',
  'room-refused',
  'document-policy-changed',
  'meeting-created',
  'meeting-changed',
  'meeting-cancelled',
  'meeting-policy-changed',
  'broadcast-planned',
  'broadcast-started',
  'broadcast-held',
  'broadcast-resumed',
  'broadcast-ended',
  'broadcast-cancelled',
  'broadcast-audience-changed',
  'recording-started',
  'recording-ended',
  'recording-downloaded',
  'recording-deleted',
  'recording-policy-changed',
  'call-opened',
  'call-ended',
  'call-given-up',
  'call-returned',
  'peer-admitted',
  'account-created',
  'account-changed',
  'account-disabled',
  'account-enabled',
  'account-invited',
  'account-invite-used',
  'accounts-imported',
  'role-granted',
  'role-revoked',
  'place-created',
  'place-changed',
  'place-removed',
  'room-placed',
  'meeting-defaults-changed',
  'api-token-created',
  'api-token-revoked',
  'signed-in',
  'sign-in-refused',
  'signed-out',
  'session-ended',
  'sign-in-confirmed',
  'password-changed',
  'password-reset',
  'identity-refused',
]);
export type AuditKind = z.infer<typeof AuditKind>;

/** Who or what an entry names. */
export const AuditParty = z.object({
  /** as it is stored: `account:…`, `room:…`, `network:192.0.2.1`, `fleet` */
  key: z.string(),
  /** of an account, a room, a place, a meeting or an API token, as it is called now; null: it has none, or is gone */
  name: z.string().nullable(),
});
export type AuditParty = z.infer<typeof AuditParty>;

export const AuditRow = z.object({
  seq: z.number().int().positive(),
  atMs: EpochMs,
  /** `unknown`: of another release */
  kind: openWord(AuditKind, 'unknown'),
  actor: AuditParty,
  subject: AuditParty,
  details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type AuditRow = z.infer<typeof AuditRow>;

const Moment = z.coerce.number().int().nonnegative();
const Text = z.string().max(200);
const filter = {
  kind: AuditKind.optional(),
  /** a part of the name or of the key */
  actor: Text.optional(),
  subject: Text.optional(),
  /** the first moment that counts */
  from: Moment.optional(),
  /** the first moment that no longer counts */
  to: Moment.optional(),
};

export const auditApi = {
  listAudit: {
    ...pageRoute({ filter, sorts: ['newest'], row: AuditRow, counts: z.object({ all: z.number().int() }) }),
    path: '/api/v1/audit',
    access: permitted('audit.view', 'organisation'),
    summary: 'The audit log, filtered, newest first, page by page',
  },
  exportAudit: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/audit.csv',
    access: permitted('audit.view', 'organisation'),
    summary: 'The filtered audit log as a CSV file, newest first',
    query: z.strictObject(filter),
    contentTypes: ['text/csv'],
  },
} as const satisfies RouteTable;
