/**
 * The log of what may be asked about later: admissions, refusals, role changes, pairings, enrolments, revocations.
 * Each entry carries the hash of the one before, so that a changed or missing one shows. Never a secret in it.
 */
import { createHash } from 'node:crypto';
import type { AuditKind } from '#contract/http/audit-api.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

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

/** Within the transaction of the act, so that neither exists without the other. */
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
