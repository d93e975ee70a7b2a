/** Times and durations as people say them, in the language shown. */
import type { Language } from '#contract/schema.ts';

const localeOf: Record<Language, string> = { ko: 'ko-KR', en: 'en-GB' };

/** 14:05 */
export function clockTime(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    epochMs,
  );
}

/** 11월 24일 화요일, Tuesday 24 November */
export function dayAndDate(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], { weekday: 'long', day: 'numeric', month: 'long' }).format(
    epochMs,
  );
}

/** 24 Nov 14:05 */
export function dateAndTime(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(epochMs);
}

/** 4:07, 1:02:30: how long a call runs */
export function elapsed(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
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
