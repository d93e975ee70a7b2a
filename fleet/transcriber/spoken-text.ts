/** What of an engine's answer was spoken: engines also write sentences into silence and noise. Pure. */
import { cutText, shownText } from '#contract/shown-text.ts';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import type { EngineAnswer } from './engine-answer.ts';

/** As Whisper's own decoder has it. */
const NO_SPEECH_ABOVE = 0.6;
/** What is longer is no sentence of 28 s; it is not looked at. */
const MOST_JUDGED_LETTERS = MAX_SEGMENT_LETTERS * 2;
const MOST_BYTES = MAX_SEGMENT_LETTERS * 4;
/** What is shorter may well be said again and again: "네 네 네". */
const LEAST_REPEATED_LETTERS = 4;
/** By an engine that turns in circles. */
const REPEATED = new RegExp(`^(.{${LEAST_REPEATED_LETTERS},}?)\\1{2,}$`, 'u');

/** A sentence of subtitles on which the models were trained: all of it, without blanks and marks, in lower case. */
const PHANTOMS: readonly RegExp[] = [
  /^(?:오늘도|지금까지|끝까지)?(?:영상을?)?시청해주셔서(?:대단히|정말)?(?:감사합니다|고맙습니다)$/,
  /^시청해주신여러분께?감사(?:합니다|드립니다)$/,
  /^구독과?좋아요(?:와?알림설정)?(?:까지)?[는을를]?(?:꼭)?(?:부탁드립니다|부탁드려요|눌러주세요)?$/,
  /^다음영상에서(?:만나요|뵙겠습니다|뵐게요|만나뵙겠습니다)$/,
  /^(?:mbc|kbs|sbs|ytn|jtbc)뉴스(?:\p{L}{2,4}(?:입니다|이었습니다))?$/u,
  /^(?:한글|한국어)?자막(?:제공)?(?:및광고를포함하고있습니다)?$/,
  /^(?:한글|한국어)자막(?:by|제공자?).{0,20}$/,
  /^(?:이영상은)?유료광고를포함하고있습니다$/,
  /^thank(?:s|you)(?:so|very)?(?:much)?forwatching(?:(?:this|the|my)video)?$/,
  /^(?:please)?(?:dontforgetto)?(?:likeand)?subscribe(?:to(?:my|the)channel|formorevideos)?$/,
  /^(?:ill)?seeyouinthenext(?:video|episode)$/,
  /^(?:subtitles?|captions?)by(?:the)?(?:amara.*|.*community)$/,
  /^(?:www)?amaraorg$/,
];
/** "[BLANK_AUDIO]", "(음악)", "♪": about the sound, not what was said. */
const ABOUT_SOUND = /\[[^\]]{0,60}\]|\([^)]{0,60}\)|\*[^*]{0,60}\*|[♪♫…. ]/gu;

const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** @returns one line of at most MAX_SEGMENT_LETTERS; '': nothing was spoken */
export function spokenText({ text, segments }: EngineAnswer): string {
  const certain = segments.filter(({ noSpeech }) => noSpeech <= NO_SPEECH_ABOVE);
  const parts = segments.length === 0 ? [text] : certain.map((segment) => segment.text);
  const spoken = parts
    .map((part) => shownText(part.slice(0, MOST_JUDGED_LETTERS)))
    .filter((part) => part !== '' && !isPhantom(part));
  const line = spoken.join(' ').slice(0, MOST_JUDGED_LETTERS);
  // in one piece too: an engine splits a sentence as it likes
  if (line === '' || isPhantom(line) || REPEATED.test(bare(line).slice(0, MAX_SEGMENT_LETTERS))) return '';
  return cutText(line, { units: MAX_SEGMENT_LETTERS, bytes: MOST_BYTES });
}

function isPhantom(text: string): boolean {
  const letters = bare(text);
  return letters === '' || text.replace(ABOUT_SOUND, '') === '' || PHANTOMS.some((phantom) => phantom.test(letters));
}

/** Of one track: the same sentence three times in a row is written twice. */
export class RepeatedText {
  #last = '';
  #times = 0;

  isOnceTooOften(text: string): boolean {
    const letters = bare(text);
    this.#times = letters === this.#last ? this.#times + 1 : 1;
    this.#last = letters;
    return letters.length >= LEAST_REPEATED_LETTERS && this.#times >= 3;
  }
}
