/** Korean words of the console's page of what meetings left behind; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/records.ts';

export default {
  title: '회의 기록',
  lead: '기록 삭제를 요청받았을 때 사용합니다. 회의마다 무엇이 언제까지 보관되는지만 표시하며 내용은 표시하지 않습니다.',
  loading: '회의 목록을 가져오는 중입니다…',
  none: '아직 열린 회의가 없습니다',
  noneFound: '조건에 맞는 회의가 없습니다',
  more: '이전 회의 더 보기',
  ahead: '예정된 회의',
  moreAhead: '더 보기',
  shown: '전체 {{total}}건 중 {{shown}}건',
  clear: '조건 지우기',
  filters: {
    label: '검색 조건',
    text: '제목, 주최자, 회의실, 회의 식별자로 찾기',
    fromDay: '시작일',
    toDay: '종료일',
  },
  hostedBy: '{{time}} · {{name}}',
  kept: {
    nothing: '보관 중인 기록 없음',
    forGood: '{{kind}}: 계속 보관',
    until: '{{kind}}: {{day}}부터 삭제',
    chat: '채팅',
    notes: '메모',
    polls: '투표',
    attendance: '참석 기록, 문서 공유 기록',
    transcript: '발언 기록',
    minutes: '회의록',
    documents_other: '문서 {{count}}개',
    recordings_other: '녹화 {{count}}개',
  },
  running: '회의가 진행 중입니다. 회의가 끝난 뒤에 기록을 삭제할 수 있습니다.',
  delete: '기록 삭제',
  deleteOf: '{{title}} 기록 삭제',
  deleted: '{{title}}의 기록을 삭제했습니다',
  deleteTitle: '‘{{title}}’의 기록을 삭제할까요?',
  deleteWhen: '{{time}} 회의입니다.',
  deleteBody:
    '참석 기록, 채팅, 메모, 투표, 발언 기록, 문서 공유 기록, 회의록, 문서, 녹화가 모두에게서 삭제되며 되돌릴 수 없습니다. 회의 자체는 그대로 남습니다. 삭제한 사실은 감사 기록에 남습니다.',
} as const satisfies Translated<typeof en>;
