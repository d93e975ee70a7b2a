/**
 * What a document really is, by its content: its name is not asked. Reads a bounded part of the file, with no library that
 * decodes it. What is not in the list below is refused, above all what LibreOffice follows into the network or the disk.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { UserError } from '#contract/error-codes.ts';
import type { Archive } from './archive-check.ts';
import { openCheckedArchive } from './archive-check.ts';
import { compoundFileSignature, openCompoundFile } from './compound-file.ts';

export type DocumentType =
  | 'pdf'
  | 'pptx'
  | 'docx'
  | 'xlsx'
  | 'odp'
  | 'odt'
  | 'ods'
  | 'ppt'
  | 'doc'
  | 'xls'
  | 'hwp'
  | 'hwpx'
  | 'png'
  | 'jpeg'
  | 'webp'
  | 'heic';

/** The main parts that we show; a macro-enabled one is its plain kind, for macros never run. */
const officeMainParts: [RegExp, DocumentType][] = [
  [
    /"application\/(vnd\.openxmlformats-officedocument\.presentationml\.(presentation|slideshow|template)|vnd\.ms-powerpoint\.(presentation|slideshow|template)\.macroEnabled)\.main\+xml"/i,
    'pptx',
  ],
  [
    /"application\/(vnd\.openxmlformats-officedocument\.wordprocessingml\.(document|template)|vnd\.ms-word\.(document|template)\.macroEnabled(Template)?)\.main\+xml"/i,
    'docx',
  ],
  [
    /"application\/(vnd\.openxmlformats-officedocument\.spreadsheetml\.(sheet|template)|vnd\.ms-excel\.(sheet|template)\.macroEnabled)\.main\+xml"/i,
    'xlsx',
  ],
];
const openDocumentTypes: Record<string, DocumentType> = {
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/vnd.oasis.opendocument.presentation-template': 'odp',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.text-template': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.spreadsheet-template': 'ods',
  'application/hwp+zip': 'hwpx',
};
/** Brands of pictures coded in HEVC; AV1's are not among them. */
const heicBrands = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis']);
const heicContainers = new Set([...heicBrands, 'mif1', 'msf1']);

const headBytes = 1_024;
const describingEntryBytes = 1_000_000;

/** UserError document-empty, -type-unsupported, -encrypted, -broken or -too-large. */
export async function trueTypeOf(path: string): Promise<DocumentType> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    if (bytesRead === 0) throw new UserError('document-empty');
    const head = buffer.subarray(0, bytesRead);
    return pictureType(head) ?? (await containerType(path, file, head));
  } finally {
    await file.close();
  }
}

function pictureType(head: Buffer): DocumentType | undefined {
  if (head.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'png';
  if (head.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'jpeg';
  const text = head.toString('latin1');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.slice(4, 8) === 'ftyp' && heicContainers.has(text.slice(8, 12))) {
    const boxBytes = Math.min(head.readUInt32BE(0), head.length);
    for (let at = 8; at + 4 <= boxBytes; at += 4) if (heicBrands.has(text.slice(at, at + 4))) return 'heic';
  }
  return undefined;
}

async function containerType(path: string, file: FileHandle, head: Buffer): Promise<DocumentType> {
  if (head.toString('latin1').startsWith('PK\x03\x04')) {
    const archive = await openCheckedArchive(path);
    try {
      return await archiveType(archive);
    } finally {
      archive.close();
    }
  }
  if (head.subarray(0, 8).equals(compoundFileSignature)) return compoundType(file);
  // some writers put a few bytes before it, and readers allow for 1,024
  if (head.includes('%PDF-')) return 'pdf';
  throw unsupported();
}

async function archiveType(archive: Archive): Promise<DocumentType> {
  if (archive.names.has('[Content_Types].xml')) {
    const parts = await archive.readText('[Content_Types].xml', describingEntryBytes);
    const types = officeMainParts.filter(([pattern]) => pattern.test(parts)).map(([, type]) => type);
    if (types.length !== 1 || !types[0]) throw unsupported();
    return types[0];
  }
  const declared = openDocumentTypes[(await archive.readText('mimetype', 200)).trim()];
  if (!declared) throw unsupported();
  const manifest = await archive.readText('META-INF/manifest.xml', describingEntryBytes);
  if (/<(\w+:)?encryption-data\b/.test(manifest)) throw new UserError('document-encrypted');
  return declared;
}

async function compoundType(file: FileHandle): Promise<DocumentType> {
  const compound = await openCompoundFile(file);
  const has = (name: string) => compound.rootNames.has(name);
  if (has('EncryptedPackage')) throw new UserError('document-encrypted');
  if (has('PowerPoint Document')) {
    // [MS-PPT] 2.3.2: the token of a file that is encrypted
    const user = await compound.firstBytes('Current User');
    if (user.length >= 16 && user.readUInt32LE(12) === 0xf3_d1_c4_df) throw new UserError('document-encrypted');
    return 'ppt';
  }
  if (has('WordDocument')) {
    // [MS-DOC] 2.5.1: fEncrypted
    const information = await compound.firstBytes('WordDocument');
    if (information.length >= 12 && information.readUInt16LE(10) & 0x01_00) throw new UserError('document-encrypted');
    return 'doc';
  }
  if (has('Workbook') || has('Book')) return 'xls';
  const header = await compound.firstBytes('FileHeader');
  if (!header.toString('latin1').startsWith('HWP Document File')) throw unsupported();
  // password, or certificate, or rights management
  if (header.length >= 40 && header.readUInt32LE(36) & 0b1_0001_0010) throw new UserError('document-encrypted');
  return 'hwp';
}

const unsupported = () => new UserError('document-type-unsupported');
