/**
 * What a HID device says of its reports (HID 1.11, 6.2.2), as typed fields. Pure, and bounded in everything: the bytes
 * come from whatever was plugged in. Which of the fields are controls of a call is controls.ts's.
 */
import { type Item, itemsOf, malformed } from './descriptor-items.ts';

/** node-hid reads no report longer than this. */
export const MAX_REPORT_BYTES = 2048;
const MAX_FIELD_BITS = 256;
const MAX_FIELDS = 4096;
const MAX_PUSHES = 16;
const MAX_COLLECTION_DEPTH = 32;

export type ReportKind = 'input' | 'output' | 'feature';
/** both ends included */
export type UsageRange = { usagePage: number; min: number; max: number };

type Common = {
  kind: ReportKind;
  /** 0 where the device numbers no reports */
  reportId: number;
  /** from the first bit after the report's number */
  bitOffset: number;
  /** of one value; wider than 32 is data that nobody here reads */
  bitSize: number;
  logicalMin: number;
  logicalMax: number;
  isRelative: boolean;
  /** stays where it was put, rather than falling back by itself */
  isNoPreferred: boolean;
  /** its flags call it padding, though it names a usage: some devices send such an input all the same */
  isConstant: boolean;
};
export type VariableField = Common & { form: 'variable'; usagePage: number; usage: number };
/** `count` values, each the index of a usage that is on */
export type ArrayField = Common & { form: 'array'; count: number; usages: UsageRange[] };
export type ReportField = VariableField | ArrayField;

export type ReportLayout = {
  /** constants are padding, and left out, but for inputs that name a usage */
  fields: ReportField[];
  usesReportIds: boolean;
  /** of the application collections, in their order */
  collections: { usagePage: number; usage: number }[];
  /** of each report, its number not counted */
  sizeBits: Record<ReportKind, Map<number, number>>;
};

type Globals = {
  usagePage: number;
  logicalMin: number;
  logicalMax: Item | null;
  reportSize: number;
  reportCount: number;
  reportId: number;
};
/** `usagePage` null: the one in force at the main item (6.2.2.8) */
type LocalUsage = { usagePage: number | null; min: number; max: number };
type Parse = {
  globals: Globals;
  pushed: Globals[];
  usages: LocalUsage[];
  usageMin: Item | null;
  usageMax: Item | null;
  /** null: not between delimiters; else whether the preferred usage of the set was read */
  delimited: { taken: boolean } | null;
  depth: number;
  layout: ReportLayout;
};

/** @throws ProtocolError `device-malformed` */
export function parseReportDescriptor(descriptor: Uint8Array): ReportLayout {
  const parse: Parse = {
    globals: { usagePage: 0, logicalMin: 0, logicalMax: null, reportSize: 0, reportCount: 0, reportId: 0 },
    pushed: [],
    ...noLocals(),
    depth: 0,
    layout: {
      fields: [],
      usesReportIds: false,
      collections: [],
      sizeBits: { input: new Map(), output: new Map(), feature: new Map() },
    },
  };
  for (const item of itemsOf(descriptor)) {
    if (item.type === 'main') onMain(parse, item);
    else if (item.type === 'global') onGlobal(parse, item);
    else if (item.type === 'local') onLocal(parse, item);
  }
  if (parse.depth > 0) throw malformed('a collection is not closed');
  return parse.layout;
}

const noLocals = (): Pick<Parse, 'usages' | 'usageMin' | 'usageMax' | 'delimited'> => ({
  usages: [],
  usageMin: null,
  usageMax: null,
  delimited: null,
});

function onMain(parse: Parse, item: Item): void {
  switch (item.tag) {
    case 0x8:
      addFields(parse, 'input', item.unsigned);
      break;
    case 0x9:
      addFields(parse, 'output', item.unsigned);
      break;
    case 0xb:
      addFields(parse, 'feature', item.unsigned);
      break;
    case 0xa: {
      const usage = parse.usages[0];
      const usagePage = usage?.usagePage ?? parse.globals.usagePage;
      if (item.unsigned === 1) parse.layout.collections.push({ usagePage, usage: usage?.min ?? 0 });
      parse.depth += 1;
      if (parse.depth > MAX_COLLECTION_DEPTH) throw malformed('collections nested too deep');
      break;
    }
    case 0xc:
      parse.depth -= 1;
      if (parse.depth < 0) throw malformed('a collection is closed that was not open');
      break;
  }
  Object.assign(parse, noLocals());
}

function onGlobal(parse: Parse, item: Item): void {
  const { globals } = parse;
  switch (item.tag) {
    case 0x0:
      globals.usagePage = item.unsigned & 0xffff;
      return;
    case 0x1:
      globals.logicalMin = item.signed;
      return;
    case 0x2:
      globals.logicalMax = item;
      return;
    case 0x7:
      if (item.unsigned > MAX_FIELD_BITS) throw malformed(`a field of ${item.unsigned} bits`);
      globals.reportSize = item.unsigned;
      return;
    case 0x8:
      if (item.unsigned < 1 || item.unsigned > 255) throw malformed(`report number ${item.unsigned}`);
      globals.reportId = item.unsigned;
      parse.layout.usesReportIds = true;
      return;
    case 0x9:
      if (item.unsigned > MAX_REPORT_BYTES * 8) throw malformed(`${item.unsigned} values in a field`);
      globals.reportCount = item.unsigned;
      return;
    case 0xa:
      if (parse.pushed.length >= MAX_PUSHES) throw malformed('too many pushes');
      parse.pushed.push({ ...globals });
      return;
    case 0xb: {
      const popped = parse.pushed.pop();
      if (popped === undefined) throw malformed('a pop without a push');
      parse.globals = popped;
      return;
    }
  }
}

function onLocal(parse: Parse, item: Item): void {
  if (item.tag === 0xa) {
    if (item.unsigned > 1 || (item.unsigned === 1) === (parse.delimited !== null)) throw malformed('delimiters');
    parse.delimited = item.unsigned === 1 ? { taken: false } : null;
    return;
  }
  if (item.tag > 0x2) return;
  // 6.2.2.8: of alternatives between delimiters the first is the preferred one
  if (parse.delimited?.taken) return;
  if (item.tag === 0x0) addUsage(parse, item, item);
  else if (item.tag === 0x1) parse.usageMin = item;
  else parse.usageMax = item;
  if (parse.usageMin === null || parse.usageMax === null) return;
  addUsage(parse, parse.usageMin, parse.usageMax);
  parse.usageMin = null;
  parse.usageMax = null;
}

function addUsage(parse: Parse, from: Item, to: Item): void {
  const min = from.unsigned & 0xffff;
  const max = to.unsigned & 0xffff;
  if (max < min) throw malformed('a range of usages that ends before it begins');
  parse.usages.push({ usagePage: from.sizeBytes === 4 ? from.unsigned >>> 16 : null, min, max });
  if (parse.delimited) parse.delimited.taken = true;
}

function addFields(parse: Parse, kind: ReportKind, flags: number): void {
  const { globals, layout } = parse;
  const { reportId, reportSize, reportCount, logicalMin } = globals;
  const sizes = layout.sizeBits[kind];
  const bitOffset = sizes.get(reportId) ?? 0;
  const end = bitOffset + reportSize * reportCount;
  if (end > MAX_REPORT_BYTES * 8) throw malformed(`report ${reportId} is longer than ${MAX_REPORT_BYTES} bytes`);
  sizes.set(reportId, end);
  const isConstant = (flags & 1) !== 0;
  const isPadding = isConstant && (kind !== 'input' || parse.usages.length === 0);
  if (isPadding || reportSize === 0 || reportCount === 0) return;
  const common: Common = {
    kind,
    reportId,
    bitOffset,
    bitSize: reportSize,
    logicalMin,
    logicalMax: logicalMaxOf(globals),
    isRelative: (flags & 4) !== 0,
    isNoPreferred: (flags & 0x20) !== 0,
    isConstant,
  };
  const usages = parse.usages.map(({ usagePage, min, max }) => ({
    usagePage: usagePage ?? globals.usagePage,
    min,
    max,
  }));
  if ((flags & 2) === 0) {
    layout.fields.push({ ...common, form: 'array', count: reportCount, usages });
  } else {
    for (const [index, usage] of eachUsage(usages, reportCount).entries())
      layout.fields.push({ ...common, ...usage, form: 'variable', bitOffset: bitOffset + index * reportSize });
  }
  if (layout.fields.length > MAX_FIELDS) throw malformed(`more than ${MAX_FIELDS} fields`);
}

/** One for each value; the last serves all that are left (6.2.2.8). Fewer or none where the device names fewer or none. */
function eachUsage(ranges: UsageRange[], count: number): { usagePage: number; usage: number }[] {
  const each: { usagePage: number; usage: number }[] = [];
  const bound = Math.min(count, MAX_FIELDS + 1);
  for (const { usagePage, min, max } of ranges) {
    for (let usage = min; usage <= max && each.length < bound; usage += 1) each.push({ usagePage, usage });
  }
  const last = each.at(-1);
  while (last !== undefined && each.length < bound) each.push(last);
  return each;
}

/** Written as unsigned by most devices where the minimum is not negative: 0x25 0xff means 255, as the kernel reads it. */
function logicalMaxOf({ logicalMin, logicalMax }: Globals): number {
  if (logicalMax === null) return 0;
  return logicalMin < 0 ? logicalMax.signed : logicalMax.unsigned;
}
