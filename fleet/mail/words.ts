/** The words of mails, in Korean and in English: a recipient may read either, and has no language set here. */
import { Temporal } from 'temporal-polyfill';
import type { RepetitionRhythm } from '#contract/meeting-repetition.ts';
import type { Language } from '#contract/schema.ts';
import type { MeetingMessage, RepetitionFacts } from './message.ts';

type Facts = Pick<MeetingMessage, 'about' | 'title' | 'hostName' | 'startsAtMs' | 'endsAtMs' | 'roomNames'>;

const openings: Record<MeetingMessage['about'], (host: string) => { subject: string; ko: string; en: string }> = {
  invited: (host) => ({
    subject: '초대 · Invitation',
    ko: `${host} 님이 회의에 초대했습니다.`,
    en: `${host} invites you to a meeting.`,
  }),
  changed: (host) => ({
    subject: '변경 · Updated',
    ko: `${host} 님이 회의를 변경했습니다.`,
    en: `${host} changed this meeting.`,
  }),
  cancelled: (host) => ({
    subject: '취소 · Cancelled',
    ko: `${host} 님이 이 회의 초대를 취소했습니다. 참여 링크는 더 이상 쓸 수 없습니다.`,
    en: `${host} cancelled this invitation. Its link no longer works.`,
  }),
  ended: (host) => ({
    subject: '이후 회의 취소 · Cancelled from a day on',
    ko: `${host} 님이 반복되는 회의의 이후 일정을 취소했습니다. 취소된 회의의 참여 링크는 더 이상 쓸 수 없습니다.`,
    en: `${host} cancelled the later ones of these meetings. Their links no longer work.`,
  }),
};

/** of a mail about those that repeat */
const changedTogether: (typeof openings)['changed'] = (host) => ({
  subject: '이후 회의 변경 · Updated from a day on',
  ko: `${host} 님이 반복되는 회의의 이후 일정을 변경했습니다. 지금의 일정은 아래와 같습니다.`,
  en: `${host} changed these meetings from a day on. Below is how they are now.`,
});

const rhythms: Record<RepetitionRhythm, { ko: string; en: string }> = {
  weekday: { ko: '평일마다', en: 'on weekdays' },
  week: { ko: '매주', en: 'every week' },
  'two-weeks': { ko: '2주마다', en: 'every two weeks' },
  month: { ko: '매월', en: 'every month' },
};

/** Of a mail about meetings that repeat; one that is left repeats no more. Times are those of their zone, which it names. */
export function repetitionWords(
  facts: Facts,
  { every, timeZone, occurrences }: Pick<RepetitionFacts, 'every' | 'timeZone' | 'occurrences'>,
): { subject: string; lines: string[]; dates: string[] } {
  const { title, roomNames, startsAtMs } = facts;
  const opening = facts.about === 'changed' ? changedTogether : openings[facts.about];
  const { subject, ko, en } = opening(facts.hostName);
  const count = occurrences.length;
  const where = roomNames.length === 0 ? [] : [`장소 · Where: ${roomNames.join(', ')}`];
  const since = facts.about === 'ended' || facts.about === 'changed' ? sinceWords[facts.about] : null;
  const from = since === null || startsAtMs === null ? [] : [`${since}: ${dayIn(startsAtMs, timeZone)}`];
  return {
    subject: `${subject}: ${title}`,
    lines: [
      ko,
      en,
      '',
      title,
      ...from,
      ...(count === 1
        ? [`${timeZone} 시간`, `At the time of ${timeZone}`]
        : [
            `${rhythms[every].ko} · ${count}회 · ${timeZone} 시간`,
            `${count} meetings, ${rhythms[every].en}, at the time of ${timeZone}`,
          ]),
      ...where,
    ],
    dates: occurrences.map((each) => `${dayIn(each.startsAtMs, timeZone)} ${hoursIn(each, timeZone)}`),
  };
}

const sinceWords = {
  ended: '취소된 회의의 첫날 · Cancelled from',
  changed: '변경된 회의의 첫날 · Changed from',
};

const zonedAt = (atMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);

/** `2026-12-01 (화 · Tue)` */
function dayIn(atMs: number, timeZone: string): string {
  const weekdays = (['ko-KR', 'en-GB'] as const).map((language) =>
    new Intl.DateTimeFormat(language, { weekday: 'short', timeZone }).format(atMs),
  );
  return `${zonedAt(atMs, timeZone).toPlainDate().toString()} (${weekdays.join(' · ')})`;
}

/** `14:00–14:30` */
const hoursIn = ({ startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs: number }, timeZone: string): string =>
  [startsAtMs, endsAtMs]
    .map((atMs) => zonedAt(atMs, timeZone).toPlainTime().toString({ smallestUnit: 'minute' }))
    .join('–');

export function meetingWords(facts: Facts): { subject: string; lines: string[] } {
  const { title, startsAtMs, endsAtMs, roomNames } = facts;
  const { subject, ko, en } = openings[facts.about](facts.hostName);
  const times =
    startsAtMs === null || endsAtMs === null
      ? []
      : [range('ko', startsAtMs, endsAtMs), range('en', startsAtMs, endsAtMs)];
  const where = roomNames.length === 0 ? [] : [`장소 · Where: ${roomNames.join(', ')}`];
  return { subject: `${subject}: ${title}`, lines: [ko, en, '', title, ...times, ...where] };
}

export const joinWords = {
  button: '회의 참여 · Join the meeting',
  forOnePerson: (name: string): string[] => [
    `이 링크는 ${name} 님 한 분만 쓸 수 있습니다. 다른 사람에게 전달하지 마세요.`,
    `This link is for ${name} alone. Please do not forward it.`,
  ],
};

export function accountWords(name: string): { subject: string; lines: string[]; button: string } {
  return {
    subject: '마루 비밀번호 설정 · Choose your Maru password',
    lines: [
      `${name} 님, 아래 링크에서 마루 계정의 비밀번호를 정해 주세요. 링크는 72시간 동안 한 번만 쓸 수 있습니다.`,
      `${name}, open this link to choose the password of your Maru account. It works once, within 72 hours.`,
    ],
    button: '비밀번호 정하기 · Choose a password',
  };
}

/** In the language of the meeting, as the minutes themselves. */
export function minutesWords({ title, hostName, language }: { title: string; hostName: string; language: Language }) {
  return language === 'ko'
    ? { subject: `회의록: ${title}`, lines: [`${hostName} 님이 회의록을 보냅니다.`], fileName: '회의록' }
    : {
        subject: `Minutes: ${title}`,
        lines: [`${hostName} sends you the minutes of this meeting.`],
        fileName: 'minutes',
      };
}

/** `names`: null is a guest, who chose theirs */
type Mentions = { title: string; names: readonly (string | null)[] };
const MOST_NAMES = 3;
const mentionLines: Record<Language, (of: Mentions) => string> = {
  ko: ({ title, names }) => {
    const others = names.length - MOST_NAMES;
    const shown = names.slice(0, MOST_NAMES);
    const who = shown.map((name) => name ?? '외부 참가자').join(', ');
    const subject = others > 0 ? ` 외 ${others}명이` : shown.at(-1) === null ? '가' : ' 님이';
    return `${who}${subject} ‘${title}’ 회의의 채팅에서 회원님을 언급했습니다.`;
  },
  en: ({ title, names }) => {
    const others = names.length - MOST_NAMES;
    const shown = names.slice(0, MOST_NAMES);
    const who = shown.map((name, at) => name ?? (at === 0 ? 'A guest' : 'a guest')).join(', ');
    return `${who}${others > 0 ? ` and ${others} more` : ''} mentioned you in the chat of “${title}”.`;
  },
};
const mentionSubjects: Record<Language, string> = { ko: '채팅에서 언급됨', en: 'You were mentioned' };
const mentionButtons: Record<Language, string> = { ko: '회의 페이지 열기', en: 'Open the meeting' };
const mentionHints: Record<Language, string> = {
  ko: '메시지 내용은 회의 페이지에서 볼 수 있습니다.',
  en: 'The message is on the page of the meeting.',
};

/** Never the words themselves: a recall must reach them. @param language null: both */
export function mentionWords(meetings: readonly Mentions[], language: Language | null) {
  const languages: Language[] = language === null ? ['ko', 'en'] : [language];
  const inAll = (words: Record<Language, string>) => languages.map((each) => words[each]);
  const more = meetings.length > 1 ? ` +${meetings.length - 1}` : '';
  return {
    subject: `${inAll(mentionSubjects).join(' · ')}: ${meetings[0]!.title}${more}`,
    lines: meetings.flatMap((meeting) => languages.map((each) => mentionLines[each](meeting))),
    button: inAll(mentionButtons).join(' · '),
    small: inAll(mentionHints),
  };
}

/** In the time zone of the server's machine, which it names. */
function range(language: 'ko' | 'en', startsAtMs: number, endsAtMs: number): string {
  return new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).formatRange(startsAtMs, endsAtMs);
}
