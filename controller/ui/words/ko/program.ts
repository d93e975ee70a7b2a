/** Korean words of a broadcast's program; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/program.ts';

export default {
  stage: '송출 화면',
  live: '생중계',
  speaking: '말하는 중',
  screenOf: '{{name}} – 화면 공유',
  card: {
    title: '곧 시작합니다',
    hold: '잠시 후 이어집니다',
    end: '생중계가 끝났습니다',
  },
  startsIn: '시작까지 {{time}}',
  waiting: {
    nobody: '회의가 곧 이어집니다',
    noPicture: '카메라를 켠 사람이 없습니다',
  },
} as const satisfies Translated<typeof en>;
