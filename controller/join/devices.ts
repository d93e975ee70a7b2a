/**
 * The guest's own microphone and camera: asks for them, names what is missing, changes them, and is the one that stops
 * their tracks. A muted microphone is its track disabled; a camera that is off is stopped, so that its light goes out.
 */
import { Store } from '#call/store.ts';

export type DeviceProblem = 'missing' | 'refused' | 'busy';
export type Choice = { deviceId: string; label: string };
type Device = {
  track: MediaStreamTrack | null;
  problem: DeviceProblem | null;
  asking: boolean;
  choices: readonly Choice[];
};
export type DevicesState = {
  microphone: Device & { muted: boolean };
  camera: Device & { on: boolean };
};
type Kind = 'microphone' | 'camera';

const NOTHING: Device = { track: null, problem: null, asking: true, choices: [] };
const KEPT_AS = { microphone: 'maru-microphone', camera: 'maru-camera' } as const;
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

export class Devices {
  readonly #store = new Store<DevicesState>({
    microphone: { ...NOTHING, muted: false },
    camera: { ...NOTHING, on: true },
  });
  readonly getSnapshot = this.#store.getSnapshot;
  readonly subscribe = this.#store.subscribe;

  async start(): Promise<void> {
    navigator.mediaDevices?.addEventListener('devicechange', this.#onDeviceChange);
    try {
      // one question for both; where one of them is missing, each is asked for alone
      const stream = await this.#open({ audio: constraints('microphone'), video: constraints('camera') });
      this.#put('microphone', stream.getAudioTracks()[0] ?? null);
      this.#put('camera', stream.getVideoTracks()[0] ?? null);
    } catch (error) {
      if (problemOf(error) === 'refused') {
        this.#set('microphone', { problem: 'refused', asking: false });
        this.#set('camera', { problem: 'refused', asking: false });
      }
      await Promise.all([this.#openOne('microphone'), this.#openOne('camera')]);
    }
    await this.#list();
  }

  /** Again, after the person has plugged something in or allowed it. */
  async retry(kind: Kind): Promise<void> {
    await this.#openOne(kind);
    await this.#list();
  }

  async choose(kind: Kind, deviceId: string): Promise<void> {
    keep(kind, deviceId);
    const { muted } = this.getSnapshot().microphone;
    // some cameras and most phones give only one at a time
    if (kind === 'camera') this.getSnapshot().camera.track?.stop();
    await this.#openOne(kind);
    if (kind === 'microphone') this.setMuted(muted);
  }

  setMuted(muted: boolean): void {
    const { track } = this.getSnapshot().microphone;
    if (track) track.enabled = !muted;
    this.#set('microphone', { muted });
  }

  async setCameraOn(on: boolean): Promise<void> {
    if (on) {
      this.#set('camera', { on });
      await this.#openOne('camera');
      return;
    }
    this.getSnapshot().camera.track?.stop();
    this.#set('camera', { on, track: null });
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#onDeviceChange);
    const { microphone, camera } = this.getSnapshot();
    microphone.track?.stop();
    camera.track?.stop();
  }

  async #openOne(kind: Kind): Promise<void> {
    this.#set(kind, { asking: true });
    try {
      const stream = await this.#open(
        kind === 'microphone' ? { audio: constraints(kind) } : { video: constraints(kind) },
      );
      this.#put(kind, stream.getTracks()[0] ?? null);
    } catch (error) {
      this.#put(kind, null, problemOf(error));
    }
  }

  #open(asked: MediaStreamConstraints): Promise<MediaStream> {
    // no secure context, no devices: the page still works without them
    if (!navigator.mediaDevices) return Promise.reject(new DOMException('no secure context', 'NotFoundError'));
    return navigator.mediaDevices.getUserMedia(asked);
  }

  #put(kind: Kind, track: MediaStreamTrack | null, problem: DeviceProblem | null = track ? null : 'missing'): void {
    const former = this.getSnapshot()[kind].track;
    if (former && former !== track) former.stop();
    if (kind === 'camera' && track && !this.getSnapshot().camera.on) {
      track.stop();
      this.#set(kind, { track: null, problem: null, asking: false });
      return;
    }
    if (kind === 'microphone' && track) track.enabled = !this.getSnapshot().microphone.muted;
    track?.addEventListener('ended', () => {
      if (this.getSnapshot()[kind].track === track) this.#set(kind, { track: null, problem: 'missing' });
    });
    this.#set(kind, { track, problem, asking: false });
  }

  readonly #onDeviceChange = (): void => {
    void this.#list();
    for (const kind of ['microphone', 'camera'] as const) {
      const { track, problem, asking } = this.getSnapshot()[kind];
      if (!track && problem === 'missing' && !asking) void this.retry(kind);
    }
  };

  async #list(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const choices = (kind: MediaDeviceKind): Choice[] =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'communications')
        .map(({ deviceId, label }) => ({ deviceId, label }));
    this.#set('microphone', { choices: choices('audioinput') });
    this.#set('camera', { choices: choices('videoinput') });
  }

  #set(kind: 'microphone', change: Partial<DevicesState['microphone']>): void;
  #set(kind: 'camera', change: Partial<DevicesState['camera']>): void;
  #set(kind: Kind, change: Partial<Device>): void;
  #set(kind: Kind, change: object): void {
    const state = this.getSnapshot();
    this.#store.set({ ...state, [kind]: { ...state[kind], ...change } });
  }
}

/** Pure: what the browser's refusal means to a person. */
export function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

function constraints(kind: Kind): MediaTrackConstraints {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT_AS[kind]);
  } catch {
    // nothing kept
  }
  return { ...(kind === 'microphone' ? MICROPHONE : CAMERA), ...(kept && { deviceId: { ideal: kept } }) };
}

function keep(kind: Kind, deviceId: string): void {
  try {
    localStorage.setItem(KEPT_AS[kind], deviceId);
  } catch {
    // lasts as long as the page
  }
}
