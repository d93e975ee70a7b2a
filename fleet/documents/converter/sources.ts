/** How each type of document becomes pages: by an engine alone, or by LibreOffice, whose PDF then goes to an engine. */
import type { EngineName } from './inside/engines.ts';
import type { OfficeSource } from './office.ts';
import type { DocumentType } from './true-type.ts';

export type Way = { engine: EngineName } | { office: OfficeSource };

export const ways: Record<DocumentType, Way> = {
  pdf: { engine: 'pdf' },
  pptx: { office: { kind: 'presentation', filter: 'Impress MS PowerPoint 2007 XML' } },
  ppt: { office: { kind: 'presentation', filter: 'MS PowerPoint 97' } },
  odp: { office: { kind: 'presentation', filter: 'impress8' } },
  docx: { office: { kind: 'text', filter: 'MS Word 2007 XML' } },
  doc: { office: { kind: 'text', filter: 'MS Word 97' } },
  odt: { office: { kind: 'text', filter: 'writer8' } },
  xlsx: { office: { kind: 'spreadsheet', filter: 'Calc MS Excel 2007 XML' } },
  xls: { office: { kind: 'spreadsheet', filter: 'MS Excel 97' } },
  ods: { office: { kind: 'spreadsheet', filter: 'calc8' } },
  hwp: { engine: 'hwp' },
  hwpx: { engine: 'hwp' },
  png: { engine: 'picture' },
  jpeg: { engine: 'picture' },
  webp: { engine: 'picture' },
  heic: { engine: 'heic' },
};
