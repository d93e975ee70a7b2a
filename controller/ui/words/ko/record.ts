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
} as const satisfies Translated<typeof en>;
