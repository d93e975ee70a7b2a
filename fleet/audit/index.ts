/** What other aggregates see of the audit log. */
export { AuditList } from './audit-list.ts';
export { appendAudit, type AuditEntry, verifyAudit } from './audit-log.ts';
export { AUDIT_HEAD_FILE, AuditWatch } from './audit-watch.ts';
export { RefusalRecord } from './refusal-record.ts';
export { auditRoutes } from './routes.ts';
