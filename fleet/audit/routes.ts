/** The audit log for those who may see it. */
import { Readable } from 'node:stream';
import { auditApi } from '#contract/http/audit-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import { auditFile } from './audit-file.ts';
import type { AuditList } from './audit-list.ts';

export function auditRoutes({ audit }: { audit: AuditList }): ServedRoute[] {
  return serve(auditApi, {
    listAudit: ({ query }) => audit.page(query),
    exportAudit: async ({ query }) => ({
      stream: Readable.from(auditFile(audit.parts(query))),
      contentType: 'text/csv; charset=utf-8',
      fileName: `maru-audit-${new Date().toISOString().slice(0, 10)}.csv`,
      sizeBytes: null,
    }),
  });
}
