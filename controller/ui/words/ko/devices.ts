/** Korean words for a room's devices; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/devices.ts';

export default {
  title: '장치',
  kind: { camera: '카메라', microphone: '마이크', speaker: '스피커' },
  none: {
    camera: '연결된 카메라가 없습니다',
    microphone: '연결된 마이크가 없습니다',
    speaker: '연결된 스피커가 없습니다',
  },
  inUse: '사용 중',
  twin: '같은 모델이 두 대 있어 구별할 수 없습니다',
  notOpen: '장치는 회의를 시작할 때 켜집니다. 여기서 선택한 장치가 그때 사용됩니다.',
  hdmi: {
    title: 'HDMI 입력',
    show: 'TV에 표시',
    showName: '{{name}} TV에 표시',
    hide: '표시 중지',
    hideName: '{{name}} 표시 중지',
    shown: '회의에 참가한 모두에게 보입니다',
    ready: '이 케이블에 노트북을 연결해 주세요',
    onlyInCall: '회의 중에 표시할 수 있습니다',
    onStage: 'HDMI: {{name}}',
  },
  speakerphone: {
    title: '스피커폰',
    ready: '버튼과 표시등이 작동합니다',
    none: '버튼이 있는 스피커폰이 없습니다',
  },
  tv: {
    title: 'TV',
    control: {
      cec: '회의실이 자동으로 켜고 끕니다',
      none: 'TV 리모컨으로 켜고 끕니다',
      faulty: '회의실의 신호에 응답하지 않습니다',
    },
    power: {
      on: '켜짐',
      standby: '대기 중',
      'turning-on': '켜지는 중',
      'turning-off': '꺼지는 중',
      unknown: '켜졌는지 알 수 없음',
    },
  },
  selfTest: {
    title: '점검',
    lead: '카메라, 마이크, 스피커, 네트워크를 30초 정도 점검합니다.',
    run: '점검 시작',
    again: '다시 점검',
    notInCall: '점검할 때 장치를 사용하므로 회의가 없을 때 할 수 있습니다.',
    running: '회의실을 점검하고 있습니다…',
    passed: '모두 정상입니다',
    failed_other: '{{count}}개 항목에 문제가 있습니다',
    ranAgo: '{{ago}} 점검',
    beforeBooking: '예약 시작 전',
    check: {
      camera: '카메라',
      microphone: '마이크',
      speaker: '스피커',
      'media-udp': '영상·소리 전송(UDP)',
      'media-tcp': '영상·소리 전송(TCP)',
      fleet: '서버',
    },
    outcome: { passed: '정상', failed: '문제 있음', skipped: '점검 안 함', running: '점검 중…', waiting: '대기 중' },
    reason: {
      missing: { what: '찾지 못했습니다', todo: '연결되어 있고 전원이 켜져 있는지 확인해 주세요.' },
      refused: { what: '사용 권한이 없습니다', todo: 'IT 담당자가 회의실 단말에서 허용해야 합니다.' },
      busy: { what: '다른 프로그램이 사용하고 있습니다', todo: '뽑았다가 다시 꽂아 주세요.' },
      black: { what: '화면이 검게 나옵니다', todo: '렌즈 덮개를 열고 조명을 켜 주세요.' },
      frozen: { what: '화면이 멈춰 있습니다', todo: '카메라를 뽑았다가 다시 꽂아 주세요.' },
      silent: { what: '소리가 전혀 들어오지 않습니다', todo: '장치의 음소거 버튼이 눌려 있지 않은지 확인해 주세요.' },
      'not-heard': {
        what: '소리가 마이크에 들리지 않았습니다',
        todo: '음량을 높이고 올바른 장치를 선택했는지 확인해 주세요.',
      },
      unreachable: { what: '연결되지 않습니다', todo: 'IT 담당자에게 알려 주세요. 네트워크가 막고 있을 수 있습니다.' },
      'timed-out': {
        what: '제때 응답하지 않았습니다',
        todo: '다시 점검해 주세요. 계속되면 IT 담당자에게 알려 주세요.',
      },
      unknown: { what: '통과하지 못했습니다', todo: '다시 점검해 주세요. 계속되면 IT 담당자에게 알려 주세요.' },
    },
    says: '{{name}}: {{what}}',
  },
} as const satisfies Translated<typeof en>;
