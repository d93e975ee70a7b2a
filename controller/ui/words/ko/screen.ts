/** Korean words of the screen; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/screen.ts';

export default {
  boot: {
    title: '회의실을 준비하고 있습니다',
    detail: '잠시만 기다려 주세요.',
  },
  gone: {
    title: '지금은 회의실이 응답하지 않습니다',
    meaning: '돌아올 때까지 이곳에서 회의를 시작할 수 없습니다.',
    todo: '자동으로 다시 시작합니다. 1분 넘게 계속되면 IT 담당자에게 알려 주세요.',
    soon: '회의실 소프트웨어를 다시 시작하는 중',
  },
  notEnrolled: {
    'asks-for-address': {
      title: '연결할 서버를 알려 주세요',
      lead: '같은 네트워크에 있는 휴대전화로 코드를 스캔하고 마루 서버의 주소를 입력해 주세요.',
    },
    'no-network': {
      title: '네트워크에 연결되어 있지 않습니다',
      lead: '네트워크 케이블을 연결하거나 IT 담당자에게 문의해 주세요. 연결되면 자동으로 계속됩니다.',
    },
    'reaches-for-fleet': {
      title: '서버를 찾고 있습니다…',
      lead: '아직 {{address}}에서 응답이 없습니다. 응답하면 자동으로 계속됩니다. 다른 주소를 입력하려면 코드를 스캔해 주세요.',
    },
    'waits-for-claim': {
      title: '이 TV를 등록해 주세요',
      lead: '관리 콘솔에서 회의실을 선택하고 ‘단말 등록’을 누른 뒤 이 코드를 입력해 주세요.',
    },
    'asks-to-return': {
      title: '다시 연결되었습니다',
      lead: '오랫동안 꺼져 있어 인증서가 만료되었습니다. IT 담당자가 관리 콘솔에서 {{roomName}} 복귀를 허용하면 계속됩니다.',
    },
    claimCode: '등록 코드',
    keyFingerprint: '이 단말',
    caFingerprint: '서버',
    compare: '관리 콘솔에 표시된 값과 같은지 확인해 주세요.',
    setupCode: '서버 주소를 입력하는 페이지의 코드',
  },
  keyless: {
    title: '이 화면은 회의실 TV로 확인되지 않았습니다',
    meaning: 'TV의 창은 키를 자동으로 받습니다. 이 창에는 회의실이 아는 키가 없습니다.',
    todo: 'TV에 이 화면이 계속 표시되면 IT 담당자에게 알려 주세요. 직접 연 브라우저에서는 시작할 때 표시된 주소 전체를 열어 주세요.',
  },
  elsewhere: {
    title: '이 회의실은 다른 화면에 표시되고 있습니다',
    detail: '다른 화면을 닫으면 이 화면으로 돌아옵니다.',
  },
  idle: {
    free: '사용 가능',
    startHint: '휴대폰에서 회의를 시작하세요',
    cutOff: '지금은 회의를 할 수 없습니다',
    underWay: '회의 진행 중',
    waiting_other: '{{count}}명이 참여하고 있습니다',
    noMeeting: '이 회의실에 설정된 회의가 없습니다',
  },
  document: {
    stage: 'TV에 표시된 문서',
  },
  broadcast: {
    stage: 'TV에 표시된 생중계',
    live: 'LIVE',
    opening: '생중계를 여는 중입니다…',
    soon: '곧 시작합니다',
    soonAt: '{{time}}에 시작합니다',
    away: '잠시 후 화면이 다시 나옵니다',
    offered: '이 회의실에서 볼 수 있는 생중계',
    liveNow: '생중계 중',
    tap: '휴대폰에서 누르면 여기에서 볼 수 있습니다',
    notShown: '이곳에 표시하지 못했습니다. 휴대폰에서 다시 시도해 주세요.',
  },
  selfTest: {
    moreOnPhone_other: '문제가 {{count}}개 더 있습니다. 휴대폰의 ‘장치’ 화면에서 확인해 주세요.',
  },
  pairing: {
    scan: '스캔해서 회의실 조작',
    scanOrJoin: '스캔하여 회의실을 조작하거나 회의에 참여',
    code: '코드',
    share: '노트북 화면 공유 주소',
    unavailable: '아직 휴대폰을 연결할 수 없습니다',
    unavailableDetail: '서버에 연결되기를 기다리고 있습니다.',
  },
  starting: {
    connecting: '연결하는 중…',
    returning: '회의로 돌아가는 중…',
    slow: '평소보다 오래 걸립니다…',
    out: { slow: '취소하는 방법: {{ways}}', lost: '회의에서 나가는 방법: {{ways}}' },
    way: {
      phone: '휴대폰으로 코드 스캔',
      speakerphone: '스피커폰의 통화 버튼',
      remoteBack: 'TV 리모컨의 뒤로 버튼',
      remoteRed: 'TV 리모컨의 빨간색 버튼 두 번 누르기',
    },
    endsItself: '1분 안에 자동으로 종료됩니다.',
    ending: '회의가 끝났습니다',
  },
  alone: {
    title: '다른 참가자를 기다리고 있습니다',
    howTo: '코드를 스캔해 입장을 요청하거나 회의 링크로 들어올 수 있습니다.',
  },
  call: {
    stage: '통화 무대',
    locked: '잠김',
    speaking: '말하는 중',
    screenOf: '{{name}} – 화면 공유',
    reconnecting: '연결이 끊겨 다시 연결하는 중…',
    reconnectingDetail: '화면은 멈췄지만 회의는 계속됩니다.',
  },
  waiting: {
    one: '{{name}} 님이 기다리고 있습니다',
    more: '{{name}} 님 외 {{count}}명이 기다리고 있습니다',
    admit: '회의실에 연결된 휴대폰에서 입장을 허용할 수 있습니다',
  },
  presence: {
    title: '이 회의실에 있는 휴대폰용 코드',
  },
  news: {
    chat: '{{name}} 님이 채팅에 글을 남겼습니다',
    hand: '{{name}} 님이 손을 들었습니다',
    joined: '{{name}} 님이 들어왔습니다',
    left: '{{name}} 님이 나갔습니다',
    joinedMore_other: '{{name}} 님 외 {{count}}명이 들어왔습니다',
    leftMore_other: '{{name}} 님 외 {{count}}명이 나갔습니다',
  },
  ended: {
    'ended-by-room': '회의가 끝났습니다',
    'ended-by-participant': '회의가 끝났습니다',
    'ended-by-fleet': 'IT 담당자가 회의를 종료했습니다',
    left: '이 회의실이 회의에서 나왔습니다',
    removed: '이 회의실이 회의에서 퇴장 처리되었습니다',
    empty: '회의가 끝났습니다',
    unknown: '회의가 끝났습니다',
    thanks: '수고하셨습니다.',
    duration: '{{duration}} 동안 진행되었습니다.',
    question: '불편한 점은 없으셨나요?',
    answerOnPhone: '휴대폰에서 답해 주세요.',
    answeredGood: '다행입니다. 감사합니다.',
    answeredBad: '알려 주셔서 감사합니다. IT 담당자가 확인합니다.',
  },
  unknown: {
    title: '회의실의 현재 상태를 이 화면에 표시할 수 없습니다',
    detail: '회의실의 소프트웨어가 이 화면보다 새 버전입니다. 휴대폰에서 회의를 나갈 수 있습니다.',
  },
  fault: {
    page: 'TV 화면에 문제가 생겼습니다',
    pageMeaning: 'TV가 돌아오지 않으면 이 회의실의 회의는 끊깁니다.',
    pageTodo: '몇 초 안에 자동으로 다시 시작합니다. 반복되면 IT 담당자에게 알려 주세요.',
  },
} as const satisfies Translated<typeof en>;
