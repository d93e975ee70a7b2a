import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { statingModel } from '../testing/made-model.ts';
import { readModelFolder } from './model-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-model-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Files = Readonly<Record<string, Record<string, string> | Buffer>>;
const ORT = Buffer.from('\x18\x00\x00\x00ORTM with the rest', 'latin1');
/** A model by what it states, or the bytes of a file. */
function lay(files: Files): void {
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), Buffer.isBuffer(content) ? content : statingModel(content));
}
const TOKENS = { 'tokens.txt': Buffer.from('<blk> 0\n') };
const at = (name: string): string => join(folder, name);
const refusal = (): string => {
  try {
    readModelFolder(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(StartRefused);
    return (error as Error).message;
  }
  return 'none';
};

describe('a folder as its makers pack it', () => {
  it.each<[string, Files, string, object]>([
    [
      'SenseVoice',
      { 'model.int8.onnx': { model_type: 'sense_voice_ctc' }, 'model.onnx': { model_type: 'sense_voice_ctc' } },
      'SenseVoice',
      { senseVoice: { model: 'model.int8.onnx', useInverseTextNormalization: 1 } },
    ],
    [
      'Paraformer',
      { 'model.onnx': { model_type: 'paraformer' } },
      'Paraformer',
      { paraformer: { model: 'model.onnx' } },
    ],
    [
      'NeMo CTC',
      { 'model.onnx': { model_type: 'EncDecCTCModelBPE' } },
      'NeMo CTC',
      { nemoCtc: { model: 'model.onnx' } },
    ],
    [
      'Zipformer CTC',
      { 'model.onnx': { model_type: 'zipformer2_ctc' } },
      'Zipformer CTC',
      { zipformerCtc: { model: 'model.onnx' } },
    ],
    ['WeNet CTC', { 'model.onnx': { model_type: 'wenet_ctc' } }, 'WeNet CTC', { wenetCtc: { model: 'model.onnx' } }],
    [
      'a Zipformer transducer, of two sizes',
      {
        'encoder-epoch-99-avg-1.onnx': { model_type: 'zipformer2' },
        'encoder-epoch-99-avg-1.int8.onnx': { model_type: 'zipformer2' },
        'decoder-epoch-99-avg-1.onnx': {},
        'joiner-epoch-99-avg-1.int8.onnx': {},
      },
      'transducer',
      {
        transducer: {
          encoder: 'encoder-epoch-99-avg-1.int8.onnx',
          decoder: 'decoder-epoch-99-avg-1.onnx',
          joiner: 'joiner-epoch-99-avg-1.int8.onnx',
        },
        modelType: 'transducer',
      },
    ],
    [
      'a NeMo transducer',
      { 'encoder.int8.onnx': { model_type: 'EncDecRNNTBPEModel' }, 'decoder.int8.onnx': {}, 'joiner.int8.onnx': {} },
      'NeMo transducer',
      {
        transducer: { encoder: 'encoder.int8.onnx', decoder: 'decoder.int8.onnx', joiner: 'joiner.int8.onnx' },
        modelType: 'nemo_transducer',
      },
    ],
    [
      'Moonshine',
      { 'preprocess.onnx': {}, 'encode.int8.onnx': {}, 'uncached_decode.int8.onnx': {}, 'cached_decode.int8.onnx': {} },
      'Moonshine',
      {
        moonshine: {
          preprocessor: 'preprocess.onnx',
          encoder: 'encode.int8.onnx',
          uncachedDecoder: 'uncached_decode.int8.onnx',
          cachedDecoder: 'cached_decode.int8.onnx',
        },
      },
    ],
    [
      'Moonshine of 2026',
      { 'encoder_model.ort': ORT, 'decoder_model_merged.ort': ORT },
      'Moonshine',
      { moonshine: { encoder: 'encoder_model.ort', mergedDecoder: 'decoder_model_merged.ort' } },
    ],
    [
      'Canary',
      { 'encoder.int8.onnx': { model_type: 'EncDecMultiTaskModel' }, 'decoder.int8.onnx': {} },
      'Canary',
      { canary: { encoder: 'encoder.int8.onnx', decoder: 'decoder.int8.onnx', usePnc: 1 } },
    ],
  ])('is known: %s', (_, files, family, expected) => {
    lay({ ...files, ...TOKENS });
    const model = readModelFolder(folder);
    expect(model.family).toBe(family);
    const relative = JSON.parse(JSON.stringify(model.files).replaceAll(`${folder}/`, ''));
    expect(relative).toEqual({ ...expected, tokens: 'tokens.txt' });
  });

  it('is known: Whisper of many languages, which is asked for the one of each sentence', () => {
    const stated = { model_type: 'whisper-turbo', is_multilingual: '1', all_language_codes: 'en,zh,ko' };
    lay({
      'turbo-encoder.int8.onnx': stated,
      'turbo-decoder.int8.onnx': {},
      'turbo-tokens.txt': Buffer.from('IQ== 0\n'),
    });
    const { family, files, language, languages } = readModelFolder(folder);
    expect(family).toBe('Whisper');
    expect(files).toEqual({
      whisper: { encoder: at('turbo-encoder.int8.onnx'), decoder: at('turbo-decoder.int8.onnx'), task: 'transcribe' },
      tokens: at('turbo-tokens.txt'),
    });
    expect(languages).toEqual(['en', 'zh', 'ko']);
    expect(language!.changes).toBe(true);
    expect(language!.of('ko')).toEqual({ whisper: { language: 'ko' } });
    expect(language!.of(null)).toEqual({ whisper: { language: '' } });
  });

  it('is known: Whisper of English alone, which is asked for none', () => {
    lay({
      'tiny.en-encoder.onnx': { model_type: 'whisper-tiny.en', is_multilingual: '0' },
      'tiny.en-decoder.onnx': {},
    });
    lay({ 'tiny.en-tokens.txt': Buffer.from('IQ== 0\n') });
    expect(readModelFolder(folder)).toMatchObject({ language: null, languages: ['en'] });
  });

  it('of Canary is asked for no language that sherpa-onnx does not ask for', () => {
    lay({ 'encoder.onnx': { model_type: 'EncDecMultiTaskModel' }, 'decoder.onnx': {}, ...TOKENS });
    const { language, languages } = readModelFolder(folder);
    expect(languages).toEqual(['en', 'es', 'de', 'fr']);
    expect([language!.of('de'), language!.of(null)]).toEqual([
      { canary: { srcLang: 'de', tgtLang: 'de' } },
      { canary: { srcLang: 'en', tgtLang: 'en' } },
    ]);
  });

  it('of SenseVoice has one language for all, or finds it by itself', () => {
    lay({ 'model.onnx': { model_type: 'sense_voice_ctc' }, ...TOKENS });
    const { language } = readModelFolder(folder);
    expect(language!.changes).toBe(false);
    expect([language!.of('ko'), language!.of(null)]).toEqual([
      { senseVoice: { language: 'ko' } },
      { senseVoice: { language: 'auto' } },
    ]);
  });

  it('may have links, pictures and recordings beside the model', () => {
    lay({ 'README.md': Buffer.from('#'), ...TOKENS });
    mkdirSync(join(folder, 'test_wavs'));
    const elsewhere = join(folder, 'test_wavs', 'm.onnx');
    writeFileSync(elsewhere, statingModel({ model_type: 'zipformer2_ctc' }));
    symlinkSync(elsewhere, at('model.onnx'));
    expect(readModelFolder(folder).family).toBe('Zipformer CTC');
  });
});

describe('a folder that cannot be used is refused in words:', () => {
  it.each<[string, Files, RegExp]>([
    ['nothing in it', {}, /no \.onnx or \.ort file/],
    ['the folder above the model', { 'README.md': Buffer.from('#') }, /no \.onnx or \.ort file/],
    ['no tokens', { 'model.onnx': { model_type: 'sense_voice_ctc' } }, /tokens\.txt is missing/],
    ['no joiner, no decoder', { 'encoder.onnx': { model_type: 'zipformer2' }, ...TOKENS }, /its decoder is missing/],
    [
      'no encoder',
      { 'decoder.onnx': {}, 'joiner.onnx': {}, ...TOKENS },
      /transducer model, but its encoder is missing/,
    ],
    [
      'half of Moonshine',
      { 'preprocess.onnx': {}, 'encode.int8.onnx': {}, 'cached_decode.int8.onnx': {}, ...TOKENS },
      /Moonshine model, but its uncachedDecoder is missing/,
    ],
    ['a model of another task', { 'model.onnx': { model_type: 'vits' }, ...TOKENS }, /kind vits\. SenseVoice, Whisper/],
    ['a model that states nothing', { 'model.onnx': {}, ...TOKENS }, /does not state its kind/],
    [
      'a kind that is a word of JavaScript',
      { 'model.onnx': { model_type: 'constructor' }, ...TOKENS },
      /kind constructor/,
    ],
    [
      'a streaming model',
      {
        'encoder.onnx': { model_type: 'zipformer2', decode_chunk_len: '32' },
        'decoder.onnx': {},
        'joiner.onnx': {},
        ...TOKENS,
      },
      /a streaming model/,
    ],
    ['two models', { 'a.onnx': {}, 'b.onnx': {}, ...TOKENS }, /more than one model lies there: a\.onnx, b\.onnx/],
    ['an empty file', { 'model.onnx': Buffer.alloc(0), ...TOKENS }, /model\.onnx is empty/],
    ['a page of a download', { 'model.onnx': Buffer.from('<!doctype html><title>404</title>'), ...TOKENS }, /no ONNX/],
    [
      'the pointer of Git LFS',
      { 'model.onnx': Buffer.from('version https://git-lfs.github.com/spec/v1\n'), ...TOKENS },
      /no ONNX/,
    ],
    ['zeros', { 'model.onnx': Buffer.alloc(10_000), ...TOKENS }, /no ONNX/],
  ])('%s', (_, files, words) => {
    lay(files);
    expect(refusal()).toMatch(words);
    expect(refusal()).toContain(`modelDir ${folder}`);
  });

  it('a model that was copied in part, wherever the copy ended', () => {
    const whole = statingModel({ model_type: 'sense_voice_ctc', neg_mean: '-8.3,'.repeat(560) });
    for (const length of [2, 3, 8, 12, 40, 200, whole.length - 1]) {
      lay({ 'model.onnx': whole.subarray(0, length), ...TOKENS });
      expect(refusal()).toMatch(/cut short|no ONNX/);
    }
    lay({ 'model.onnx': whole });
    expect(refusal()).toBe('none');
  });

  it('a model with more languages than there are, which would fill the log', () => {
    const all_language_codes = 'xx,'.repeat(100_000);
    const states = { model_type: 'whisper', is_multilingual: '1', all_language_codes };
    lay({ 'encoder.onnx': states, 'decoder.onnx': {}, ...TOKENS });
    expect(refusal()).toMatch(/encoder\.onnx states more languages than there are/);
  });

  it('a folder or a pipe with the name of a model, at once', () => {
    lay(TOKENS);
    mkdirSync(at('model.onnx'));
    expect(refusal()).toBe(`modelDir ${folder}: model.onnx is no file`);
    rmSync(at('model.onnx'), { recursive: true });
    // opening one waits for somebody who writes
    execFileSync('mkfifo', [at('model.onnx')]);
    expect(refusal()).toBe(`modelDir ${folder}: model.onnx is no file`);
  });

  it('a folder that is not there', () => {
    expect(() => readModelFolder(at('none'))).toThrow(/none: ENOENT/);
  });
});
