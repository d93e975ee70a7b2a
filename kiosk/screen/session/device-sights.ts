/**
 * Looks at the open camera and microphone once a second, cheaply: a few small patches of one frame, one piece of sound. Reports
 * what they give as it changes. Nothing of it is kept or leaves the page.
 */
import type { DeviceSight } from '#contract/kiosk-health.ts';
import { patchesOf } from './self-test/camera-check.ts';
import { LEAST_SAMPLE } from './self-test/microphone-check.ts';
import { CameraJudgement, MicrophoneJudgement, SteadySight } from './sight-judgement.ts';

type Problem = 'missing' | 'refused' | null;
export type SeenDevices = {
  camera: MediaStreamTrack | null;
  cameraProblem: Problem;
  /** null: not open, or muted */
  microphone: MediaStreamTrack | null;
  microphoneProblem: Problem;
};
export type Sights = { camera: DeviceSight; microphone: DeviceSight };
/** The part of the browser that is needed here. */
export type SightsPort = {
  /** a frame's patches, null where none came in time; `close` frees it */
  openEye: (track: MediaStreamTrack) => { look: () => Promise<Uint8ClampedArray | null>; close: () => void };
  openEar: (track: MediaStreamTrack) => { hasSound: () => boolean; close: () => void };
};

const LOOK_EACH_MS = 1_000;
type Opened<T, J> = { track: MediaStreamTrack; judgement: J; device: T };

export class DeviceSights {
  readonly #port: SightsPort;
  readonly #devices: () => SeenDevices;
  readonly #onChange: (sights: Sights) => void;
  readonly #camera = new SteadySight();
  readonly #microphone = new SteadySight();
  #eye: Opened<ReturnType<SightsPort['openEye']>, CameraJudgement> | null = null;
  #ear: Opened<ReturnType<SightsPort['openEar']>, MicrophoneJudgement> | null = null;
  #isLooking = false;
  #reported = '';

  constructor({
    port,
    devices,
    onChange,
  }: { port: SightsPort; devices: () => SeenDevices; onChange: (sights: Sights) => void }) {
    this.#port = port;
    this.#devices = devices;
    this.#onChange = onChange;
  }

  start(): void {
    setInterval(() => void this.look(), LOOK_EACH_MS);
  }

  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const devices = this.#devices();
      const microphone = this.#listen(devices);
      const sights: Sights = {
        camera: this.#camera.add(await this.#see(devices)),
        microphone: this.#microphone.add(microphone),
      };
      const text = JSON.stringify(sights);
      if (text === this.#reported) return;
      this.#reported = text;
      this.#onChange(sights);
    } finally {
      this.#isLooking = false;
    }
  }

  async #see({ camera, cameraProblem }: SeenDevices): Promise<DeviceSight> {
    if (this.#eye !== null && this.#eye.track !== camera) {
      this.#eye.device.close();
      this.#eye = null;
    }
    if (camera === null) return cameraProblem ?? 'not-open';
    this.#eye ??= { track: camera, judgement: new CameraJudgement(), device: this.#port.openEye(camera) };
    return this.#eye.judgement.add(await this.#eye.device.look());
  }

  #listen({ microphone, microphoneProblem }: SeenDevices): DeviceSight {
    if (this.#ear !== null && this.#ear.track !== microphone) {
      this.#ear.device.close();
      this.#ear = null;
    }
    if (microphone === null) return microphoneProblem ?? 'not-open';
    this.#ear ??= { track: microphone, judgement: new MicrophoneJudgement(), device: this.#port.openEar(microphone) };
    return this.#ear.judgement.add(this.#ear.device.hasSound());
  }
}

const FRAME_WITHIN_MS = 900;
/** Between two looks the analyser keeps this much. */
const FFT_SIZE = 32_768;

export const browserSights: SightsPort = {
  openEye(track) {
    const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
    // paused between looks, so that no frame is drawn for nobody
    video.srcObject = new MediaStream([track]);
    const patches = patchesOf(video);
    return {
      async look() {
        const { promise: late, resolve } = Promise.withResolvers<false>();
        const timer = setTimeout(() => resolve(false), FRAME_WITHIN_MS);
        const came = new Promise<true>((done) => video.requestVideoFrameCallback(() => done(true)));
        void video.play().catch(() => {});
        const isThere = await Promise.race([came, late]);
        clearTimeout(timer);
        const pixels = isThere ? patches().slice() : null;
        video.pause();
        return pixels;
      },
      close() {
        video.srcObject = null;
      },
    };
  },
  openEar(track) {
    const audio = new AudioContext();
    void audio.resume();
    const analyser = new AnalyserNode(audio, { fftSize: FFT_SIZE });
    new MediaStreamAudioSourceNode(audio, { mediaStream: new MediaStream([track]) }).connect(analyser);
    const samples = new Float32Array(FFT_SIZE);
    return {
      hasSound() {
        analyser.getFloatTimeDomainData(samples);
        return samples.some((sample) => Math.abs(sample) > LEAST_SAMPLE);
      },
      close: () => void audio.close().catch(() => {}),
    };
  },
};
