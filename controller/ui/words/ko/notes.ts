/** 회의 메모의 한국어. */
import type en from '../en/notes.ts';
import type { Translated } from '../translated.ts';

export default {
  label: '회의 메모',
  bar: '서식',
  loading: '메모를 여는 중입니다…',
  unanswered: '서버가 응답하지 않습니다. 계속 연결하는 중입니다…',
  saved: '저장되었습니다. 초대받은 모두에게 똑같이 보입니다.',
  saving: '저장하는 중입니다…',
  offline: '서버가 응답하지 않습니다. 쓴 내용은 보관했다가 연결되면 보냅니다. 이 페이지를 닫지 마세요.',
  stale: '서버가 응답하지 않습니다. 최신 내용이 아닐 수 있습니다.',
  readOnly: '이 메모는 읽을 수만 있고 고칠 수 없습니다.',
  tooLarge:
    '메모가 가득 찼거나 한 번에 넣은 내용이 너무 많습니다. 마지막에 쓴 내용은 저장되지 않았습니다. 필요한 내용을 복사한 뒤 메모를 다시 열어 주세요.',
  notSaved:
    '이 메모를 고칠 권한이 없어졌습니다. 마지막에 쓴 내용은 저장되지 않았습니다. 필요한 내용을 복사한 뒤 메모를 다시 열어 주세요.',
  openAgain: '메모 다시 열기',
  tooMuchPasted: '한 번에 붙여 넣기에는 너무 깁니다. 나누어 붙여 넣거나 문서로 공유해 주세요.',
  done: '완료',
  undo: '실행 취소',
  redo: '다시 실행',
  person: '담당자',
  dueOn: '기한',
  kind: {
    decision: '결정',
    taskList: '할 일',
    heading: '제목',
    bold: '굵게',
    bulletList: '목록',
    orderedList: '번호 목록',
  },
} satisfies Translated<typeof en>;
