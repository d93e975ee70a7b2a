/** The audit log as a file for a spreadsheet: CSV (RFC 4180) in UTF-8 with a mark, by which Excel reads Korean. */
import type { ReadAuditRow } from './audit-list.ts';

const HEADINGS = ['time', 'kind', 'actor', 'actor name', 'subject', 'subject name', 'details'];
const BYTE_ORDER_MARK = '\uFEFF';

export async function* auditFile(parts: AsyncIterable<ReadAuditRow[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + lineOf(HEADINGS);
  for await (const rows of parts) yield linesOf(rows);
}

const linesOf = (rows: readonly ReadAuditRow[]): string =>
  rows
    .map(({ atMs, kind, actor, subject, details }) =>
      lineOf([
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

const lineOf = (cells: readonly string[]): string => `${cells.map(cellOf).join()}\r\n`;

/** A name that begins like a formula is text: a spreadsheet would work it out. */
function cellOf(text: string): string {
  const plain = /^[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
