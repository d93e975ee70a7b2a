/** Korean words that every page uses; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/common.ts';

export default {
  productName: '마루',
  notNow: '아니요',
  close: '닫기',
  back: '뒤로',
  retry: '다시 시도',
  copy: '복사',
  copied: '복사했습니다',
  working: '처리하고 있습니다…',
  needed: '입력해 주세요',
  lettersLeft_other: '{{count}}자 더 쓸 수 있습니다',
  chooseDay: '날짜 선택',
  tooLong_other: '{{count}}자 줄여 주세요',
  errorCode: 'IT 담당자용 코드: {{code}}',
  noServer: {
    what: '서버가 응답하지 않습니다',
    todo: '네트워크와 서버가 켜져 있는지 확인하고 다시 시도해 주세요.',
  },
  otherRelease: {
    what: '이 페이지는 서버와 버전이 다릅니다',
    todo: '서버의 버전이 바뀌어 저장되지 않았습니다. 입력한 내용을 복사해 둔 다음 페이지를 다시 불러와 주세요.',
    action: '다시 불러오기',
  },
  you: '나',
  thisRoom: '이 회의실',
  people_other: '{{count}}명',
  page: '{{pages}}쪽 중 {{page}}쪽',
  previousPage: '이전 쪽',
  nextPage: '다음 쪽',
  microphone: { on: '마이크 켜짐', muted: '마이크 꺼짐', absent: '마이크 없음' },
  camera: { on: '카메라 켜짐', off: '카메라 꺼짐', absent: '카메라 없음' },
  connection: { away: '다시 연결하는 중' },
  codeFromIt: {
    label: 'IT 담당자가 알려 준 코드',
    hint: '영문자와 숫자 8자리입니다. 한 번만 사용할 수 있습니다.',
    incomplete: '코드는 영문자와 숫자 8자리입니다. IT 담당자가 알려 준 코드와 비교해 주세요.',
  },
  code: {
    label: 'TV에 표시된 코드',
    hint: 'TV 오른쪽 아래에 표시된 영문자와 숫자 8자리입니다. 몇 분마다 바뀝니다.',
    placeholder: 'XXXX-XXXX',
    incomplete: '코드는 영문자와 숫자 8자리입니다. TV의 코드와 비교해 주세요.',
    action: '연결',
    pending: '회의실에 연결하는 중입니다…',
  },
  sharesScreen: '화면 공유 중',
  layout: { auto: '자동', grid: '격자', speaker: '말하는 사람', 'side-by-side': '나란히', unknown: '다른 배치' },
} as const satisfies Translated<typeof en>;
