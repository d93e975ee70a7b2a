/**
 * The lines of an event's times as programs write them, made what they mean, before a strict parser reads them: a day without
 * VALUE=DATE, a zone's name with a colon in it and no quotes, a list in which one value is none.
 */

/** None of their values holds a colon, so the last one of a line is the one before the value. */
const TIMES = /^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(?=[;:])/i;
const LISTS = new Set(['EXDATE', 'RDATE']);
const DAY = /^\d{8}$/;
const TIME = /^\d{8}T\d{6}Z?$/i;
const PERIOD = /^\d{8}T\d{6}Z?\/\S+$/i;
const PARAMETER = /;([^=;:"]+)=("[^"]*"|[^;"]*)/g;

type Kind = 'DATE' | 'DATE-TIME' | 'PERIOD';
type Parameter = { name: string; value: string };

export type RepairedLines = {
  lines: string[];
  /** values of lists that nobody can read: they cost themselves, not the series */
  leftOut: number;
};

export function repairedLines(lines: readonly string[]): RepairedLines {
  const repaired: RepairedLines = { lines: [], leftOut: 0 };
  for (const line of lines) {
    const name = TIMES.exec(line)?.[1];
    if (name === undefined) repaired.lines.push(line);
    else if (LISTS.has(name.toUpperCase())) repairList(name, line, repaired);
    else repaired.lines.push(repairTime(name, line));
  }
  return repaired;
}

/** One that nobody can read stays as it is: the parser refuses its event. */
function repairTime(name: string, line: string): string {
  const { parameters, value } = partsOf(name, line);
  const kind = kindOf(value);
  return kind === null ? line : lineOf(name, parameters, kind, [value]);
}

function repairList(name: string, line: string, repaired: RepairedLines): void {
  const { parameters, value } = partsOf(name, line);
  const byKind = new Map<Kind, string[]>();
  for (const each of value.split(',').map((text) => text.trim())) {
    // a comma too many is no value
    if (each === '') continue;
    const kind = kindOf(each);
    if (kind === null) repaired.leftOut += 1;
    else byKind.set(kind, [...(byKind.get(kind) ?? []), each]);
  }
  for (const [kind, values] of byKind) repaired.lines.push(lineOf(name, parameters, kind, values));
}

function partsOf(name: string, line: string): { parameters: Parameter[]; value: string } {
  const colon = line.lastIndexOf(':');
  const parameters = [...line.slice(name.length, colon).matchAll(PARAMETER)].map(([, name, value]) => ({
    name: name!.toUpperCase(),
    value: value!,
  }));
  return { parameters, value: line.slice(colon + 1).trim() };
}

function kindOf(value: string): Kind | null {
  if (DAY.test(value)) return 'DATE';
  if (TIME.test(value)) return 'DATE-TIME';
  return PERIOD.test(value) ? 'PERIOD' : null;
}

function lineOf(name: string, parameters: readonly Parameter[], kind: Kind, values: readonly string[]): string {
  // a day has no zone
  const kept = parameters.filter((each) => each.name !== 'VALUE' && !(kind === 'DATE' && each.name === 'TZID'));
  if (kind !== 'DATE-TIME') kept.push({ name: 'VALUE', value: kind });
  const text = kept.map((each) => `;${each.name}=${quoted(each.value)}`).join('');
  return `${name}${text}:${values.join(',')}`;
}

const quoted = (value: string): string => (/[:,]/.test(value) && !value.startsWith('"') ? `"${value}"` : value);
