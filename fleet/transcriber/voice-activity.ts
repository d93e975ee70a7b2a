/** How likely each frame is speech, by silero's model in the WASM of ONNX Runtime. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';

export const SAMPLES_PER_SECOND = 16_000;
/** What the model judges at once: 32 ms. */
export const FRAME_SAMPLES = 512;

type VoiceAnswer = { output: Tensor; stateN: Tensor };

const PACKAGES = join(import.meta.dirname, '../../node_modules');
const RUNTIME = join(PACKAGES, 'onnxruntime-web/dist/ort-wasm-simd-threaded');
const MODEL = join(PACKAGES, '@ricky0123/vad-web/dist/silero_vad_v6.onnx');

/** The end of the frame before, which the model wants in front of each. */
const CONTEXT_SAMPLES = 64;
const RATE = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLES_PER_SECOND)), []);
const STATE = [2, 1, 128];
const STATE_NUMBERS = 256;
/** Quieter than -60 dB of full scale: nobody speaks, and the model is not asked. */
const AUDIBLE_POWER = 1e-6;
/** After so many frames the model begins anew. */
const FORGOTTEN_AFTER_FRAMES = 16;

/** Loaded once for all tracks. */
export class VoiceModel {
  readonly #session: InferenceSession;
  #asked: Promise<unknown> = Promise.resolve();

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws where a file of the packages is missing */
  static async open(): Promise<VoiceModel> {
    env.wasm.numThreads = 1;
    env.wasm.wasmPaths = { mjs: pathToFileURL(`${RUNTIME}.mjs`).href, wasm: pathToFileURL(`${RUNTIME}.wasm`).href };
    // its warnings name parts of the model that are never used
    const options = { executionProviders: ['wasm'], logSeverityLevel: 3 } as const;
    const model = new VoiceModel(await InferenceSession.create(readFileSync(MODEL), options));
    // the first question compiles it: not while somebody speaks
    await new VoiceActivity(model).probabilityOf(new Float32Array(FRAME_SAMPLES).fill(0.1));
    return model;
  }

  /** One question after the other, of all tracks: the runtime mixes up two at once. */
  ask(input: Tensor, state: Tensor): Promise<VoiceAnswer> {
    const answer = this.#asked.then(() => this.#session.run({ input, state, sr: RATE })) as Promise<VoiceAnswer>;
    this.#asked = answer.catch(() => {});
    return answer;
  }
}

/** Of one track. Frames come one after the other. */
export class VoiceActivity {
  readonly #model: VoiceModel;
  readonly #input = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  #state = emptyState();
  #silentFrames = 0;

  constructor(model: VoiceModel) {
    this.#model = model;
  }

  /** @param frame of FRAME_SAMPLES. @returns 0 to 1 */
  async probabilityOf(frame: Float32Array): Promise<number> {
    if (!isAudible(frame)) {
      this.#silentFrames += 1;
      return 0;
    }
    if (this.#silentFrames >= FORGOTTEN_AFTER_FRAMES) this.#forget();
    this.#silentFrames = 0;
    this.#input.copyWithin(0, FRAME_SAMPLES);
    this.#input.set(frame, CONTEXT_SAMPLES);
    const input = new Tensor('float32', this.#input, [1, this.#input.length]);
    const { output, stateN } = await this.#model.ask(input, this.#state);
    this.#state = stateN;
    return Number(output.data[0]);
  }

  #forget(): void {
    this.#state = emptyState();
    this.#input.fill(0);
  }
}

const emptyState = (): Tensor => new Tensor('float32', new Float32Array(STATE_NUMBERS), STATE);

function isAudible(frame: Float32Array): boolean {
  let power = 0;
  for (const sample of frame) power += sample * sample;
  return power / frame.length >= AUDIBLE_POWER;
}
