// The process as the media node runs it: real speech as Opus in real time, an engine behind HTTP, words back.
import { afterEach, expect, it } from 'vitest';
import { startPocketsphinxEngine } from './testing/pocketsphinx-engine.ts';
import { type RunningTranscriber, runTranscriber, SpeakingTrack } from './testing/running-transcriber.ts';
import { answerJson, type ScriptedEngine, startScriptedEngine } from './testing/scripted-engine.ts';
import { goForward, opusPackets, silenceOf } from './testing/speech-sound.ts';

const KEY = 'secret-of-the-engine';
let engine: ScriptedEngine | undefined;
let running: RunningTranscriber | undefined;
afterEach(async () => {
  await running?.stop();
  await engine?.stop();
  running = undefined;
  engine = undefined;
});

it('a real engine writes what was said', async () => {
  engine = await startPocketsphinxEngine();
  running = await runTranscriber({ kind: 'openai', url: engine.url, model: 'en-us' });
  const track = new SpeakingTrack(running.transcriber, 'en');
  const beganMs = Date.now();
  const endedMs = await track.speak(opusPackets(goForward()));
  await expect.poll(() => running!.segments().map(({ text }) => text)).toEqual(['go forward ten meters']);
  const [segment] = running.segments();
  expect(segment!.trackId).toBe(track.trackId);
  // half a second of quiet is at both ends of the recording
  expect(segment!.fromMs - beganMs).toBeGreaterThan(250);
  expect(segment!.fromMs - beganMs).toBeLessThan(1_200);
  expect(endedMs - segment!.untilMs).toBeGreaterThan(100);
  expect(segment!.untilMs - segment!.fromMs).toBeGreaterThan(1_200);
});

it('Korean is asked for in Korean, and is there within a second of its end', async () => {
  engine = await startScriptedEngine((_, response) => answerJson(response, { text: ' 십 미터 앞으로 가세요.' }));
  running = await runTranscriber({ kind: 'openai', url: engine.url, model: 'large', key: KEY });
  const track = new SpeakingTrack(running.transcriber, 'ko');
  await track.speak(opusPackets(Buffer.concat([goForward(), silenceOf(1_000)])));
  await expect.poll(() => running!.segments().map(({ text }) => text)).toEqual(['십 미터 앞으로 가세요.']);
  const [request] = engine.requests;
  expect(request!.path).toBe('/v1/audio/transcriptions');
  expect(request!.authorization).toBe(`Bearer ${KEY}`);
  expect(request!.fields).toMatchObject({ model: 'large', language: 'ko', response_format: 'verbose_json' });
  expect(request!.atMs - running.segments()[0]!.untilMs).toBeLessThan(1_000);
});
