/** What other aggregates see of the audit log. */
export { appendAudit, type AuditEntry, type AuditKind, verifyAudit } from './audit-log.ts';
export { RefusalRecord } from './refusal-record.ts';
