/** The words of mails about alerts, in the language of their target. Those of signals are as in the console. */
import type { Language } from '#contract/schema.ts';
import type { SignalName } from '#contract/signals.ts';
import type { AlertMailMessage } from './message.ts';

/** the first ones stand in the mail, all of them in the console */
const MOST_LISTED = 20;

export function alertWords(message: AlertMailMessage): { subject: string; lines: string[]; button: string } {
  const { language, type, alerts, count } = message;
  const words = texts[language];
  if (type === 'test') return { subject: words.testSubject, lines: [words.test], button: words.button };
  const isClosed = type === 'alerts.closed';
  const first = alerts[0]!;
  const name = `${first.where ?? words.gone}: ${signalWords[first.signal][language]}`;
  const subject = (isClosed ? words.closed : words.opened)(count === 1 ? name : words.many(count, first.where));
  const listed = alerts.slice(0, MOST_LISTED);
  const lines = listed.flatMap(({ signal, where, sinceMs, closedAtMs, url }) => [
    `${where ?? words.gone}: ${signalWords[signal][language]}`,
    closedAtMs === null
      ? words.since(time(language, sinceMs))
      : words.over(time(language, sinceMs), time(language, closedAtMs)),
    ...(url === null ? [] : [url]),
    '',
  ]);
  const left = count - listed.length;
  return { subject, lines: left > 0 ? [...lines, words.more(left)] : lines.slice(0, -1), button: words.button };
}

const texts = {
  en: {
    opened: (what: string) => `Alert: ${what}`,
    closed: (what: string) => `Over: ${what}`,
    many: (count: number, where: string | null) =>
      where === null ? `${count} alerts` : `${count} alerts (${where} …)`,
    since: (from: string) => `Since ${from}`,
    over: (from: string, until: string) => `From ${from} until ${until}`,
    more: (count: number) => `And ${count} more: see the console.`,
    gone: 'A room that was removed',
    organisation: 'Organisation',
    button: 'Alerts in the console',
    testSubject: 'Test: alerts of Maru reach you',
    test: 'This is a test from the console. Alerts of Maru come to this address.',
  },
  ko: {
    opened: (what: string) => `알림: ${what}`,
    closed: (what: string) => `해소: ${what}`,
    many: (count: number, where: string | null) => (where === null ? `${count}건` : `${where} 외, 모두 ${count}건`),
    since: (from: string) => `발생: ${from}`,
    over: (from: string, until: string) => `발생: ${from}, 해소: ${until}`,
    more: (count: number) => `그 밖에 ${count}건이 있습니다. 콘솔에서 확인해 주세요.`,
    gone: '삭제된 회의실',
    organisation: '조직 전체',
    button: '콘솔에서 알림 보기',
    testSubject: '시험: 마루 알림이 도착합니다',
    test: '콘솔에서 보낸 시험 메일입니다. 마루의 알림이 이 주소로 옵니다.',
  },
} as const;

/** In the time zone of the server's machine, which it names. */
function time(language: Language, atMs: number): string {
  return new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(atMs);
}

/** Where an alert is that is of no room and no place. */
export const organisationWord = (language: Language): string => texts[language].organisation;

export const signalWords: Record<SignalName, Record<Language, string>> = {
  'site-offline': { en: 'The whole site is offline', ko: '사업장 전체가 오프라인입니다' },
  'kiosk-offline': { en: 'The kiosk does not answer', ko: '회의실 단말이 응답하지 않습니다' },
  'protocol-refused': { en: 'The kiosk and the server do not match', ko: '회의실 단말과 서버의 버전이 맞지 않습니다' },
  'screen-missing': { en: 'Nothing draws on the TV', ko: 'TV에 아무것도 표시되지 않습니다' },
  'screen-frozen': { en: 'The picture on the TV stands still', ko: 'TV 화면이 멈췄습니다' },
  'screen-black': { en: 'The TV shows a black picture', ko: 'TV에 검은 화면만 나옵니다' },
  'camera-failing': { en: 'The camera sends no usable picture', ko: '카메라 영상을 쓸 수 없습니다' },
  'microphone-failing': { en: 'The microphone sends no sound', ko: '마이크에서 소리가 들어오지 않습니다' },
  'speaker-failing': {
    en: 'The test sound was not heard in the room',
    ko: '점검용 소리가 회의실에서 들리지 않았습니다',
  },
  'speakerphone-failing': { en: 'The speakerphone’s buttons do not work', ko: '스피커폰 버튼이 작동하지 않습니다' },
  'tv-failing': { en: 'The TV does not answer', ko: 'TV가 응답하지 않습니다' },
  'calendar-failing': { en: 'The calendar cannot be read', ko: '캘린더를 읽을 수 없습니다' },
  'storage-failing': { en: 'The kiosk cannot save anything', ko: '회의실 단말에 저장할 수 없습니다' },
  'part-failing': {
    en: 'A part of the kiosk fails again and again',
    ko: '회의실 단말의 일부 기능에 오류가 반복됩니다',
  },
  'media-blocked': { en: 'Sound and picture do not get through', ko: '소리와 영상이 전달되지 않습니다' },
  'call-quality-poor': { en: 'The connection of the call is poor', ko: '회의 연결 품질이 나쁩니다' },
  'call-fault': { en: 'A meeting could not be started', ko: '회의를 시작하지 못했습니다' },
  'disk-low': { en: 'The disk is almost full', ko: '디스크가 거의 찼습니다' },
  'memory-low': { en: 'The memory is almost full', ko: '메모리가 거의 찼습니다' },
  'temperature-high': { en: 'The kiosk is too hot', ko: '회의실 단말이 너무 뜨겁습니다' },
  'clock-off': { en: 'The kiosk’s clock is wrong', ko: '회의실 단말의 시계가 맞지 않습니다' },
  'certificate-ending': { en: 'The kiosk’s certificate ends soon', ko: '회의실 단말의 인증서가 곧 만료됩니다' },
  'settings-refused': { en: 'The kiosk refuses a setting', ko: '회의실 단말이 설정을 거부했습니다' },
  'kiosk-restarting': { en: 'The kiosk restarts again and again', ko: '회의실 단말이 계속 다시 시작합니다' },
  'update-failed': {
    en: 'An update failed; the former version runs',
    ko: '업데이트에 실패해 이전 버전으로 작동합니다',
  },
  'rollout-halted': { en: 'A rollout stopped by itself', ko: '배포가 스스로 멈췄습니다' },
  'feed-refused': { en: 'Releases on the server were refused', ko: '서버에 놓인 릴리스를 받아들이지 않았습니다' },
  'audit-broken': { en: 'The audit log was changed', ko: '감사 기록이 변경되었습니다' },
  'node-clock-off': { en: 'The clock of a media server is wrong', ko: '미디어 서버의 시계가 맞지 않습니다' },
  'erasures-unreadable': {
    en: 'The list of deletions cannot be read or written',
    ko: '삭제 목록을 읽거나 쓸 수 없습니다',
  },
  'help-called': { en: 'Somebody in the room asks for help', ko: '회의실에서 도움을 요청했습니다' },
};
