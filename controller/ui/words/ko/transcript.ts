/** Korean words of the transcript: the sign that it is on, its switch, and captions. */
import type { Translated } from '../translated.ts';
import type en from '../en/transcript.ts';

export default {
  title: '발언 기록',
  sign: '발언을 글로 기록하고 있습니다',
  failing: '음성 인식이 응답하지 않아 지금은 기록되지 않습니다',
  news: {
    on: '지금부터 발언이 글로 기록됩니다. 이 안내는 모두에게 표시됩니다.',
    off: '이제 발언이 기록되지 않습니다.',
  },
  switch: '발언을 글로 기록',
  switchNote: '기록 중임이 모두에게 표시되며, 기록은 회의 페이지에 보관됩니다.',
  language: '말하는 언어',
  ko: '한국어',
  en: '영어',
  captions: '자막',
  showCaptions: '자막 켜기',
  hideCaptions: '자막 끄기',
  onTv: 'TV에 자막 표시',
  none: '아직 기록된 발언이 없습니다. 회의에서 주최자가 ‘발언을 글로 기록’을 켜면 기록됩니다.',
  spoken: '기록된 발언',
  you: '{{name}}(나)',
  older: '이전 발언',
  search: '발언 기록에서 찾기',
  foundNone: '찾은 내용이 없습니다.',
  download: '텍스트 파일',
  captionsFile: '자막 파일(VTT)',
  delete: '삭제',
  deleteOf: '{{time}} {{name}} 님의 발언 삭제',
  deleteTitle: '이 발언을 기록에서 삭제할까요?',
  deleteBody: '{{name}} 님의 이 발언이 모두에게서 삭제되며 되돌릴 수 없습니다.',
} satisfies Translated<typeof en>;
