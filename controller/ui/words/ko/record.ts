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
  whole: {
    download: '전체 기록(JSON)',
    delete: '기록 삭제',
    deleteTitle: '이 회의의 기록을 삭제할까요?',
    deleteBody:
      '참석 기록, 채팅, 메모, 투표(준비한 투표 포함), 공유한 문서 기록, 회의록이 모두에게서 삭제되며 되돌릴 수 없습니다. 이미 보낸 메일은 남습니다.',
  },
  minutes: {
    title: '회의록',
    none: '아직 받은 회의록이 없습니다.',
    noneForHost: '마지막 참가자가 나가고 몇 분 뒤에 초안이 자동으로 작성됩니다.',
    draftLead: '이 초안은 주최자에게만 보입니다. 내용을 고친 뒤 초대받은 사람에게 보내 주세요.',
    draftOf: '{{when}} 회의 초안',
    preview: '미리 보기',
    overtaken: '그사이 초안이 바뀌었습니다. 입력하신 내용은 그대로 있지만 저장되지 않았습니다.',
    sentMeanwhile:
      '입력하시는 동안 다른 주최자가 이 회의록을 보냈습니다. 입력하신 내용은 들어가지 않았으니 필요하면 아래에서 복사해 주세요.',
    typed: '입력하신 내용',
    dropTyped: '버리기',
    newest: '최신 초안',
    takeNewest: '최신 초안 사용',
    saveMine: '내가 쓴 내용으로 덮어쓰기',
    save: '저장',
    send: '회의록 보내기',
    sendTitle: '이 회의록을 보낼까요?',
    sendBody:
      '초대받은 사람 중 메일 주소가 있는 모두에게 보내고 이 페이지에도 표시합니다. 보낸 뒤에는 고칠 수 없습니다.',
    sent: '{{time}}에 보냄',
    download: 'Markdown',
    pdfComes: 'PDF를 만드는 중입니다.',
  },
  marked: { putIn: '회의록에 넣기: {{name}}', leaveOut: '회의록에서 빼기: {{name}}' },
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
