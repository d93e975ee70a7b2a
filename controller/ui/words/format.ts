/** Times and durations as people read them, in the language shown. */
import type { Language } from '#contract/schema.ts';

const localeOf: Record<Language, string> = { ko: 'ko-KR', en: 'en-GB' };
const MINUTE_MS = 60_000;

/** As Intl knows it; undefined, which is this device's own zone, for a name that this browser does not know. */
function knownZone(timeZone: string | undefined): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** 14:05; in the room's time zone where one is given (IANA name), else in the device's */
export function clockTime(epochMs: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(localeOf[language], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: knownZone(timeZone),
  }).format(epochMs);
}

/** 14:00–15:30 */
export function timeRange(startMs: number, endMs: number, language: Language, timeZone?: string): string {
  return `${clockTime(startMs, language, timeZone)}–${clockTime(endMs, language, timeZone)}`;
}

/** Whole minutes until then, as people count them: 30 seconds before is 1 minute. Never below 0. */
export function minutesUntil(epochMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((epochMs - nowMs) / MINUTE_MS));
}

/** 11월 24일 화요일, Tuesday 24 November; with its year where that is not the year of now */
export function dayAndDate(epochMs: number, language: Language, timeZone?: string, nowMs = Date.now()): string {
  const isThisYear = new Date(epochMs).getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(localeOf[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
    timeZone: knownZone(timeZone),
  }).format(epochMs);
}

/** Tuesday, 24 November 2026; 2026년 11월 24일 화요일 */
export function longDate(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(epochMs);
}

/** 24 November 2026, 2026년 11월 24일 */
export function dateOnly(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], { day: 'numeric', month: 'long', year: 'numeric' }).format(
    epochMs,
  );
}

/** 24 Nov 2026, 14:05; 2026년 11월 24일 14:05 */
export function dateAndTime(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(epochMs);
}

/** 4,012 */
export function groupedNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(localeOf[language]).format(value);
}

/** 4:07, 1:02:30: how long a call runs */
export function elapsed(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** 1.2 GB, 340 MB: of files, by powers of ten as disks are sold */
export function fileSize(bytes: number, language: Language): string {
  const units = ['megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3) - 2));
  const value = bytes / 10 ** (6 + 3 * power);
  return new Intl.NumberFormat(localeOf[language], {
    style: 'unit',
    unit: units[power]!,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** 5 minutes ago, 방금: by whole units, the largest that fits */
export function ago(sinceMs: number, nowMs: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(localeOf[language], { numeric: 'auto' });
  const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1000));
  if (seconds < 60) return format.format(-seconds, 'second');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour');
  return format.format(-Math.floor(seconds / 86_400), 'day');
}

/** 1 hour 5 minutes, 42분: of a call that is over, whole minutes; under one minute, seconds */
export function spokenDuration(durationMs: number, language: Language): string {
  const part = (value: number, unit: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(localeOf[language], { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return part(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return part(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0
    ? part(Math.floor(minutes / 60), 'hour')
    : `${part(Math.floor(minutes / 60), 'hour')} ${part(rest, 'minute')}`;
}

/** a, b, or c; 가, 나 또는 다: any of them does */
export function listOf(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(localeOf[language], { type: 'disjunction' }).format(words);
}
