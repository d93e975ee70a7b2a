/**
 * The controls and lamps of a call among a device's fields, by what its descriptor says (HID usage tables: telephony
 * 0x0B, LED 0x08, consumer 0x0C): no list of models. Reads and writes its reports.
 */
import type { ReportField, ReportLayout, VariableField } from './report-descriptor.ts';
import type { Quirks, Style } from './quirks.ts';

export const TELEPHONY_PAGE = 0x0b;
const LED_PAGE = 0x08;
const CONSUMER_PAGE = 0x0c;

type UsageName = readonly [usagePage: number, usage: number];

/** Each with what stands in where a device has no other: a play key, the mute key of music. */
const CONTROLS = {
  hook: [
    [TELEPHONY_PAGE, 0x20],
    [CONSUMER_PAGE, 0xcd],
  ],
  redial: [[TELEPHONY_PAGE, 0x24]],
  drop: [[TELEPHONY_PAGE, 0x26]],
  phoneMute: [
    [TELEPHONY_PAGE, 0x2f],
    [CONSUMER_PAGE, 0xe2],
  ],
  volumeUp: [[CONSUMER_PAGE, 0xe9]],
  volumeDown: [[CONSUMER_PAGE, 0xea]],
} as const satisfies Record<string, readonly UsageName[]>;
export type ControlName = keyof typeof CONTROLS;

/** The microphone's lamp stands in for mute: lit while it is off, as headsets have it. */
const LAMPS = {
  mute: [
    [LED_PAGE, 0x09],
    [LED_PAGE, 0x21],
  ],
  offHook: [[LED_PAGE, 0x17]],
  ring: [[LED_PAGE, 0x18]],
  speaker: [[LED_PAGE, 0x1e]],
} as const satisfies Record<string, readonly UsageName[]>;
export type LampName = keyof typeof LAMPS;
export type Lamps = Record<LampName, boolean>;

export type Values = Partial<Record<ControlName, number>>;

type Input = { field: ReportField; usagePage: number; usage: number };

export type Controls = {
  layout: ReportLayout;
  inputs: Map<ControlName, Input>;
  lamps: Map<LampName, VariableField>;
  hookStyle: Style | null;
  muteStyle: Style | null;
};

/** @returns null: the device has nothing to do with calls */
export function controlsOf(layout: ReportLayout, quirks: Quirks): Controls | null {
  const inputs = new Map<ControlName, Input>();
  for (const [name, usages] of entriesOf(CONTROLS)) {
    const input = first(usages, (usage) => inputOf(layout, usage));
    if (input) inputs.set(name, input);
  }
  const hook = inputs.get('hook');
  const mute = inputs.get('phoneMute');
  // a keyboard has volume and mute keys too: what makes a speakerphone is the telephony page
  if (hook?.usagePage !== TELEPHONY_PAGE && mute?.usagePage !== TELEPHONY_PAGE) return null;
  const lamps = new Map<LampName, VariableField>();
  for (const [name, usages] of entriesOf(LAMPS)) {
    const lamp = first(usages, (usage) => lampOf(layout, usage));
    if (lamp) lamps.set(name, lamp);
  }
  return {
    layout,
    inputs,
    lamps,
    hookStyle: hook ? (quirks.hook ?? hookStyleOf(hook)) : null,
    muteStyle: mute ? (quirks.phoneMute ?? muteStyleOf(mute)) : null,
  };
}

const entriesOf = <N extends string>(table: Record<N, readonly UsageName[]>) =>
  Object.entries(table) as [N, readonly UsageName[]][];

function first<T>(usages: readonly UsageName[], find: (usage: UsageName) => T | undefined): T | undefined {
  for (const usage of usages) {
    const found = find(usage);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Some devices mark hook and mute as constant and send them all the same: a telephony usage by its name is a control. */
function inputOf({ fields }: ReportLayout, [usagePage, usage]: UsageName): Input | undefined {
  const named = fields.filter((each) => each.kind === 'input' && each.bitSize <= 32 && has(each, usagePage, usage));
  const field = named.find(({ isConstant }) => !isConstant) ?? (usagePage === TELEPHONY_PAGE ? named[0] : undefined);
  return field && { field, usagePage, usage };
}

function lampOf({ fields }: ReportLayout, [usagePage, usage]: UsageName): VariableField | undefined {
  return fields.find(
    (each): each is VariableField => each.kind === 'output' && each.form === 'variable' && has(each, usagePage, usage),
  );
}

function has(field: ReportField, page: number, usage: number): boolean {
  if (field.form === 'variable') return field.usagePage === page && field.usage === usage;
  return field.usages.some(({ usagePage, min, max }) => usagePage === page && usage >= min && usage <= max);
}

function hookStyleOf({ field, usagePage }: Input): Style {
  if (usagePage !== TELEPHONY_PAGE) return 'toggle';
  if (!field.isRelative) return 'level';
  return field.logicalMin < 0 ? 'step' : 'toggle';
}

function muteStyleOf({ field, usagePage }: Input): Style {
  if (usagePage !== TELEPHONY_PAGE || field.form === 'array') return 'toggle';
  // a button that falls back by itself reports no state
  if (!field.isRelative) return field.isNoPreferred ? 'level' : 'toggle';
  return field.logicalMin < 0 ? 'step' : 'toggle';
}

/**
 * @param report as hidraw gives it: its number first, where the device numbers them
 * @returns the controls that are in this report; null: it is shorter than the descriptor says
 */
export function readReport({ layout, inputs }: Controls, report: Uint8Array): Values | null {
  const reportId = layout.usesReportIds ? (report[0] ?? -1) : 0;
  const sizeBits = layout.sizeBits.input.get(reportId);
  // numbers that were not announced are none of our business; the kernel drops them as well
  if (sizeBits === undefined) return report.length === 0 ? null : {};
  const data = layout.usesReportIds ? report.subarray(1) : report;
  if (data.length * 8 < sizeBits) return null;
  const values: Values = {};
  for (const [name, input] of inputs) {
    if (input.field.reportId === reportId) values[name] = controlValue(input, data);
  }
  return values;
}

function controlValue({ field, usagePage, usage }: Input, data: Uint8Array): number {
  if (field.form === 'variable') return readBits(data, field.bitOffset, field.bitSize, field.logicalMin < 0);
  for (let slot = 0; slot < field.count; slot += 1) {
    const value = readBits(data, field.bitOffset + slot * field.bitSize, field.bitSize, field.logicalMin < 0);
    if (value < field.logicalMin || value > field.logicalMax) continue;
    // 6.2.2.5: the index counts from the logical minimum, through the ranges in their order
    let index = value - field.logicalMin;
    for (const range of field.usages) {
      const length = range.max - range.min + 1;
      if (index < length) {
        if (range.usagePage === usagePage && range.min + index === usage) return 1;
        break;
      }
      index -= length;
    }
  }
  return 0;
}

/** The reports that set all lamps, one for each number; what else is in them stays off. */
export function lampReports({ layout, lamps: fields }: Controls, lamps: Lamps): Uint8Array[] {
  const reports = new Map<number, Uint8Array>();
  for (const [name, field] of fields) {
    const { reportId, bitOffset } = field;
    const sizeBits = layout.sizeBits.output.get(reportId) ?? 0;
    // the first byte is the report's number in any case; 0 for a device without
    const report = reports.get(reportId) ?? Uint8Array.of(reportId, ...new Uint8Array(Math.ceil(sizeBits / 8)));
    reports.set(reportId, report);
    if (lamps[name]) report[1 + (bitOffset >> 3)]! |= 1 << (bitOffset & 7);
  }
  return [...reports.values()];
}

function readBits(data: Uint8Array, bitOffset: number, bitSize: number, isSigned: boolean): number {
  let value = 0;
  for (let bit = 0; bit < bitSize; bit += 1) {
    const at = bitOffset + bit;
    if (((data[at >> 3] as number) >> (at & 7)) & 1) value += 2 ** bit;
  }
  return isSigned && value >= 2 ** (bitSize - 1) ? value - 2 ** bitSize : value;
}
