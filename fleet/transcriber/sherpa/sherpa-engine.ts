/** sherpa-onnx with a model from IT's folder, in a process of its own, which starts again after its end. */
import type { Language } from '#contract/schema.ts';
import { StartRefused } from '#edge/start-refused.ts';
import type { EngineAnswer } from '../engine-answer.ts';
import type { SherpaSettings } from '../speech-settings.ts';
import { SAMPLES_PER_SECOND } from '../voice-activity.ts';
import { samplesOf } from '../wav-file.ts';
import { type FolderModel, readModelFolder } from './model-folder.ts';
import { RecogniserProcess } from './recogniser-process.ts';

type Log = (what: string, details: object) => void;

/** Large models lie on slow disks. */
const LOADS_WITHIN_S = 180;

export class SherpaEngine {
  readonly #settings: SherpaSettings;
  readonly #model: FolderModel;
  readonly #log: Log;
  #recogniser: RecogniserProcess;
  /** of the sentence before */
  #language: string | null;

  /**
   * Loads the model.
   * @throws StartRefused: what is missing in the folder; EngineFault: why the model cannot be used
   */
  static async open(settings: SherpaSettings, log: Log): Promise<SherpaEngine> {
    const engine = new SherpaEngine(settings, readModelFolder(settings.modelDir), log);
    await engine.#recogniser.opened(LOADS_WITHIN_S);
    return engine;
  }

  private constructor(settings: SherpaSettings, model: FolderModel, log: Log) {
    const { language } = settings;
    if (language !== null && model.languages !== null && !model.languages.includes(language))
      throw new StartRefused(`language ${language}: the ${model.family} model knows ${model.languages.join(', ')}`);
    this.#settings = settings;
    this.#model = model;
    this.#log = log;
    this.#language = language;
    this.#recogniser = this.#start();
  }

  /** for the log */
  get family(): string {
    return this.#model.family;
  }

  /**
   * @param wav of `wavOf`
   * @param language of the meeting
   * @throws EngineFault; what ended `signal`
   */
  async transcribe(wav: Buffer, language: Language, signal: AbortSignal): Promise<EngineAnswer> {
    const gaveUp = Promise.withResolvers<never>();
    const giveUp = (): void => {
      this.#recogniser.kill();
      gaveUp.reject(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return { text: await Promise.race([this.#textOf(wav, language), gaveUp.promise]), segments: [] };
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The model's memory is free again. */
  end(): void {
    this.#recogniser.kill();
  }

  async #textOf(wav: Buffer, meeting: Language): Promise<string> {
    const endedWhy = this.#recogniser.endedWhy;
    if (endedWhy !== null) {
      this.#log('the recogniser starts again', { reason: endedWhy });
      this.#language = this.#settings.language;
      this.#recogniser = this.#start();
    }
    await this.#recogniser.opened(LOADS_WITHIN_S);
    const language = this.#languageFor(meeting);
    const changed = language === this.#language ? null : this.#configFor(language);
    this.#language = language;
    const sentence = { samples: samplesOf(wav), sampleRate: SAMPLES_PER_SECOND, config: changed };
    return this.#recogniser.textOf(sentence, this.#settings.timeoutSeconds);
  }

  /** What IT names; else the meeting's, where the model may be asked for it. */
  #languageFor(meeting: Language): string | null {
    const { language, languages } = this.#model;
    if (this.#settings.language !== null || !language?.changes) return this.#settings.language;
    return languages === null || languages.includes(meeting) ? meeting : null;
  }

  #start(): RecogniserProcess {
    return new RecogniserProcess(this.#configFor(this.#language));
  }

  #configFor(language: string | null): Record<string, unknown> {
    const { files, language: asked } = this.#model;
    const modelConfig: Record<string, unknown> = { ...files, numThreads: this.#settings.threads, provider: 'cpu' };
    for (const [family, more] of Object.entries(asked?.of(language) ?? {}))
      modelConfig[family] = { ...(modelConfig[family] as object), ...more };
    return { featConfig: { sampleRate: SAMPLES_PER_SECOND, featureDim: 80 }, modelConfig };
  }
}
