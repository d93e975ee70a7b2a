/** Korean words for what is watched in a room; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/signals.ts';

export default {
  'site-offline': { what: '사업장 전체가 오프라인입니다', todo: '사업장의 네트워크와 전원을 확인해 주세요' },
  'kiosk-offline': { what: '회의실 단말이 응답하지 않습니다', todo: '전원과 네트워크를 확인해 주세요' },
  'protocol-refused': { what: '회의실 단말과 서버의 버전이 맞지 않습니다', todo: '오래된 쪽을 업데이트해 주세요' },
  'screen-missing': {
    what: 'TV에 아무것도 표시되지 않습니다',
    todo: '화면을 다시 시작해 주세요. 그래도 나오지 않으면 단말을 다시 시작해 주세요',
  },
  'screen-frozen': {
    what: 'TV 화면이 멈췄습니다',
    todo: '자동으로 다시 시작하고 있습니다. 또 멈추면 단말을 다시 시작해 주세요',
  },
  'screen-black': { what: 'TV에 검은 화면만 나옵니다', todo: '화면을 다시 시작해 주세요' },
  'camera-failing': { what: '카메라 영상을 쓸 수 없습니다', todo: '렌즈 덮개와 케이블을 확인해 주세요' },
  'microphone-failing': {
    what: '마이크에서 소리가 들어오지 않습니다',
    todo: '스피커폰과 음소거 스위치, 케이블을 확인해 주세요',
  },
  'speaker-failing': {
    what: '점검용 소리가 회의실에서 들리지 않았습니다',
    todo: '스피커와 음량, 케이블을 확인해 주세요',
  },
  'speakerphone-failing': { what: '스피커폰 버튼이 작동하지 않습니다', todo: '스피커폰을 뽑았다가 다시 꽂아 주세요' },
  'tv-failing': { what: 'TV가 응답하지 않습니다', todo: 'TV를 직접 껐다 켜고 HDMI 케이블을 확인해 주세요' },
  'calendar-failing': { what: '캘린더를 읽을 수 없습니다', todo: '설정에서 캘린더 주소와 비밀번호를 확인해 주세요' },
  'storage-failing': { what: '회의실 단말에 저장할 수 없습니다', todo: '디스크를 확인해 주세요' },
  'part-failing': { what: '회의실 단말의 일부 기능에 오류가 반복됩니다', todo: '단말 로그를 확인해 주세요' },
  'media-blocked': {
    what: '소리와 영상이 전달되지 않습니다',
    todo: '회의실과 미디어 서버 사이의 미디어 포트를 열어 주세요',
  },
  'call-quality-poor': {
    what: '회의 연결 품질이 나쁩니다',
    todo: '회의실 네트워크를 확인해 주세요. 무선보다 유선이 좋습니다',
  },
  'call-fault': { what: '회의를 시작하지 못했습니다', todo: '회의실 기록에서 이유를 확인해 주세요' },
  'disk-low': { what: '디스크가 거의 찼습니다', todo: '단말에 필요 없는 파일을 삭제해 주세요' },
  'memory-low': { what: '메모리가 거의 찼습니다', todo: '단말을 다시 시작해 주세요' },
  'temperature-high': { what: '회의실 단말이 너무 뜨겁습니다', todo: '통풍이 되게 하고 팬을 청소해 주세요' },
  'clock-off': { what: '회의실 단말의 시계가 맞지 않습니다', todo: '시간 서버를 확인해 주세요' },
  'certificate-ending': {
    what: '회의실 단말의 인증서가 곧 만료됩니다',
    todo: '갱신에 실패하고 있습니다. 단말 로그를 확인해 주세요',
  },
  'settings-refused': {
    what: '회의실 단말이 설정을 거부했습니다',
    todo: '회의실 설정에서 거부된 항목을 확인해 주세요',
  },
  'kiosk-restarting': { what: '회의실 단말이 계속 다시 시작합니다', todo: '단말 로그를 확인해 주세요' },
  'update-failed': {
    what: '업데이트에 실패해 이전 버전으로 작동합니다',
    todo: '원인을 확인한 뒤 배포에서 이 회의실을 다시 시도해 주세요',
  },
  'rollout-halted': {
    what: '배포가 스스로 멈췄습니다',
    todo: '실패한 회의실을 확인한 뒤 다시 진행하거나 중단해 주세요',
  },
  'feed-refused': {
    what: '서버에 놓인 릴리스를 받아들이지 않았습니다',
    todo: '출처를 확인하고 다시 가져와 주세요',
  },
  'audit-broken': {
    what: '감사 기록이 변경되었습니다',
    todo: '누가 서버에 접근했는지 확인하고 디스크를 그대로 보존해 주세요',
  },
  'node-clock-off': {
    what: '미디어 서버의 시계가 맞지 않습니다',
    todo: '시간 서버를 확인해 주세요. 그동안 일시 정지 전후의 말은 자막에 표시하지 않습니다',
  },
  'erasures-unreadable': {
    what: '삭제 목록을 읽거나 쓸 수 없습니다',
    todo: '서버 데이터 폴더의 erasures.jsonl과 디스크, 파일 권한을 확인해 주세요. 복구되면 자동으로 다시 읽습니다',
  },
  'help-called': { what: '회의실에서 도움을 요청했습니다', todo: '요청에 답해 주세요' },
} as const satisfies Translated<typeof en>;
