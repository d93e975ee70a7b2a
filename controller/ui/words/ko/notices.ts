/** Korean words for what a person in the room should know; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/notices.ts';

export default {
  'camera-missing': {
    what: '카메라를 찾지 못했습니다',
    todo: '회의실 영상 없이 회의가 진행됩니다. 카메라 케이블을 확인해 주세요.',
  },
  'camera-refused': {
    what: '카메라를 사용할 권한이 없습니다',
    todo: '회의실 영상 없이 회의가 진행됩니다. IT 담당자가 회의실 단말에서 카메라를 허용할 수 있습니다.',
  },
  'microphone-missing': {
    what: '마이크를 찾지 못했습니다',
    todo: '상대방이 이 회의실의 소리를 들을 수 없습니다. 스피커폰 케이블을 확인해 주세요.',
  },
  'microphone-refused': {
    what: '마이크를 사용할 권한이 없습니다',
    todo: '상대방이 이 회의실의 소리를 들을 수 없습니다. IT 담당자가 회의실 단말에서 마이크를 허용할 수 있습니다.',
  },
  'fleet-unreachable': {
    what: '회의실이 서버에 연결되지 않습니다',
    todo: '진행 중인 회의는 계속됩니다. 새 회의는 연결이 돌아온 뒤 시작할 수 있습니다.',
  },
  'media-unreachable': {
    what: '영상과 소리가 끊겼습니다',
    todo: '회의실이 자동으로 다시 연결합니다. 회의를 나가지 말고 기다려 주세요.',
  },
  'signaling-unreachable': {
    what: '회의실이 미디어 서버에 연결되지 않습니다',
    todo: '여기서는 회의를 시작할 수 없습니다. IT 담당자가 회의실과 미디어 서버 사이의 네트워크를 확인해야 합니다.',
  },
  'signaling-untrusted': {
    what: 'TV가 미디어 서버의 인증서를 신뢰하지 않습니다',
    todo: '여기서는 회의를 시작할 수 없습니다. IT 담당자가 서버 인증서를 확인해야 합니다. 자세한 이유는 단말 로그에 있습니다.',
  },
  'media-blocked': {
    what: '네트워크가 소리와 영상을 막고 있습니다',
    todo: 'IT 담당자가 회의실과 미디어 서버 사이의 미디어 포트를 열어야 합니다. 회의실은 계속 다시 시도합니다.',
  },
  'screen-missing': {
    what: 'TV 화면이 응답하지 않습니다',
    todo: '다시 시작하고 있습니다. 계속 어두우면 TV를 껐다 켜 주세요.',
  },
  'protocol-refused': {
    what: '회의실 단말과 서버의 버전이 맞지 않습니다',
    todo: '여기서는 회의를 시작할 수 없습니다. IT 담당자가 단말이나 서버를 업데이트해야 합니다.',
  },
  'speakerphone-faulty': {
    what: '스피커폰 버튼이 작동하지 않습니다',
    todo: '소리는 들릴 수 있습니다. 스피커폰을 뽑았다가 다시 꽂아 주세요.',
  },
  'speakerphone-unsupported': {
    what: '이 스피커폰의 버튼은 지원되지 않습니다',
    todo: '소리는 그대로 나옵니다. IT 담당자가 스피커폰의 펌웨어를 업데이트해야 합니다. 이유는 회의실 로그에 나옵니다.',
  },
  'tv-faulty': {
    what: 'TV가 응답하지 않습니다',
    todo: 'TV를 직접 켜고 꺼야 할 수 있습니다.',
  },
  'calendar-faulty': {
    what: '예약이 최신이 아닐 수 있습니다',
    todo: '회의는 평소처럼 시작할 수 있습니다. IT 담당자가 캘린더를 확인해야 합니다.',
  },
  'storage-failing': {
    what: '회의실 단말에 저장할 수 없습니다',
    todo: '회의는 할 수 있습니다. IT 담당자가 디스크를 확인해야 합니다.',
  },
  'part-failing': {
    what: '회의실 단말의 일부 기능에 오류가 발생했습니다',
    todo: '자동으로 다시 시작합니다. 계속 표시되면 IT 담당자가 로그를 확인해야 합니다.',
  },
  'self-test-failed': {
    what: '점검에서 문제가 발견되었습니다',
    todo: '휴대폰의 ‘장치’ 화면에서 어떤 장치인지 확인해 주세요.',
  },
} as const satisfies Translated<typeof en>;
