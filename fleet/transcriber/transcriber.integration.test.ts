// The process as the media node runs it: real speech as Opus, an engine behind HTTP or in a process of its own, words back.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeModel } from './testing/made-model.ts';
import { startPocketsphinxEngine } from './testing/pocketsphinx-engine.ts';
import { recogniserPids } from './testing/recognisers.ts';
import { PATIENT, type RunningTranscriber, runTranscriber, SpeakingTrack } from './testing/running-transcriber.ts';
import { type AnswerOf, answerJson, type ScriptedEngine, startScriptedEngine } from './testing/scripted-engine.ts';
import { goForward, opusPackets, silenceOf } from './testing/speech-sound.ts';

const KEY = 'secret-of-the-engine';
let engine: ScriptedEngine;
let running: RunningTranscriber;

/** A start costs a second of processor time: one process for all tests of a kind. */
const runWith = (start: () => Promise<ScriptedEngine>, config: object): void => {
  beforeAll(async () => {
    engine = await start();
    running = await runTranscriber({ kind: 'openai', url: engine.url, ...config });
  });
  afterAll(async () => {
    await running.stop();
    await engine.stop();
  });
};
const textsOf = (...tracks: SpeakingTrack[]): string[] => running.segmentsOf(...tracks).map(({ text }) => text);

describe('a real engine', () => {
  runWith(startPocketsphinxEngine, { model: 'en-us' });

  it('writes what was said', async () => {
    const track = new SpeakingTrack(running.transcriber, 'en');
    const packets = opusPackets(goForward());
    const beganMs = Date.now();
    const endedMs = await track.speak(packets);
    await expect.poll(() => textsOf(track), PATIENT).toEqual(['go forward ten meters']);
    const [segment] = running.segmentsOf(track);
    // half a second of quiet is at both ends of the recording
    expect(segment!.fromMs - beganMs).toBeGreaterThan(250);
    expect(segment!.fromMs - beganMs).toBeLessThan(1_200);
    expect(endedMs - segment!.untilMs).toBeGreaterThan(100);
    expect(segment!.untilMs - segment!.fromMs).toBeGreaterThan(1_200);
  });
});

describe('sherpa-onnx with a model of IT', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-model-'));
  beforeAll(async () => {
    makeModel(folder);
    running = await runTranscriber({ kind: 'sherpa', modelDir: folder });
  });
  afterAll(async () => {
    await running.stop();
    await vi.waitUntil(() => recogniserPids().length === 0, PATIENT);
    rmSync(folder, { recursive: true });
  });
  /** of the made model: hissing, and other sounds */
  const LETTERS = /^[소시]+$/;

  it('writes what was spoken, of several who speak at once', async () => {
    const tracks = [0, 1, 2].map(() => new SpeakingTrack(running.transcriber, 'ko'));
    for (const track of tracks) track.speakAtOnce(opusPackets(goForward()));
    for (const track of tracks)
      await expect.poll(() => textsOf(track), PATIENT).toEqual([expect.stringMatching(LETTERS)]);
    expect(recogniserPids()).toHaveLength(1);
  });

  it('is reported while its model is damaged, and goes on when IT has laid it there again', async () => {
    const model = join(folder, 'model.onnx');
    const whole = readFileSync(model);
    const reports = () => running.messages.filter(({ name }) => name === 'engine');
    writeFileSync(model, 'damaged');
    process.kill(recogniserPids()[0]!, 'SIGKILL');
    await vi.waitUntil(() => recogniserPids().length === 0, PATIENT);
    const track = new SpeakingTrack(running.transcriber, 'ko');
    track.speakAtOnce(opusPackets(goForward()));
    await expect.poll(reports, PATIENT).toEqual([{ name: 'engine', isFailing: true }]);
    writeFileSync(model, whole);
    await expect.poll(() => textsOf(track), PATIENT).toEqual([expect.stringMatching(LETTERS)]);
    await expect.poll(reports, PATIENT).toEqual([
      { name: 'engine', isFailing: true },
      { name: 'engine', isFailing: false },
    ]);
    // the transcriber itself did not end by it
    expect(running.messages.filter(({ name }) => name === 'ready')).toHaveLength(1);
  });
});

describe('the transcriber', () => {
  runWith(() => startScriptedEngine(() => {}), { model: 'large', key: KEY, timeoutSeconds: 3 });
  beforeEach(() => {
    engine.requests.length = 0;
  });

  it('asks for Korean in Korean, soon enough for a caption within 3 s of the end of the sentence', async () => {
    engine.answer((_, response) => answerJson(response, { text: ' 십 미터 앞으로 가세요.' }));
    const track = new SpeakingTrack(running.transcriber, 'ko');
    await track.speak(opusPackets(Buffer.concat([goForward(), silenceOf(1_000)])));
    await expect.poll(() => textsOf(track), PATIENT).toEqual(['십 미터 앞으로 가세요.']);
    const [request] = engine.requests;
    expect(request!.path).toBe('/v1/audio/transcriptions');
    expect(request!.authorization).toBe(`Bearer ${KEY}`);
    expect(request!.fields).toMatchObject({ model: 'large', language: 'ko', response_format: 'verbose_json' });
    expect(request!.atMs - running.segmentsOf(track)[0]!.untilMs).toBeLessThan(2_500);
  });

  it('asks nothing where nobody speaks', async () => {
    const track = new SpeakingTrack(running.transcriber, 'ko');
    track.speakAtOnce(opusPackets(silenceOf(4_000)));
    // behind what another one says nothing of the silent one can be under way
    const other = new SpeakingTrack(running.transcriber, 'ko');
    engine.answer((_, response) => answerJson(response, { text: '네.' }));
    other.speakAtOnce(opusPackets(goForward()));
    await expect.poll(() => textsOf(other), PATIENT).not.toEqual([]);
    await expect.poll(() => engine.requests.length - textsOf(other).length, PATIENT).toBe(0);
    expect(textsOf(track)).toEqual([]);
  });

  it('leaves out what the engine invents, and writes what comes after it', async () => {
    let count = 0;
    engine.answer((_, response) => {
      count += 1;
      answerJson(response, { text: count === 1 ? '시청해주셔서 감사합니다.' : '예산을 정하겠습니다.' });
    });
    const track = new SpeakingTrack(running.transcriber, 'ko');
    await track.speak(opusPackets(Buffer.concat([goForward(), silenceOf(800), goForward()])));
    track.end();
    await expect.poll(() => textsOf(track), PATIENT).toEqual(['예산을 정하겠습니다.']);
    expect(engine.requests).toHaveLength(2);
  });

  it('writes what several say at once, of each in the order in which it was spoken', async () => {
    let count = 0;
    engine.answer((_, response) => {
      count += 1;
      const text = `${count}번 문장`;
      // the earlier one is answered later
      setTimeout(() => answerJson(response, { text }), count % 2 === 1 ? 400 : 0);
    });
    const packets = opusPackets(Buffer.concat([goForward(), silenceOf(800), goForward(), silenceOf(800)]));
    const tracks = [0, 1, 2].map(() => new SpeakingTrack(running.transcriber, 'ko'));
    await Promise.all(tracks.map((track) => track.speak(packets)));
    for (const track of tracks) track.end();
    await expect.poll(() => textsOf(...tracks), PATIENT).toHaveLength(6);
    for (const track of tracks) {
      const fromMs = running.segmentsOf(track).map((segment) => segment.fromMs);
      expect(fromMs).toHaveLength(2);
      expect(fromMs).toEqual(fromMs.toSorted((a, b) => a - b));
    }
  });

  it.each<[string, AnswerOf]>([
    ['answers a page', (_, response) => void response.end('<html></html>')],
    ['answers nothing', (_, response) => void response.end()],
    ['hangs', () => {}],
    ['hangs up', (_, response) => void response.destroy()],
  ])('reports an engine that %s once, and once more when it answers', async (_, answer) => {
    engine.answer(answer);
    const before = running.messages.length;
    const reports = () => running.messages.slice(before).filter(({ name }) => name === 'engine');
    const track = new SpeakingTrack(running.transcriber, 'ko');
    track.speakAtOnce(opusPackets(goForward()));
    await expect.poll(reports, PATIENT).toEqual([{ name: 'engine', isFailing: true }]);
    engine.answer((_request, response) => answerJson(response, { text: '네, 됩니다.' }));
    await expect.poll(() => textsOf(track), PATIENT).toEqual(['네, 됩니다.']);
    await expect.poll(reports, PATIENT).toEqual([
      { name: 'engine', isFailing: true },
      { name: 'engine', isFailing: false },
    ]);
  });

  it('comes back when it is killed, and its tracks are started anew', async () => {
    engine.answer((_, response) => answerJson(response, { text: '네.' }));
    const { transcriber, messages, configFile } = running;
    const [pid] = processesOf(configFile);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).not.toContain(KEY);
    process.kill(pid!, 'SIGKILL');
    await expect.poll(() => messages.filter(({ name }) => name === 'ready').length, PATIENT).toBe(2);
    const track = new SpeakingTrack(transcriber, 'ko');
    track.speakAtOnce(opusPackets(goForward()));
    await expect.poll(() => textsOf(track), PATIENT).toEqual(['네.']);
    await transcriber.stop();
    expect(processesOf(configFile)).toEqual([]);
    expect(transcriber.isReady).toBe(false);
    // lost, and harmless
    transcriber.send({ name: 'end-track', trackId: track.trackId });
  });
});

describe('a transcriber that hangs', () => {
  it('is seen, killed and started again', async () => {
    engine = await startScriptedEngine((_, response) => answerJson(response, { text: '네.' }));
    running = await runTranscriber({ kind: 'openai', url: engine.url, model: 'large' }, { hangsAfterMs: 2_000 });
    const { transcriber, messages, logged, configFile } = running;
    const lines = opusPackets(silenceOf(1_000));
    const track = new SpeakingTrack(transcriber, 'ko');
    process.kill(processesOf(configFile)[0]!, 'SIGSTOP');
    const isBack = () => messages.filter(({ name }) => name === 'ready').length === 2;
    const hangsUntilMs = performance.now() + PATIENT.timeout;
    // a full channel, and then as many as several microphones send
    for (let n = 0; n < 100; n += 1) track.speakAtOnce(lines);
    while (!isBack() && performance.now() < hangsUntilMs) await track.speak(lines);
    expect(isBack()).toBe(true);
    expect(logged.filter(({ what }) => what.includes('hangs'))).toHaveLength(1);
    const next = new SpeakingTrack(transcriber, 'ko');
    next.speakAtOnce(opusPackets(goForward()));
    await expect.poll(() => textsOf(next), PATIENT).toEqual(['네.']);
    await running.stop();
    await engine.stop();
  });
});

/** Of the transcriber of this test alone. */
function processesOf(configFile: string): number[] {
  try {
    return execFileSync('pgrep', ['-f', configFile], { encoding: 'utf8' }).trim().split('\n').map(Number);
  } catch {
    return [];
  }
}
