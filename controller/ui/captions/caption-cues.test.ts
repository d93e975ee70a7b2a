/** Captions as somebody reads them: two lines each, one after the other, in time with a picture that is behind. */
import { expect, it } from 'vitest';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { captionPieces, type Cue, CUE_WIDTH, cueAt, queuedCues, timedCues } from './caption-cues.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const segment = (n: number, text: string, fromMs = 0, untilMs = fromMs): TranscriptSegment => ({
  segmentId: id(n),
  peerId: id(1),
  displayName: 'Mina',
  text,
  fromMs,
  untilMs,
});
const shown = (cues: readonly Cue[], atMs: number) => cueAt(cues, atMs)?.text ?? null;
const words = (count: number) => Array.from({ length: count }, (_, n) => `word${n}`).join(' ');

it('cuts long speech between words, and loses none of it', () => {
  const text = words(60);
  const pieces = captionPieces(text);
  expect(pieces.join(' ')).toBe(text);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(CUE_WIDTH);
});

it('counts a Korean letter twice', () => {
  const text = '다음 분기 판매 목표는 지역별로 다시 나누고 대리점마다 한 번 더 확인하기로 했습니다';
  const pieces = captionPieces(text);
  expect(pieces.join(' ')).toBe(text);
  expect(pieces).toHaveLength(2);
});

it('rather ends a piece where a sentence ends', () => {
  expect(captionPieces('We will ship it to all the dealers in May. And then we rest.')).toEqual([
    'We will ship it to all the dealers in May.',
    'And then we rest.',
  ]);
});

it('cuts a word without end, and not inside a letter', () => {
  const family = '👨‍👩‍👧‍👦';
  const pieces = captionPieces(family.repeat(40));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.every((piece) => piece.replaceAll('\u200b', '').length % family.length === 0)).toBe(true);
});

it('shows nothing of what cannot be seen, and nothing that turns the direction', () => {
  expect([captionPieces(' \u200b\u202e '), captionPieces('\u202egnp.exe')]).toEqual([[], ['gnp.exe']]);
});

it('shows each until it can be read, then the next, and lets the last stay for a while', () => {
  let cues = queuedCues([], segment(1, 'Good morning'), 1_000);
  cues = queuedCues(cues, segment(2, 'Shall we begin?'), 1_100);
  const [first, second] = [cues[0]!, cues[1]!];
  expect([shown(cues, 1_000), shown(cues, first.readUntilMs - 1)]).toEqual(['Good morning', 'Good morning']);
  expect(shown(cues, second.fromMs)).toBe('Shall we begin?');
  expect(second.fromMs - first.fromMs).toBeGreaterThanOrEqual(1_200);
  expect(shown(cues, second.readUntilMs + 2_000)).toBe('Shall we begin?');
  expect(shown(cues, second.untilMs)).toBeNull();
});

it('never lags far behind the voices', () => {
  let cues: Cue[] = [];
  // five people at once, for a minute
  for (let nowMs = 0; nowMs < 60_000; nowMs += 500) {
    cues = queuedCues(cues, segment(nowMs, words(8)), nowMs);
    expect(cues.at(-1)!.fromMs - nowMs).toBeLessThanOrEqual(10_000);
    expect(cues.length).toBeLessThan(20);
  }
});

it('shows each piece about when it was spoken, in a picture that is behind', () => {
  const cues = timedCues(segment(1, words(30), 10_000, 22_000), 7_000);
  const pieces = captionPieces(words(30));
  expect([shown(cues, 9_999), shown(cues, 10_000)]).toEqual([null, pieces[0]]);
  expect(shown(cues, 21_950)).toBe(pieces.at(-1));
  expect(shown(cues, 26_500)).toBeNull();
});

it('shows late what the picture has just passed, and in its own place what it passed long ago', () => {
  const late = timedCues(segment(1, 'Good morning', 10_000, 11_000), 12_500);
  expect([shown(late, 12_500), shown(late, 15_000)]).toEqual(['Good morning', 'Good morning']);
  const old = timedCues(segment(1, 'Good morning', 10_000, 11_000), 60_000);
  expect([shown(old, 60_000), shown(old, 10_500)]).toEqual([null, 'Good morning']);
});
