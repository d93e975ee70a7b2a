/**
 * The log of what may be asked about later: admissions, refusals, role changes, pairings, enrolments, revocations.
 * Each entry carries the hash of the one before, so that a changed or missing one shows. Never a secret in it.
 */
import { createHash } from 'node:crypto';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

export type AuditKind =
  | 'certificate-issued'
  | 'certificate-replaced'
  | 'certificate-revoked'
  | 'room-created'
  | 'room-renamed'
  | 'room-removed'
  | 'settings-changed'
  | 'claim-made'
  | 'room-enrolled'
  | 'enrolment-refused'
  | 'phone-paired'
  | 'laptop-paired'
  | 'tablet-code-made'
  | 'tablet-paired'
  | 'pairing-refused'
  | 'presence-proved'
  | 'pairing-revoked'
  | 'invite-created'
  | 'invite-revoked'
  | 'guest-admitted'
  | 'guest-refused'
  | 'guest-removed'
  | 'guest-waiting'
  | 'guest-declined'
  | 'guest-entered'
  | 'member-waiting'
  | 'member-admitted'
  | 'member-declined'
  | 'member-entered'
  | 'member-refused'
  | 'member-removed'
  | 'waiting-left'
  | 'room-admitted'
  | 'room-refused'
  | 'document-policy-changed'
  | 'meeting-created'
  | 'meeting-changed'
  | 'meeting-cancelled'
  | 'meeting-policy-changed'
  | 'call-opened'
  | 'call-ended'
  | 'call-given-up'
  | 'call-returned'
  | 'peer-admitted'
  | 'account-created'
  | 'account-changed'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-invited'
  | 'account-invite-used'
  | 'accounts-imported'
  | 'role-granted'
  | 'role-revoked'
  | 'place-created'
  | 'place-changed'
  | 'place-removed'
  | 'room-placed'
  | 'meeting-defaults-changed'
  | 'api-token-created'
  | 'api-token-revoked'
  | 'signed-in'
  | 'sign-in-refused'
  | 'signed-out'
  | 'session-ended'
  | 'sign-in-confirmed'
  | 'password-changed'
  | 'identity-refused';

/** `actor` did `kind` to `subject`; ids or network addresses, e.g. `account:…`, `room:…`, `network:192.0.2.1`. */
export type AuditEntry = {
  kind: AuditKind;
  actor: string;
  subject: string;
  details?: Record<string, string | number | null>;
};

const FIRST_HASH = '0'.repeat(64);

type Row = { seq: number; atMs: number; kind: string; actor: string; subject: string; details: string };

function chained(previousHash: string, row: Row): string {
  const fields = [previousHash, row.seq, row.atMs, row.kind, row.actor, row.subject, row.details];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Within the transaction of what it tells, so that neither is without the other. */
export async function appendAudit(trx: AuthorityWrite, entry: AuditEntry): Promise<void> {
  const last = await trx.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const { kind, actor, subject, details = {} } = entry;
  const row = { seq: (last?.seq ?? 0) + 1, atMs: Date.now(), kind, actor, subject, details: JSON.stringify(details) };
  const previousHash = last?.hash ?? FIRST_HASH;
  await trx
    .insertInto('audit')
    .values({ ...row, previousHash, hash: chained(previousHash, row) })
    .execute();
}

export type AuditVerdict = { intact: true; entries: number } | { intact: false; firstBrokenSeq: number };

/** Walks the whole chain. */
export async function verifyAudit(store: AuthorityStore): Promise<AuditVerdict> {
  const pageSize = 1000;
  let previousHash = FIRST_HASH;
  let seq = 0;
  for (;;) {
    const rows = await store.read
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const whole = row.seq === seq + 1 && row.previousHash === previousHash && row.hash === chained(previousHash, row);
      if (!whole) return { intact: false, firstBrokenSeq: seq + 1 };
      ({ seq, hash: previousHash } = row);
    }
    if (rows.length < pageSize) return { intact: true, entries: seq };
  }
}
