/** The files of a transcript: a text to read, and captions that no word of a person turns into anything else. */
import { expect, it } from 'vitest';
import { transcriptText, transcriptVtt } from './transcript-files.ts';

const START_MS = new Date(2027, 0, 5, 14, 0, 0).getTime();
const spoken = (displayName: string, text: string, fromMs: number, untilMs = fromMs + 1_500, callId = 'a') => ({
  ...{ callId, displayName, text },
  fromMs: START_MS + fromMs,
  untilMs: START_MS + untilMs,
});

it('is a text with a line for each segment, under the date of each call', () => {
  const text = transcriptText('Plans', 'en', [
    spoken('Mina', 'Good morning.', 61_000),
    spoken('Hall', 'Hello.', 65_000),
    spoken('Mina', 'Again.', 86_400_000, 86_401_000, 'b'),
  ]);
  expect(text.replace(/^(\w+day).*$/gm, '$1')).toBe(
    [
      'Plans',
      '',
      'Tuesday',
      '',
      '14:01:01  Mina: Good morning.',
      '14:01:05  Hall: Hello.',
      '',
      'Wednesday',
      '',
      '14:00:00  Mina: Again.',
      '',
    ].join('\n'),
  );
});

it('is captions from the start of the call, whatever was said', () => {
  const vtt = transcriptVtt(START_MS, [
    spoken('Mi>na & <b>', 'a < b --> c\n\n00:00:01.000 --> 00:00:02.000', 3_723_004),
    spoken('', 'Before the call by its clock', -900, -800),
  ]);
  expect(vtt).toBe(
    [
      'WEBVTT',
      '',
      '01:02:03.004 --> 01:02:04.504',
      '<v Mi&gt;na &amp; &lt;b&gt;>a &lt; b --&gt; c 00:00:01.000 --&gt; 00:00:02.000',
      '',
      '00:00:00.000 --> 00:00:00.500',
      '<v ->Before the call by its clock',
      '',
    ].join('\n'),
  );
  expect(transcriptVtt(START_MS, [])).toBe('WEBVTT\n');
});
