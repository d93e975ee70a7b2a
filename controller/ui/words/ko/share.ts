/** Korean words of the laptop's page. */
import type en from '../en/share.ts';
import type { Translated } from '../translated.ts';

export default {
  code: {
    title: '이 화면을 TV에 띄우기',
    lead: 'TV에 표시된 코드를 입력해 주세요. 설치할 것은 없습니다.',
  },
  ready: {
    title: '{{room}}에 연결되었습니다',
    lead: '창 하나 또는 전체 화면을 선택해 주세요. 회의에 참여한 모든 사람에게 보입니다.',
    name: '이름 (선택 사항)',
    nameHint: '누구의 화면인지 TV에 표시됩니다.',
    laptop: '노트북',
    action: '화면 공유',
    waits: { browser: '브라우저 창에서 공유할 화면을 선택해 주세요…', room: '회의실을 연결하는 중…' },
  },
  sharing: {
    title: '화면이 TV에 표시되고 있습니다',
    lead: '{{room}}에 표시되고 있습니다. 이 페이지를 열어 두세요. 닫으면 공유가 끝납니다.',
    stop: '공유 중지',
    reconnecting: '연결이 끊겼습니다. 다시 연결하는 중…',
    blocked: '네트워크가 화면 전송을 막고 있습니다. 다른 네트워크를 사용하거나 IT 담당자에게 문의해 주세요.',
  },
  problem: {
    'no-server': {
      what: '서버에 연결할 수 없습니다',
      todo: '노트북이 회의실과 같은 네트워크에 있는지 확인한 뒤 다시 시도해 주세요.',
    },
    refused: {
      what: '공유된 화면이 없습니다',
      todo: '브라우저 창에서 공유할 창이나 화면을 선택해 주세요. 창이 열리지 않으면 이 페이지와 브라우저에 화면 공유를 허용해 주세요.',
    },
    failed: {
      what: '화면을 공유하지 못했습니다',
      todo: '다시 시도하거나 다른 창을 선택해 주세요.',
    },
    over: {
      what: '이 노트북과 회의실의 연결이 끝났습니다',
      todo: '지금 TV에 표시된 코드를 입력해 주세요.',
    },
    removed: {
      what: '회의 참가자가 화면 공유를 끝냈습니다',
      todo: '다시 공유하려면 지금 TV에 표시된 코드를 입력해 주세요.',
    },
    'meeting-ended': {
      what: '회의가 끝났습니다',
      todo: '화면이 더 이상 표시되지 않습니다. 다시 공유할 수 있습니다.',
    },
  },
  impossible: {
    what: '이 브라우저에서는 화면을 공유할 수 없습니다',
    todo: '노트북에서 최신 Chrome, Edge, Firefox 또는 Safari로 TV에 표시된 주소를 열어 주세요.',
  },
} as const satisfies Translated<typeof en>;
