/** What was spoken as files that people keep: a text to read, and captions for a player. Pure. */
import type { Language } from '#contract/schema.ts';
import { shownText } from '#contract/shown-text.ts';

type Captioned = { displayName: string; text: string; fromMs: number; untilMs: number };
type Spoken = Captioned & { callId: string };

const LOCALES: Record<Language, string> = { ko: 'ko-KR', en: 'en-GB' };
/** so that a player shows a short one at all */
const SHORTEST_CUE_MS = 500;

/** Each call under its date, each segment a line with its time in the time zone of the server's machine. */
export function transcriptText(title: string, language: Language, spoken: readonly Spoken[]): string {
  const day = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'full', timeStyle: 'long' });
  const time = new Intl.DateTimeFormat(LOCALES[language], { timeStyle: 'medium', hourCycle: 'h23' });
  const lines = [title];
  let callId: string | null = null;
  for (const each of spoken) {
    if (each.callId !== callId) lines.push('', day.format(each.fromMs), '');
    callId = each.callId;
    lines.push(`${time.format(each.fromMs)}  ${each.displayName}: ${each.text}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * WebVTT. The id of each segment that has one is its cue's.
 * @param startedAtMs where the captions begin, on the clock of what was spoken: of a call
 */
export function transcriptVtt(startedAtMs: number, spoken: readonly (Captioned & { segmentId?: string })[]): string {
  const cues = spoken.map(({ segmentId, displayName, text, fromMs, untilMs }) => {
    const from = Math.max(0, Math.round(fromMs - startedAtMs));
    const until = Math.max(Math.round(untilMs - startedAtMs), from + SHORTEST_CUE_MS);
    return `${segmentId === undefined ? '' : `${segmentId}\n`}${cueTime(from)} --> ${cueTime(until)}\n<v ${cueName(displayName)}>${escaped(text)}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function cueTime(ms: number): string {
  const [seconds, minutes, hours] = [ms / 1_000, ms / 60_000, ms / 3_600_000].map(Math.floor) as [
    number,
    number,
    number,
  ];
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(hours)}:${two(minutes % 60)}:${two(seconds % 60)}.${String(ms % 1_000).padStart(3, '0')}`;
}

/** No tag, no arrow of a time, one line, and nothing that turns the direction of what follows. */
const escaped = (text: string): string =>
  shownText(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const cueName = (name: string): string => escaped(name) || '-';
