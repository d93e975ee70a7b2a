/** The audit log as a file for a spreadsheet: CSV (RFC 4180) in UTF-8 with a mark, by which Excel reads Korean. */
import { CSV_MARK, csvLine } from '#edge/csv-line.ts';
import type { ReadAuditRow } from './audit-list.ts';

const HEADINGS = ['time', 'kind', 'actor', 'actor name', 'subject', 'subject name', 'details'];

export async function* auditFile(parts: AsyncIterable<ReadAuditRow[]>): AsyncGenerator<string> {
  yield CSV_MARK + csvLine(HEADINGS);
  for await (const rows of parts) yield linesOf(rows);
}

const linesOf = (rows: readonly ReadAuditRow[]): string =>
  rows
    .map(({ atMs, kind, actor, subject, details }) =>
      csvLine([
        new Date(atMs).toISOString(),
        kind,
        actor.key,
        actor.name ?? '',
        subject.key,
        subject.name ?? '',
        Object.keys(details).length === 0 ? '' : JSON.stringify(details),
      ]),
    )
    .join('');
