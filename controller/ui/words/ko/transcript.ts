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
  switchNote: '기록 중이라는 것이 모두에게 표시됩니다. 기록은 회의 페이지에 보관됩니다.',
  language: '말하는 언어',
  ko: '한국어',
  en: '영어',
  captions: '자막',
  showCaptions: '자막 켜기',
  hideCaptions: '자막 끄기',
  onTv: 'TV에 자막 표시',
} satisfies Translated<typeof en>;
