import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compoundFileOf } from './testing/compound-writer.ts';
import { openDocument, pdfDocument, presentation, spreadsheet, wordDocument } from './testing/small-documents.ts';
import { zipOf } from './testing/zip-writer.ts';
import { trueTypeOf } from './true-type.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-true-type-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Always under the same misleading name. */
function typeOf(content: Buffer | string): Promise<string> {
  const path = join(folder, 'Quarter.pptx');
  writeFileSync(path, content);
  return trueTypeOf(path);
}

/** Long enough that the stream is not one of the small ones. */
const padded = (start: Buffer, bytes = 4_096) => Buffer.concat([start, Buffer.alloc(bytes - start.length)]);
const hwpHeader = (flags: number) => {
  const header = Buffer.alloc(256);
  header.write('HWP Document File');
  header.writeUInt32LE(0x05_01_00_00, 32);
  header.writeUInt32LE(flags, 36);
  return header;
};
const wordHeader = (flags: number) => {
  const header = Buffer.from('eca5c1000000000000000000', 'hex');
  header.writeUInt16LE(flags, 10);
  return header;
};
const currentUser = (token: number) => {
  const atom = Buffer.alloc(32);
  atom.writeUInt32LE(token, 12);
  return atom;
};
const ftyp = (...brands: string[]) =>
  Buffer.from(`\0\0\0${String.fromCharCode(8 + brands.length * 4)}ftyp${brands.join('')}\0\0\0\x08mdat`, 'latin1');
const openXml = 'application/vnd.openxmlformats-officedocument';

test.each<[string, Buffer]>([
  ['pdf', pdfDocument()],
  ['pdf', Buffer.concat([Buffer.from('\r\n\r\n'), pdfDocument()])],
  ['docx', wordDocument()],
  ['docx', wordDocument({ mainType: 'application/vnd.ms-word.document.macroEnabled.main+xml' })],
  ['docx', wordDocument({ mainType: `${openXml}.wordprocessingml.template.main+xml` })],
  ['xlsx', spreadsheet()],
  ['pptx', presentation()],
  ['odt', openDocument({ kind: 'text' })],
  ['ods', openDocument({ kind: 'spreadsheet' })],
  ['odp', openDocument({ kind: 'presentation' })],
  ['hwpx', zipOf([{ name: 'mimetype', content: 'application/hwp+zip', stored: true }])],
  ['doc', compoundFileOf({ WordDocument: padded(wordHeader(0)), '1Table': padded(Buffer.alloc(0)) })],
  ['xls', compoundFileOf({ Workbook: padded(Buffer.alloc(0)) })],
  ['xls', compoundFileOf({ Book: padded(Buffer.alloc(0)) })],
  [
    'ppt',
    compoundFileOf({ 'Current User': currentUser(0xe3_91_c0_5f), 'PowerPoint Document': padded(Buffer.alloc(0)) }),
  ],
  ['hwp', compoundFileOf({ FileHeader: hwpHeader(0b1), DocInfo: padded(Buffer.alloc(0)) })],
  // for distribution: readable without a password
  ['hwp', compoundFileOf({ FileHeader: hwpHeader(0b101) })],
  ['png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['jpeg', Buffer.from('ffd8ffe000104a464946', 'hex')],
  ['webp', Buffer.from('RIFF\x20\0\0\0WEBPVP8 ', 'latin1')],
  ['heic', ftyp('heic', '\0\0\0\0', 'mif1', 'heic')],
  ['heic', ftyp('mif1', '\0\0\0\0', 'mif1', 'heic', 'miaf')],
])('%s, whatever its name is', async (type, content) => {
  expect(await typeOf(content)).toBe(type);
});

const html = '<html><img src="http://192.0.2.1/x.png"></html>';
test.each<[string, Buffer | string]>([
  ['HTML', html],
  ['a web archive', `MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n${html}`],
  [
    'flat ODF',
    '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
  ],
  ['flat OOXML', '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>'],
  ['RTF', '{\\rtf1\\ansi x}'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'],
  ['PostScript', '%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file'],
  ['HWP 3', `HWP Document File V3.00 \x1a\x01\x02${'\0'.repeat(200)}`],
  ['text', 'just words'],
  ['one byte', 'P'],
  ['AVIF', ftyp('avif', '\0\0\0\0', 'avif', 'mif1')],
  ['AVIF in a general container', ftyp('mif1', '\0\0\0\0', 'avif', 'miaf')],
  ['a film', ftyp('isom', '\0\0\0\0', 'isom', 'mp42')],
  ['GIF', 'GIF89a'],
  ['another zip', zipOf([{ name: 'run.sh', content: '#!/bin/sh' }])],
  ['a zip with an office name inside', zipOf([{ name: 'word/document.xml', content: '<w:document/>' }])],
  ['a binary workbook', wordDocument({ mainType: 'application/vnd.ms-excel.sheet.binary.macroEnabled.main' })],
  [
    'a package of two kinds',
    wordDocument({
      mainType: `${openXml}.wordprocessingml.document.main+xml"/><Override PartName="/b" ContentType="${openXml}.spreadsheetml.sheet.main+xml`,
    }),
  ],
  ['a drawing', zipOf([{ name: 'mimetype', content: 'application/vnd.oasis.opendocument.graphics', stored: true }])],
  ['another compound file', compoundFileOf({ Contents: padded(Buffer.alloc(0)) })],
  ['HWP by name alone', compoundFileOf({ FileHeader: padded(Buffer.from('HWP')) })],
])('%s is refused as unsupported', async (_, content) => {
  await expect(typeOf(content)).rejects.toMatchObject({ code: 'document-type-unsupported' });
});

test.each<[string, Buffer]>([
  ['OOXML', compoundFileOf({ EncryptionInfo: padded(Buffer.alloc(0)), EncryptedPackage: padded(Buffer.alloc(0)) })],
  ['Word', compoundFileOf({ WordDocument: padded(wordHeader(0x01_00)) })],
  [
    'PowerPoint',
    compoundFileOf({ 'Current User': currentUser(0xf3_d1_c4_df), 'PowerPoint Document': Buffer.alloc(9) }),
  ],
  ['HWP with a password', compoundFileOf({ FileHeader: hwpHeader(0b11) })],
  ['HWP with rights management', compoundFileOf({ FileHeader: hwpHeader(0b10001) })],
  ['ODF', openDocument({ manifestEntry: '<manifest:encryption-data manifest:checksum="x"/>' })],
  ['a zip', zipOf([{ name: '[Content_Types].xml', content: 'x', encrypted: true }])],
])('%s with a password', async (_, content) => {
  await expect(typeOf(content)).rejects.toMatchObject({ code: 'document-encrypted' });
});

test('an empty file', async () => {
  await expect(typeOf('')).rejects.toMatchObject({ code: 'document-empty' });
});

test.each<[string, Buffer]>([
  ['a zip cut short', wordDocument().subarray(0, 600)],
  ['a compound file cut in its header', compoundFileOf({ Workbook: padded(Buffer.alloc(0)) }).subarray(0, 20)],
  ['a compound file cut behind its header', compoundFileOf({ Workbook: padded(Buffer.alloc(0)) }).subarray(0, 512)],
  ['a directory that never ends', compoundFileOf({ Workbook: padded(Buffer.alloc(0)) }, true)],
])('%s is refused as broken', async (_, content) => {
  await expect(typeOf(content)).rejects.toMatchObject({ code: 'document-broken' });
});

test('a bit turned anywhere in a compound file is refused or read, at once', async () => {
  const sound = compoundFileOf({ FileHeader: hwpHeader(1), DocInfo: padded(Buffer.alloc(0), 600) });
  const began = performance.now();
  for (let at = 0; at < sound.length; at += 3) {
    const damaged = Buffer.from(sound);
    damaged.writeUInt8((damaged[at] ?? 0) ^ (1 << (at % 8)), at);
    await typeOf(damaged).catch(({ code }) => expect(code).toMatch(/^document-/));
  }
  expect((performance.now() - began) / (sound.length / 3)).toBeLessThan(50);
});
