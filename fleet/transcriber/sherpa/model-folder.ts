/** Which kind of model lies in IT's folder, by the names of its files and what they say of themselves. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StartRefused } from '#edge/start-refused.ts';
import { type ModelMetadata, readModelMetadata } from './model-file.ts';

/** `modelConfig` of sherpa-onnx, but for threads and language. */
export type ModelFiles = { tokens: string; modelType?: string; [family: string]: string | object | undefined };
export type FolderModel = {
  /** for the log */
  family: string;
  files: ModelFiles;
  /**
   * How the model is asked for a language: by a field of the settings of its family, which may change from one sentence to the next,
   * or is set once. null: it finds the language by itself, or knows one alone.
   */
  language: { changes: boolean; of: (language: string | null) => object } | null;
  /** that may be asked for; null: the model does not state them */
  languages: readonly string[] | null;
};

const MODEL = /\.(?:onnx|ort)$/;
const INT8 = /[.-]int8\./;
const ROLES = {
  encoder: /(?:^|[-_.])encoder(?:[-_.]|$)/,
  decoder: /(?:^|[-_.])decoder(?:[-_.]|$)/,
  joiner: /(?:^|[-_.])joiner(?:[-_.]|$)/,
  mergedDecoder: /^decoder_model_merged\./,
  preprocessor: /^preprocess\./,
  encode: /^encode\./,
  uncachedDecoder: /^uncached_decode\./,
  cachedDecoder: /^cached_decode\./,
} as const;
type Role = keyof typeof ROLES;

/** What a model in one file calls itself, and where its path goes. */
const ONE_FILE: Readonly<Record<string, { family: string; field: string }>> = {
  paraformer: { family: 'Paraformer', field: 'paraformer' },
  EncDecCTCModel: { family: 'NeMo CTC', field: 'nemoCtc' },
  EncDecCTCModelBPE: { family: 'NeMo CTC', field: 'nemoCtc' },
  EncDecHybridRNNTCTCBPEModel: { family: 'NeMo CTC', field: 'nemoCtc' },
  zipformer2_ctc: { family: 'Zipformer CTC', field: 'zipformerCtc' },
  wenet_ctc: { family: 'WeNet CTC', field: 'wenetCtc' },
  'omnilingual-asr': { family: 'Omnilingual CTC', field: 'omnilingual' },
};
const SENSE_VOICE = 'sense_voice_ctc';
const SENSE_VOICE_LANGUAGES = ['zh', 'en', 'ja', 'ko', 'yue'];
/** of their codes together: they stand in what IT reads where none is theirs */
const MOST_LANGUAGE_LETTERS = 4_000;
const CANARY = 'EncDecMultiTaskModel';
/** Whatever its makers taught it, sherpa-onnx asks it for these, and for English instead of others. */
const CANARY_LANGUAGES = ['en', 'es', 'de', 'fr'];
const NEMO_TRANSDUCERS: readonly (string | undefined)[] = ['EncDecRNNTBPEModel', 'EncDecHybridRNNTCTCBPEModel'];
/** A model that listens while somebody speaks; sentences are whole when they come here. */
const STREAMING = ['decode_chunk_len', 'cache_last_channel_dim1'];
const KNOWN =
  'SenseVoice, Whisper, Moonshine, a transducer (Zipformer, NeMo), Canary, Paraformer, and CTC of NeMo, Zipformer and WeNet are known';

/** @throws StartRefused naming what is missing in the folder, or what is not known */
export function readModelFolder(folder: string): FolderModel {
  try {
    return modelIn(folder, namesIn(folder));
  } catch (error) {
    if (error instanceof StartRefused) throw new StartRefused(`modelDir ${folder}: ${error.message}`);
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new StartRefused((error as NodeJS.ErrnoException).code ?? 'cannot be read');
  }
}

function modelIn(folder: string, names: readonly string[]): FolderModel {
  const models = names.filter((name) => MODEL.test(name));
  if (models.length === 0)
    throw new StartRefused('no .onnx or .ort file lies there. Name the folder with the model itself');
  const file = (name: string): string => join(folder, name);
  const role = (of: Role): string | null => {
    const found = models.filter((name) => ROLES[of].test(name));
    return found.length === 0 ? null : file(only(of, found));
  };
  const part = (of: Role, family: string): string => {
    const path = role(of);
    if (path === null) throw new StartRefused(`a ${family} model, but its ${of} is missing`);
    return path;
  };
  const tokens = (): string => {
    const found = names.filter((name) => /(?:^|-)tokens\.txt$/.test(name));
    if (found.length === 0) throw new StartRefused('tokens.txt is missing');
    return file(only('tokens.txt', found));
  };

  if (role('uncachedDecoder') ?? role('cachedDecoder') ?? role('encode')) {
    const moonshine = {
      preprocessor: part('preprocessor', 'Moonshine'),
      encoder: part('encode', 'Moonshine'),
      uncachedDecoder: part('uncachedDecoder', 'Moonshine'),
      cachedDecoder: part('cachedDecoder', 'Moonshine'),
    };
    Object.values(moonshine).forEach(readModelMetadata);
    return { family: 'Moonshine', files: { moonshine, tokens: tokens() }, language: null, languages: null };
  }
  const mergedDecoder = role('mergedDecoder');
  if (mergedDecoder) {
    const moonshine = { encoder: part('encoder', 'Moonshine'), mergedDecoder };
    Object.values(moonshine).forEach(readModelMetadata);
    return { family: 'Moonshine', files: { moonshine, tokens: tokens() }, language: null, languages: null };
  }
  const [encoder, decoder, joiner] = [role('encoder'), role('decoder'), role('joiner')];
  if (joiner) {
    const transducer = { encoder: part('encoder', 'transducer'), decoder: part('decoder', 'transducer'), joiner };
    const metadata = wholeMetadata(transducer);
    const isNemo = NEMO_TRANSDUCERS.includes(metadata.get('model_type'));
    return {
      family: isNemo ? 'NeMo transducer' : 'transducer',
      files: { transducer, tokens: tokens(), modelType: isNemo ? 'nemo_transducer' : 'transducer' },
      language: null,
      languages: null,
    };
  }
  if (encoder || decoder) {
    const pair = { encoder: part('encoder', 'two-part'), decoder: part('decoder', 'two-part') };
    return encoderDecoder(pair, wholeMetadata(pair), tokens);
  }
  const model = file(only('model', models));
  return oneFile(model, wholeMetadata({ model }), tokens);
}

/** Where both lie there, the smaller one: it is made for processors. */
function only(what: string, names: readonly string[]): string {
  const small = names.filter((name) => INT8.test(name));
  const [first, second] = small.length > 0 ? small : names;
  if (second !== undefined) throw new StartRefused(`more than one ${what} lies there: ${first}, ${second}`);
  return first!;
}

/** Of the first part; all are looked at. @throws StartRefused: a part is cut short, or the model listens while somebody speaks */
function wholeMetadata(parts: Readonly<Record<string, string>>): ModelMetadata {
  const [first] = Object.values(parts).map(readModelMetadata);
  const metadata = first ?? new Map();
  if (STREAMING.some((key) => metadata.has(key)))
    throw new StartRefused('a streaming model, which is not used here: take the one without "streaming" in its name');
  return metadata;
}

type EncoderDecoder = { encoder: string; decoder: string };

function encoderDecoder(pair: EncoderDecoder, metadata: ModelMetadata, tokens: () => string): FolderModel {
  const type = metadata.get('model_type');
  if (type?.startsWith('whisper')) {
    const isMultilingual = metadata.get('is_multilingual') === '1';
    const codes = metadata.get('all_language_codes');
    if (codes !== undefined && codes.length > MOST_LANGUAGE_LETTERS)
      throw new StartRefused(`${basename(pair.encoder)} states more languages than there are`);
    const languages = codes?.split(',');
    return {
      family: 'Whisper',
      files: { whisper: { ...pair, task: 'transcribe' }, tokens: tokens() },
      language: isMultilingual
        ? { changes: true, of: (language) => ({ whisper: { language: language ?? '' } }) }
        : null,
      languages: isMultilingual ? (languages ?? null) : ['en'],
    };
  }
  if (type === CANARY)
    return {
      family: 'Canary',
      files: { canary: { ...pair, usePnc: 1 }, tokens: tokens() },
      language: {
        changes: true,
        of: (language) => ({ canary: { srcLang: language ?? 'en', tgtLang: language ?? 'en' } }),
      },
      languages: CANARY_LANGUAGES,
    };
  throw unknownType(pair.encoder, type);
}

function oneFile(model: string, metadata: ModelMetadata, tokens: () => string): FolderModel {
  const type = metadata.get('model_type');
  if (type === SENSE_VOICE)
    return {
      family: 'SenseVoice',
      files: { senseVoice: { model, useInverseTextNormalization: 1 }, tokens: tokens() },
      language: { changes: false, of: (language) => ({ senseVoice: { language: language ?? 'auto' } }) },
      languages: SENSE_VOICE_LANGUAGES,
    };
  const known = Object.hasOwn(ONE_FILE, type ?? '') ? ONE_FILE[type!] : undefined;
  if (!known) throw unknownType(model, type);
  return {
    family: known.family,
    files: { [known.field]: { model }, tokens: tokens() },
    language: null,
    languages: null,
  };
}

const unknownType = (path: string, type: string | undefined): StartRefused =>
  new StartRefused(
    `${basename(path)} ${type === undefined ? 'does not state its kind (model_type)' : `is of the kind ${type.slice(0, 60)}`}. ${KNOWN}`,
  );
