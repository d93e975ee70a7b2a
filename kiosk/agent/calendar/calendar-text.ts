/**
 * From bytes to the lines of single events, by hand and before any parser: what lies outside of the window is dropped
 * here, so that ten years of past meetings cost next to nothing, and one broken event does not take the others along.
 */
import { ProtocolError } from '#contract/error-codes.ts';
import type { CalendarWindow } from './calendar-source.ts';

export type CalendarText = {
  /** unfolded lines of each VTIMEZONE, by its TZID */
  timeZones: Map<string, string[]>;
  /** unfolded lines of each VEVENT, without the components inside of it */
  events: string[][];
};

const DAY_MS = 86_400_000;
/** zones are up to 14 hours apart */
const SLACK_MS = 2 * DAY_MS;

/** @throws ProtocolError calendar-malformed where it is not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    return unfold(strict.decode(bytes));
  } catch {
    // folded within a letter, which RFC 5545 3.1 warns of: right once it is unfolded as bytes
    try {
      return strict.decode(Buffer.from(unfold(Buffer.from(bytes).toString('latin1')), 'latin1'));
    } catch (cause) {
      throw new ProtocolError('calendar-malformed', 'not UTF-8', { cause });
    }
  }
}
const unfold = (text: string): string => text.replaceAll(/\r?\n[ \t]/g, '');

/** @throws ProtocolError calendar-malformed where it is something else, or cut off */
export function splitCalendar(text: string, window: CalendarWindow): CalendarText {
  const found: CalendarText = { timeZones: new Map(), events: [] };
  const stack: string[] = [];
  let lines: string[] = [];
  let any = false;
  for (const line of unfoldedLines(text)) {
    const colon = line.indexOf(':');
    const word = colon === 5 || colon === 3 ? line.slice(0, colon).toUpperCase() : '';
    if (word === 'BEGIN') {
      const name = line.slice(6).trim().toUpperCase();
      if (stack.length === 0 && name !== 'VCALENDAR') throw malformed('no VCALENDAR');
      any = true;
      stack.push(name);
      if (stack.length === 2) lines = [];
      // observances belong to their zone; alarms are nobody's here
      if (stack.length > 2 && stack[1] === 'VTIMEZONE') lines.push(line);
    } else if (word === 'END') {
      const name = line.slice(4).trim().toUpperCase();
      if (stack.at(-1) !== name) throw malformed(`END:${name.slice(0, 20)} where it does not belong`);
      if (stack.length > 2 && stack[1] === 'VTIMEZONE') lines.push(line);
      if (stack.length === 2 && name === 'VEVENT' && mayTouch(lines, window)) found.events.push(lines);
      if (stack.length === 2 && name === 'VTIMEZONE') {
        const tzid = lines.find((each) => /^TZID[:;]/i.test(each));
        if (tzid) found.timeZones.set(tzid.slice(tzid.indexOf(':') + 1).trim(), lines);
      }
      stack.pop();
    } else if (stack.length === 0) {
      throw malformed('not a calendar');
    } else if (stack.length === 2 || stack[1] === 'VTIMEZONE') {
      lines.push(line);
    }
  }
  if (stack.length > 0) throw malformed('cut off');
  if (!any) throw malformed('empty');
  return found;
}

const malformed = (why: string): ProtocolError => new ProtocolError('calendar-malformed', why);

/** Of a text that is unfolded. */
export function* unfoldedLines(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    let to = text.indexOf('\n', from);
    if (to === -1) to = text.length;
    const line = text.slice(from, text[to - 1] === '\r' ? to - 1 : to);
    if (line.trim() !== '') yield line;
    from = to + 1;
  }
}

/** Series and what is not understood always do: the parser decides. */
function mayTouch(lines: readonly string[], { fromMs, toMs }: CalendarWindow): boolean {
  let startMs: number | null = null;
  let endMs: number | null = null;
  for (const line of lines) {
    if (/^(RRULE|RDATE|RECURRENCE-ID|DURATION)[:;]/i.test(line)) return true;
    startMs ??= dayOf('DTSTART', line);
    endMs ??= dayOf('DTEND', line);
  }
  if (startMs === null) return true;
  return startMs <= toMs + SLACK_MS && (endMs ?? startMs) >= fromMs - SLACK_MS;
}

function dayOf(name: string, line: string): number | null {
  if (!line.startsWith(name)) return null;
  const digits = /^[A-Z]+(?:;[^:"]*(?:"[^"]*"[^:"]*)*)?:(\d{4})(\d\d)(\d\d)/.exec(line);
  return digits ? Date.UTC(Number(digits[1]), Number(digits[2]) - 1, Number(digits[3])) : null;
}
