/** Korean words of calling IT for help, on phone, tablet and TV. */
import type en from '../en/help.ts';
import type { Translated } from '../translated.ts';

export default {
  call: '도움 요청',
  title: 'IT 담당자에게 도움 요청',
  lead: '회의실 상태와 함께 IT 담당자에게 전달되며, 답변은 이 화면과 TV에 표시됩니다.',
  topicLabel: '어떤 문제가 있습니까?',
  topic: {
    'nobody-hears-us': '상대방이 우리 소리를 듣지 못합니다',
    'we-hear-nobody': '상대방 소리가 들리지 않습니다',
    'no-picture': '화면이 나오지 않습니다',
    'cannot-join': '회의에 들어갈 수 없습니다',
    'cannot-share': '자료를 공유할 수 없습니다',
    other: '그 밖의 문제',
  },
  text: '자세한 내용 (선택)',
  send: 'IT 담당자 호출',
  yours: '보낸 도움 요청',
  state: {
    waiting: '전송 대기 중입니다. 서버에 연결되는 대로 IT 담당자에게 전달됩니다.',
    sent: 'IT 담당자에게 전달되었습니다. 아직 확인 전입니다.',
    seen: 'IT 담당자가 확인했습니다.',
    solved: 'IT 담당자가 해결로 표시했습니다.',
    withdrawn: '취소됨',
  },
  messages: 'IT 담당자와 주고받은 메시지',
  room: '이 회의실',
  it: 'IT 담당자',
  itNamed: '{{name}} (IT 담당자)',
  message: 'IT 담당자에게 보낼 메시지',
  sendMessage: '메시지 보내기',
  failed: '메시지를 보내지 못했습니다. 다시 시도해 주십시오.',
  withdraw: '요청 취소',
  withdrawTitle: '도움 요청을 취소하시겠습니까?',
  withdrawBody: 'IT 담당자가 더 이상 확인하지 않습니다. 언제든지 다시 요청할 수 있습니다.',
  withdrawAction: '취소하기',
  presence: {
    'looks-at-screen': 'IT 담당자가 이 TV 화면을 보고 있습니다: {{by}}',
    'restarts-soon': 'IT 담당자가 곧 이 회의실 단말을 다시 시작합니다: {{by}}',
  },
  tv: {
    waiting: '서버에 연결되는 대로 IT 담당자를 호출합니다',
    sent: 'IT 담당자를 호출했습니다',
    seen: 'IT 담당자가 확인하고 있습니다',
    solved: 'IT 담당자: 해결됨',
    answered: '이 회의실의 휴대폰이나 태블릿에서 답할 수 있습니다.',
    hint: 'TV 리모컨의 노란색 버튼을 3초 동안 누르면 IT 담당자를 호출합니다.',
  },
} satisfies Translated<typeof en>;
