// sherpa-onnx itself, in its own process, with models that are made here: no registry has one that knows a language.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { EngineFault } from '../engine-fault.ts';
import type { SherpaSettings } from '../speech-settings.ts';
import { makeModel } from '../testing/made-model.ts';
import { recogniserPids } from '../testing/recognisers.ts';
import { PATIENT } from '../testing/running-transcriber.ts';
import { goForward } from '../testing/speech-sound.ts';
import { wavOf } from '../wav-file.ts';
import { SherpaEngine } from './sherpa-engine.ts';

/** The recording of "go forward ten meters": its hissing and its other sounds, in their order. */
const LETTERS = '시소시시시';
let folder: string;
let engine: SherpaEngine | null;
let logged: object[];
const modelFile = (): string => join(folder, 'model.onnx');
const speech = (): Buffer => {
  const recording = goForward();
  return wavOf(new Int16Array(recording.buffer.slice(recording.byteOffset, recording.byteOffset + recording.length)));
};
const open = async (more: Partial<SherpaSettings> = {}): Promise<SherpaEngine> => {
  const settings = {
    kind: 'sherpa',
    modelDir: folder,
    language: null,
    threads: 1,
    timeoutSeconds: 30,
    ...more,
  } as const;
  engine = await SherpaEngine.open(settings, (what, details) => logged.push({ what, details }));
  return engine;
};
const ask = (of: SherpaEngine, signal = new AbortController().signal) => of.transcribe(speech(), 'ko', signal);
const faultOf = async (doing: Promise<unknown>): Promise<EngineFault> => {
  const fault: unknown = await doing.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EngineFault);
  return fault as EngineFault;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-model-'));
  makeModel(folder);
  engine = null;
  logged = [];
});
afterEach(async () => {
  engine?.end();
  await vi.waitUntil(() => recogniserPids().length === 0, PATIENT);
  rmSync(folder, { recursive: true });
});

describe('a model of IT', () => {
  it('writes what it recognises, sentence after sentence, in one process', async () => {
    const model = await open();
    expect(model.family).toBe('NeMo CTC');
    expect(await ask(model)).toEqual({ text: LETTERS, segments: [] });
    const [pid] = recogniserPids();
    expect(await ask(model)).toEqual({ text: LETTERS, segments: [] });
    expect(recogniserPids()).toEqual([pid]);
  });

  it('that hears nothing answers nothing', async () => {
    const silence = wavOf(new Int16Array(16_000));
    expect(await (await open()).transcribe(silence, 'ko', new AbortController().signal)).toMatchObject({ text: '' });
  });

  it('that does not know the language that IT names is refused before it is loaded', async () => {
    rmSync(modelFile());
    makeModel(folder, { model_type: 'sense_voice_ctc' });
    const refusal = await open({ language: 'de' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartRefused);
    expect((refusal as Error).message).toBe('language de: the SenseVoice model knows zh, en, ja, ko, yue');
  });
});

describe('a damaged model is a fault with a reason, and ends nothing but its own process:', () => {
  it('the copy was cut short', async () => {
    const whole = readFileSync(modelFile());
    writeFileSync(modelFile(), whole.subarray(0, whole.length / 2));
    await expect(open()).rejects.toThrow(/model\.onnx is cut short/);
  });

  it('the bytes are others', async () => {
    const whole = readFileSync(modelFile());
    writeFileSync(modelFile(), whole.fill(0xff, 40, 60));
    expect((await faultOf(open())).message).toMatch(/^the model cannot be loaded: .*model\.onnx/);
  });

  it('sherpa-onnx ends the process', async () => {
    makeModel(folder, { vocab_size: '' });
    expect((await faultOf(open())).message).toBe(
      "the model cannot be loaded, and ends the recogniser: 'vocab_size' does not exist in the metadata",
    );
  });
});

describe('a recogniser', () => {
  it('that crashed between two sentences is started again', async () => {
    const model = await open();
    process.kill(recogniserPids()[0]!, 'SIGKILL');
    await vi.waitUntil(() => recogniserPids().length === 0, PATIENT);
    await expect.poll(() => ask(model).catch(() => null), PATIENT).toMatchObject({ text: LETTERS });
    expect(logged).toContainEqual({
      what: 'the recogniser starts again',
      details: { reason: 'the recogniser has ended (SIGKILL)' },
    });
  });

  it('that crashes in a sentence is a fault of that sentence', async () => {
    const model = await open();
    const [pid] = recogniserPids();
    process.kill(pid!, 'SIGSTOP');
    const asked = faultOf(ask(model));
    process.kill(pid!, 'SIGSEGV');
    process.kill(pid!, 'SIGCONT');
    expect((await asked).message).toBe('the recogniser has ended (SIGSEGV)');
    expect(await ask(model)).toMatchObject({ text: LETTERS });
  });

  it('that hangs is killed at the deadline, and the next sentence has another', async () => {
    const model = await open({ timeoutSeconds: 2 });
    const [pid] = recogniserPids();
    process.kill(pid!, 'SIGSTOP');
    expect((await faultOf(ask(model))).message).toBe('no answer within 2 s');
    await expect.poll(() => ask(model).catch(() => null), PATIENT).toMatchObject({ text: LETTERS });
    expect(recogniserPids()).not.toContain(pid);
  });

  it('that cannot be started again is a fault, until it can', async () => {
    const model = await open();
    const whole = readFileSync(modelFile());
    writeFileSync(modelFile(), 'damaged');
    process.kill(recogniserPids()[0]!, 'SIGKILL');
    await vi.waitUntil(() => recogniserPids().length === 0, PATIENT);
    await expect.poll(async () => (await faultOf(ask(model))).message, PATIENT).toMatch(/cannot be loaded/);
    writeFileSync(modelFile(), whole);
    expect(await ask(model)).toMatchObject({ text: LETTERS });
  });

  it('ends with the transcriber, also in a sentence', async () => {
    const model = await open();
    process.kill(recogniserPids()[0]!, 'SIGSTOP');
    const ending = new AbortController();
    const asked = ask(model, ending.signal);
    ending.abort(new Error('the transcriber ends'));
    await expect(asked).rejects.toThrow('the transcriber ends');
  });
});
