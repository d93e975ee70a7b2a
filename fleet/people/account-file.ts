/**
 * A list of accounts as a spreadsheet saves it (RFC 4180, but that no field holds a line break): bytes in, fields by column
 * out. Each line stands for itself, so a quote that is not closed spoils one line and none below it; parsers of whole files
 * lose the lines behind it.
 */
import iconv from 'iconv-lite';
import { UserError } from '#contract/error-codes.ts';
import { ACCOUNT_LIST_MAX_LINES } from '#contract/http/people-api.ts';

export type Column = 'userName' | 'displayName' | 'email' | 'place' | 'role';
/** `line`: from 1, the header's. `fields` null: it cannot be read; `extra`: it has more fields than the header. */
export type FileLine = { line: number; fields: Partial<Record<Column, string>> | null; extra: boolean };
export type AccountFile = { columns: ReadonlySet<Column>; lines: FileLine[] };

/** As `headingOf` makes them; a column that is not here is ignored. */
const HEADINGS: Record<Column, readonly string[]> = {
  userName: [
    'username',
    'user',
    'login',
    'account',
    'id',
    '아이디',
    '사용자이름',
    '사용자명',
    '사용자id',
    '계정',
    '로그인',
  ],
  displayName: ['name', 'displayname', 'fullname', '이름', '성명', '표시이름', '이름표시'],
  email: ['email', 'mail', 'emailaddress', 'mailaddress', '이메일', '이메일주소', '메일', '메일주소', '전자우편'],
  place: ['place', 'location', 'site', 'building', '장소', '위치', '근무지', '사업장'],
  role: ['role', '역할', '권한'],
};
const COLUMNS = new Map(
  (Object.keys(HEADINGS) as Column[]).flatMap((column) =>
    HEADINGS[column].map((heading) => [heading, column] as const),
  ),
);
const DELIMITERS = [',', ';', '\t'];
/** beyond it no line of a list of people; what reads fields is slow on such */
const MAX_LINE_LENGTH = 4_000;
const headingOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s._-]+/g, '');

/** @throws UserError list-unreadable: no text, too long, or no column that names people */
export function readAccountFile(bytes: Uint8Array): AccountFile {
  const [header = '', ...rest] = textOf(bytes).split(/\r\n|\n|\r/);
  const delimiter = DELIMITERS.reduce((best, each) => (countOf(header, each) > countOf(header, best) ? each : best));
  const columns = (fieldsOf(header, delimiter) ?? []).map((text) => COLUMNS.get(headingOf(text)) ?? null);
  const known = new Set(columns.filter((column) => column !== null));
  // a list without user names goes by addresses
  if (!known.has('userName') && !known.has('email')) throw new UserError('list-unreadable', 'no column of user names');
  if (known.size < columns.filter((column) => column !== null).length)
    throw new UserError('list-unreadable', 'two columns of one kind');
  const lines = rest.flatMap((text, index) => (text.trim() === '' ? [] : [{ line: index + 2, text }]));
  if (lines.length > ACCOUNT_LIST_MAX_LINES) throw new UserError('list-unreadable', 'too many lines');
  return { columns: known, lines: lines.map(({ line, text }) => lineOf(line, fieldsOf(text, delimiter), columns)) };
}

function lineOf(line: number, values: string[] | null, columns: readonly (Column | null)[]): FileLine {
  if (!values) return { line, fields: null, extra: false };
  const fields: Partial<Record<Column, string>> = {};
  for (const [index, column] of columns.entries()) if (column) fields[column] = values[index] ?? '';
  return { line, fields, extra: values.slice(columns.length).some((value) => value !== '') };
}

/** null: a quote that is not closed, text beside a quoted field, or far too long */
function fieldsOf(line: string, delimiter: string): string[] | null {
  if (line.length > MAX_LINE_LENGTH) return null;
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  const field = new RegExp(
    `[^\\S${delimiter}]*(?:"((?:[^"]|"")*)"[^\\S${delimiter}]*|([^"${delimiter}]*))(${delimiter}|$)`,
    'y',
  );
  for (;;) {
    const found = field.exec(line);
    if (!found) return null;
    fields.push((found[1]?.replaceAll('""', '"') ?? found[2] ?? '').trim());
    if (found[3] === '') return fields;
  }
}

const countOf = (text: string, part: string): number => text.split(part).length;

/**
 * UTF-8, UTF-16 with its mark, or what Excel in Korea saves: CP949. Node's own decoder of that name knows the older set
 * alone, in which many syllables of names are missing.
 */
function textOf(bytes: Uint8Array): string {
  const text = utf(bytes) ?? iconv.decode(bytes, 'cp949');
  // a spreadsheet's own file format, or another encoding
  if (/[\0\ufffd]/.test(text)) throw new UserError('list-unreadable', 'neither UTF-8 nor CP949');
  return text;
}

function utf(bytes: Uint8Array): string | null {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
