/** Korean words of meetings that belong together; same keys as in English, by type. */
import type en from '../en/series.ts';
import type { Translated } from '../translated.ts';

export default {
  title: '이어지는 회의',
  next: '다음 회의: {{when}}',
  plan: '다음 회의 잡기',
  planTitle: '다음 회의',
  planned: '다음 회의가 이미 잡혀 있습니다: {{when}}',
  lastAgenda: '지난번 안건 가져오기',
  tasks: '남은 할 일',
  noTasks: '이전 회의의 할 일을 모두 마쳤습니다.',
  moreTasks: '이전 회의의 메모에 할 일이 더 있을 수 있습니다.',
  dueOn: '{{date}}까지',
  overdue: '기한 지남: {{date}}',
  earlier: '이전 회의',
  cancelled: '취소됨',
  more: '더 보기',
  repeat: {
    on: '반복',
    rhythm: '반복 주기',
    every: {
      weekday: '평일마다(월~금)',
      week: '매주',
      'two-weeks': '2주마다',
      month: '매월 같은 날',
    },
    ends: '반복 종료',
    endsByCount: '횟수로 정하기',
    endsByDay: '날짜로 정하기',
    count: '회의 횟수',
    untilDay: '마지막 날',
    wrong: '3년 안에 2회에서 {{meetings}}회까지, 초대는 모두 합해 {{invitations}}건까지 가능합니다.',
    comes_other: '{{first}}부터 {{last}}까지 모두 {{count}}회 열립니다.',
    shortMonths: '그 날짜가 없는 달은 건너뜁니다.',
    rooms: '회의실은 첫날 기준으로 표시됩니다. 다른 날에 이미 예약되어 있으면 그 회의의 페이지에 표시됩니다.',
  },
  cancelOne: '이 회의만 취소',
  cancelFollowing_other: '이 회의와 이후 {{count}}회 취소',
  cancelBody: '초대받은 모두에게 메일을 한 통씩 보냅니다. 진행 중인 통화는 끝나고 링크는 더 이상 쓸 수 없습니다.',
  older: '더 오래된 회의는 지난 회의에서 찾을 수 있습니다.',
} as const satisfies Translated<typeof en>;
