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
  older: '더 오래된 회의는 지난 회의에서 찾을 수 있습니다.',
} as const satisfies Translated<typeof en>;
