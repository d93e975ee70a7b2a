/** Small sound documents of the zip kinds and of PDF, made in memory with the text that a test asks for. */
import type { ZipEntry } from './zip-writer.ts';
import { zipOf } from './zip-writer.ts';

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const openXml = 'application/vnd.openxmlformats-officedocument';

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

type Relation = { id: string; type: string; target: string; external?: boolean };

const relations = (list: Relation[]): string =>
  `${xml}<Relationships xmlns="${packageRelations}">${list
    .map(
      ({ id, type, target, external }) =>
        `<Relationship Id="${id}" Type="${type}" Target="${escapeXml(target)}"${external ? ' TargetMode="External"' : ''}/>`,
    )
    .join('')}</Relationships>`;

const contentTypes = (parts: Record<string, string>): ZipEntry => ({
  name: '[Content_Types].xml',
  content: `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${Object.entries(
    parts,
  )
    .map(([name, type]) => `<Override PartName="/${name}" ContentType="${type}"/>`)
    .join('')}</Types>`,
});

const rootRelation = (target: string): ZipEntry => ({
  name: '_rels/.rels',
  content: relations([{ id: 'rId1', type: `${office}/officeDocument`, target }]),
});

export type WordOptions = {
  /** Each is a paragraph; a form feed in it starts a page. */
  paragraphs?: string[];
  /** A picture that the document links to and does not contain. */
  linkedPicture?: string;
  /** Put before the root element, as `<!DOCTYPE …>`. */
  prologue?: string;
  /** Put into the first paragraph as it is. */
  rawRun?: string;
  mainType?: string;
  /** What the directory of the zip claims as the size of the main part. */
  claimedBytes?: number;
  more?: ZipEntry[];
};

const wordNames =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"';
const linkedPictureRun =
  '<w:r><w:drawing><wp:inline><wp:extent cx="2000000" cy="2000000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>';

export function wordDocument(options: WordOptions = {}): Buffer {
  const { paragraphs = ['회의 자료', 'Minutes of the meeting'], linkedPicture, prologue = '', rawRun = '' } = options;
  const body = paragraphs.map((text) => {
    const runs = text.split('\f').map((part) => `<w:r><w:t xml:space="preserve">${escapeXml(part)}</w:t></w:r>`);
    return `<w:p>${runs.join('<w:r><w:br w:type="page"/></w:r>')}</w:p>`;
  });
  const first = `<w:p>${linkedPicture === undefined ? '' : linkedPictureRun}${rawRun}</w:p>`;
  return zipOf([
    contentTypes({ 'word/document.xml': options.mainType ?? `${openXml}.wordprocessingml.document.main+xml` }),
    rootRelation('word/document.xml'),
    ...(linkedPicture === undefined
      ? []
      : [
          {
            name: 'word/_rels/document.xml.rels',
            content: relations([{ id: 'rId9', type: `${office}/image`, target: linkedPicture, external: true }]),
          },
        ]),
    {
      name: 'word/document.xml',
      content: `${xml}${prologue}<w:document ${wordNames}><w:body>${first}${body.join('')}</w:body></w:document>`,
      ...(options.claimedBytes === undefined ? {} : { claimedBytes: options.claimedBytes }),
    },
    ...(options.more ?? []),
  ]);
}

/** A cell that begins with `=` is a formula. */
export function spreadsheet(rows: string[][] = [['회의실', 'Room']], more: ZipEntry[] = []): Buffer {
  const cell = (text: string) =>
    text.startsWith('=')
      ? `<c><f>${escapeXml(text.slice(1))}</f></c>`
      : `<c t="inlineStr"><is><t>${escapeXml(text)}</t></is></c>`;
  const sheet = rows.map((cells) => `<row>${cells.map(cell).join('')}</row>`).join('');
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return zipOf([
    contentTypes({
      'xl/workbook.xml': `${openXml}.spreadsheetml.sheet.main+xml`,
      'xl/worksheets/sheet1.xml': `${openXml}.spreadsheetml.worksheet+xml`,
    }),
    rootRelation('xl/workbook.xml'),
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations([{ id: 'rId1', type: `${office}/worksheet`, target: 'worksheets/sheet1.xml' }]),
    },
    {
      name: 'xl/workbook.xml',
      content: `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `${xml}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
    },
    ...more,
  ]);
}

/** One slide for each text. */
export function presentation(slides: string[] = ['회의 자료', 'Second slide']): Buffer {
  const slideNames = slides.map((_, at) => `ppt/slides/slide${at + 1}.xml`);
  const names =
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
  const group =
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>';
  const colours =
    '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>';
  return zipOf([
    contentTypes({
      'ppt/presentation.xml': `${openXml}.presentationml.presentation.main+xml`,
      'ppt/slideMasters/slideMaster1.xml': `${openXml}.presentationml.slideMaster+xml`,
      'ppt/slideLayouts/slideLayout1.xml': `${openXml}.presentationml.slideLayout+xml`,
      ...Object.fromEntries(slideNames.map((name) => [name, `${openXml}.presentationml.slide+xml`])),
    }),
    rootRelation('ppt/presentation.xml'),
    {
      name: 'ppt/_rels/presentation.xml.rels',
      content: relations([
        { id: 'rId0', type: `${office}/slideMaster`, target: 'slideMasters/slideMaster1.xml' },
        ...slides.map((_, at) => ({
          id: `rId${at + 1}`,
          type: `${office}/slide`,
          target: `slides/slide${at + 1}.xml`,
        })),
      ]),
    },
    {
      name: 'ppt/presentation.xml',
      content: `${xml}<p:presentation ${names}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId0"/></p:sldMasterIdLst><p:sldIdLst>${slides
        .map((_, at) => `<p:sldId id="${256 + at}" r:id="rId${at + 1}"/>`)
        .join(
          '',
        )}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`,
    },
    {
      name: 'ppt/slideMasters/slideMaster1.xml',
      content: `${xml}<p:sldMaster ${names}><p:cSld><p:spTree>${group}</p:spTree></p:cSld>${colours}<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`,
    },
    {
      name: 'ppt/slideMasters/_rels/slideMaster1.xml.rels',
      content: relations([{ id: 'rId1', type: `${office}/slideLayout`, target: '../slideLayouts/slideLayout1.xml' }]),
    },
    {
      name: 'ppt/slideLayouts/slideLayout1.xml',
      content: `${xml}<p:sldLayout ${names}><p:cSld><p:spTree>${group}</p:spTree></p:cSld></p:sldLayout>`,
    },
    {
      name: 'ppt/slideLayouts/_rels/slideLayout1.xml.rels',
      content: relations([{ id: 'rId1', type: `${office}/slideMaster`, target: '../slideMasters/slideMaster1.xml' }]),
    },
    ...slides.flatMap((text, at) => [
      {
        name: `ppt/slides/slide${at + 1}.xml`,
        content: `${xml}<p:sld ${names}><p:cSld><p:spTree>${group}<p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="900000" y="900000"/><a:ext cx="10000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"/></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:rPr lang="ko-KR" sz="6000"/><a:t>${escapeXml(text)}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`,
      },
      {
        name: `ppt/slides/_rels/slide${at + 1}.xml.rels`,
        content: relations([{ id: 'rId1', type: `${office}/slideLayout`, target: '../slideLayouts/slideLayout1.xml' }]),
      },
    ]),
  ]);
}

const openDocumentNames = 'urn:oasis:names:tc:opendocument:xmlns';

export type OpenDocumentOptions = {
  kind?: 'text' | 'spreadsheet' | 'presentation';
  /** Put into the manifest's entry of the content, as it is. */
  manifestEntry?: string;
  /** Put before the body, as it is. */
  prelude?: string;
  body?: string;
  more?: ZipEntry[];
};

export function openDocument(options: OpenDocumentOptions = {}): Buffer {
  const { kind = 'text', manifestEntry = '', prelude = '', body, more = [] } = options;
  const bodies = {
    text: '<text:p>회의 자료</text:p>',
    spreadsheet:
      '<table:table table:name="1"><table:table-row><table:table-cell office:value-type="string"><text:p>회의실</text:p></table:table-cell></table:table-row></table:table>',
    presentation:
      '<draw:page draw:name="1"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>회의 자료</text:p></draw:text-box></draw:frame></draw:page>',
  };
  const names = ['office', 'text', 'table'].map((name) => `xmlns:${name}="${openDocumentNames}:${name}:1.0"`).join(' ');
  const drawing = `xmlns:draw="${openDocumentNames}:drawing:1.0" xmlns:svg="${openDocumentNames}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="${openDocumentNames}:script:1.0"`;
  const type = `application/vnd.oasis.opendocument.${kind}`;
  return zipOf([
    { name: 'mimetype', content: type, stored: true },
    {
      name: 'content.xml',
      content: `${xml}<office:document-content ${names} ${drawing} office:version="1.2">${prelude}<office:body><office:${kind}>${body ?? bodies[kind]}</office:${kind}></office:body></office:document-content>`,
    },
    {
      name: 'META-INF/manifest.xml',
      content: `${xml}<manifest:manifest xmlns:manifest="${openDocumentNames}:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">${manifestEntry}</manifest:file-entry>${more
        .map(({ name }) => `<manifest:file-entry manifest:full-path="${name}" manifest:media-type="text/xml"/>`)
        .join('')}</manifest:manifest>`,
    },
    ...more,
  ]);
}

/** One A4 page for each text in Latin letters; `trailer` is put into the trailer as it is. */
export function pdfDocument(pages: string[] = ['Minutes of the meeting'], trailer = ''): Buffer {
  const font = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';
  return pdfOfPages(
    pages.map((text) => `(${text.replace(/[()\\]/g, '\\$&')})`),
    [font],
    trailer,
  );
}

/** Korean text in a font that is not in the file: only its name and its encoding (ISO 32000-1, 9.7.5.2) are. */
export function koreanPdfWithoutFonts(encoding: 'KSCms-UHC-H' | 'UniKS-UCS2-H', text: string): Buffer {
  const codes = encoding === 'UniKS-UCS2-H' ? Buffer.from(text, 'utf16le').swap16().toString('hex') : uhcHex(text);
  const descendant =
    '<</Type/Font/Subtype/CIDFontType0/BaseFont/HYSMyeongJo-Medium/CIDSystemInfo<</Registry(Adobe)/Ordering(Korea1)/Supplement 1>>/DW 1000/FontDescriptor 5 0 R>>';
  const descriptor =
    '<</Type/FontDescriptor/FontName/HYSMyeongJo-Medium/Flags 6/FontBBox[0 -148 1001 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 720/StemV 60>>';
  const font = `<</Type/Font/Subtype/Type0/BaseFont/HYSMyeongJo-Medium-${encoding}/Encoding/${encoding}/DescendantFonts[4 0 R]>>`;
  return pdfOfPages([`<${codes}>`], [font, descendant, descriptor], '');
}

/** Node encodes no UHC: its table is that of the decoder, turned round. */
function uhcHex(text: string): string {
  const decoder = new TextDecoder('euc-kr');
  const codes = new Map<string, string>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1) codes.set(character, Buffer.of(lead, trail).toString('hex'));
    }
  }
  return [...text]
    .map((character) => codes.get(character) ?? Buffer.from(character, 'latin1').toString('hex'))
    .join('');
}

/** Objects 1 and 2 are catalog and page tree, the fonts start at 3 (the first is F1), then pages and their contents. */
function pdfOfPages(shownStrings: string[], fonts: string[], trailer: string): Buffer {
  const firstPage = 3 + fonts.length;
  const kids = shownStrings.map((_, at) => `${firstPage + 2 * at} 0 R`).join(' ');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${shownStrings.length}/Kids[${kids}]>>`,
    ...fonts,
    ...shownStrings.flatMap((shown, at) => {
      const content = `BT /F1 36 Tf 72 700 Td ${shown} Tj ET`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${firstPage + 2 * at + 1} 0 R>>`,
        `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
