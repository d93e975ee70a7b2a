/** Korean words of what a meeting leaves behind; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/record.ts';

export default {
  attendance: {
    title: '참석 기록',
    download: 'CSV',
    nobody: '아직 아무도 참석하지 않았습니다.',
    call_other: '{{when}}: {{count}}명 참석',
    since: '{{time}}부터',
    kind: { room: '회의실', guest: '외부 참가자' },
    minutes_other: '{{count}}분',
    shortly: '1분 미만',
  },
  past: {
    title: '지난 회의',
    find: '제목으로 찾기',
    none: '아직 지난 회의가 없습니다.',
    notFound: '제목에 이 말이 들어간 회의가 없습니다.',
    more: '더 보기',
  },
  ownTime: {
    title: '내 회의 시간',
    lead: '본인에게만 보입니다.',
    show: '내 시간 보기',
    byDay: '날짜별',
    byWeek: '주별',
    weekOf: '{{date}}부터 한 주',
    hours: '{{hours}}시간 {{minutes}}분',
  },
} as const satisfies Translated<typeof en>;
