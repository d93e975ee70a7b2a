import { describe, expect, it } from 'vitest';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import { RepeatedText, spokenText } from './spoken-text.ts';

const said = (text: string): string => spokenText({ text, segments: [] });

describe('what an engine answers', () => {
  it.each([
    ['시청해주셔서 감사합니다.'],
    ['오늘도 시청해 주셔서 감사합니다!'],
    ['MBC 뉴스 이재경입니다.'],
    ['구독과 좋아요 부탁드립니다.'],
    ['구독, 좋아요, 알림 설정까지 부탁드립니다'],
    ['다음 영상에서 만나요~'],
    ['한글자막 by 한효정'],
    ['Thanks for watching!'],
    ['Thank you so much for watching.'],
    ['Subtitles by the Amara.org community'],
    ['[BLANK_AUDIO]'],
    ['(음악) [박수]'],
    ['♪ ♪ ♪'],
    ['...'],
    [''],
    ['\u200b\u202e'],
    ['감사합니다 감사합니다 감사합니다 감사합니다'],
    ['I do not know. I do not know. I do not know.'],
    ['go go go go go go go go go go go go'],
  ])('into silence is not written: %j', (text) => expect(said(text)).toBe(''));

  it.each([
    ['네, 감사합니다.'],
    ['감사합니다.'],
    ['Thank you.'],
    ['네 네 네'],
    ['다음 주에 뵙겠습니다.'],
    ['자막 제작 일정은 다음 주입니다.'],
    ['MBC 뉴스에 우리 제품이 나왔습니다.'],
    ['Thanks for watching the demonstration, now to the numbers.'],
    ['Captions by Friday, please.'],
    ['예산(초안)은 5억 원입니다.'],
  ])('and people say in meetings is written: %s', (text) => expect(said(text)).toBe(text));

  it('is one clean line of bounded length', () => {
    expect(said(' 예산은\n\u202e5억\u0000 원입니다. ')).toBe('예산은 5억 원입니다.');
    const long = said(Array.from({ length: 5_000 }, (_, index) => `${index}번`).join(' '));
    expect(long.length).toBeLessThanOrEqual(MAX_SEGMENT_LETTERS);
    expect(long.endsWith('…')).toBe(true);
  });

  it('leaves out parts in which nobody spoke, and phantoms between real ones', () => {
    const segments = [
      { text: ' 회의를 시작하겠습니다.', noSpeech: 0.02 },
      { text: ' 누구세요?', noSpeech: 0.7 },
      { text: ' 시청해주셔서 감사합니다.', noSpeech: 0.4 },
    ];
    expect(spokenText({ text: segments.map(({ text }) => text).join(''), segments })).toBe('회의를 시작하겠습니다.');
    expect(spokenText({ text: '누구세요?', segments: segments.slice(1) })).toBe('');
  });

  it('is judged within a moment, however long it is', () => {
    const beganMs = performance.now();
    said('가나다라'.repeat(100_000));
    said('가'.repeat(400_000));
    said('[ '.repeat(200_000));
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });
});

it('the same sentence three times in a row is written twice, a short word each time', () => {
  const repeated = new RepeatedText();
  const all = ['그렇습니다.', '그렇습니다', '그렇습니다!', '그렇습니다.', '다음입니다.', '그렇습니다.'];
  expect(all.map((text) => repeated.isOnceTooOften(text))).toEqual([false, false, true, true, false, false]);
  expect(['네.', '네.', '네.', '네.'].map((text) => repeated.isOnceTooOften(text))).not.toContain(true);
});
