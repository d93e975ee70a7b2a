/** Korean words on the stage; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/stage.ts';

export default {
  /** beside a name, where there is little place */
  guest: '외부',
  handUp: '손을 들었습니다',
  document: {
    region: '공유 문서',
    page: '{{title}}, 문서 {{pages}}쪽 중 {{page}}쪽',
    pageUncounted: '{{title}}, 문서 {{page}}쪽',
    number: '{{pages}}쪽 중 {{page}}쪽',
    numberUncounted: '{{page}}쪽',
    presents: '{{name}} 님이 발표합니다',
    loading: '문서를 불러오고 있습니다',
    failed: '이 쪽을 표시할 수 없습니다',
    broken: '다른 쪽으로 넘기거나 문서를 다시 공유해 주세요.',
    unreachable: '서버가 응답하지 않습니다. 연결되는 대로 문서가 표시됩니다.',
  },
} satisfies Translated<typeof en>;
