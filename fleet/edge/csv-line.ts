/** A line of a file for a spreadsheet: CSV (RFC 4180). A cell that begins like a formula, also behind spaces, is text: it would be worked out. */

/** Before the first line: by it Excel reads Korean in UTF-8. */
export const CSV_MARK = '\uFEFF';

/** @returns the line with its end */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join()}\r\n`;

function csvCell(text: string): string {
  const plain = /^\s*[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
