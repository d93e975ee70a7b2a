/**
 * The room's camera and microphone: opened for a call and kept through its reconnects, released after it, so that no
 * camera's light burns in an idle room. Owns opening, what is wrong with a device, and finding it again when it was
 * plugged in; sending tracks is the call's.
 */
import type { CameraState, MicrophoneState } from '#contract/room-state.ts';

export type DeviceProblem = 'missing' | 'refused';
export type DevicesState = {
  microphone: MicrophoneState;
  camera: CameraState;
  microphoneProblem: DeviceProblem | null;
  cameraProblem: DeviceProblem | null;
  /** the own picture; null: off, absent, or no call */
  ownCamera: MediaStream | null;
};

/** The part of the browser that is needed here. */
export type DevicesPort = {
  getUserMedia: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  enumerateDevices: () => Promise<{ kind: string }[]>;
  /** what the browser was told about this page; it is asked at each look */
  isRefused: (device: 'microphone' | 'camera') => Promise<boolean>;
  onDeviceChange: (listener: () => void) => void;
  createStream: (track: MediaStreamTrack) => MediaStream;
};

export type DevicesListeners = {
  onMicrophone: (track: MediaStreamTrack | null) => void;
  onCamera: (track: MediaStreamTrack | null, withoutTrack: 'off' | 'absent') => void;
  onChange: () => void;
};

const CONSTRAINTS = {
  microphone: { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
  camera: { video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } },
} as const;
const INPUT_KIND = { microphone: 'audioinput', camera: 'videoinput' } as const;
/** Plugging a device in fires several events. */
const SETTLE_MS = 400;
/** Another program holds it: another screen that is about to let go, for one. */
const BUSY_RETRY_MS = 1_500;

type Device = { track: MediaStreamTrack | null; problem: DeviceProblem | null; wanted: boolean; opening: boolean };

export class RoomDevices {
  readonly #port: DevicesPort;
  readonly #listeners: DevicesListeners;
  readonly #devices: Record<'microphone' | 'camera', Device> = {
    microphone: { track: null, problem: null, wanted: true, opening: false },
    camera: { track: null, problem: null, wanted: true, opening: false },
  };
  #muted = false;
  #inUse = false;
  #ownCamera: MediaStream | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(port: DevicesPort, listeners: DevicesListeners) {
    this.#port = port;
    this.#listeners = listeners;
  }

  /** Looks what is there without opening anything, and follows what is plugged in and out. */
  start(): void {
    this.#port.onDeviceChange(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => void this.#look(), SETTLE_MS);
    });
    void this.#look();
  }

  /** The tracks as they are; while none is open, what would be sent. */
  get state(): DevicesState {
    const { microphone, camera } = this.#devices;
    const muted = microphone.track ? !microphone.track.enabled : this.#muted;
    return {
      microphone: microphone.problem !== null ? 'absent' : muted ? 'muted' : 'on',
      camera: camera.problem !== null ? 'absent' : camera.wanted ? 'on' : 'off',
      microphoneProblem: microphone.problem,
      cameraProblem: camera.problem,
      ownCamera: this.#ownCamera,
    };
  }

  get microphoneTrack(): MediaStreamTrack | null {
    return this.#devices.microphone.track;
  }
  get cameraTrack(): MediaStreamTrack | null {
    return this.#devices.camera.track;
  }

  /** For a call. Nobody waits for it: what opens later is sent later. */
  open(): void {
    this.#inUse = true;
    void this.#open('microphone');
    void this.#open('camera');
  }

  /** After a call: lights go out. What was muted or off is on again for the next one. */
  release(): void {
    this.#inUse = false;
    this.#muted = false;
    this.#devices.camera.wanted = true;
    this.#drop('microphone');
    this.#drop('camera');
    this.#listeners.onChange();
  }

  /** The newer screen needs them now; what is muted or off stays known. */
  giveUp(): void {
    this.#inUse = false;
    this.#drop('microphone');
    this.#drop('camera');
    this.#listeners.onChange();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    const { track } = this.#devices.microphone;
    if (track) track.enabled = !muted;
    this.#listeners.onChange();
  }

  /** The call has muted the track itself, because someone with the right asked. */
  followTrack(): void {
    const { track } = this.#devices.microphone;
    if (!track || this.#muted === !track.enabled) return;
    this.#muted = !track.enabled;
    this.#listeners.onChange();
  }

  setCameraOn(on: boolean): void {
    const { camera } = this.#devices;
    camera.wanted = on;
    if (!on) this.#drop('camera');
    else if (this.#inUse) void this.#open('camera');
    this.#listeners.onChange();
  }

  async #open(name: 'microphone' | 'camera'): Promise<void> {
    const device = this.#devices[name];
    if (device.track !== null || device.opening || !this.#needs(name)) return;
    device.opening = true;
    try {
      const stream = await this.#port.getUserMedia(CONSTRAINTS[name]);
      device.opening = false;
      const track = stream.getTracks()[0]!;
      // the call may have ended, or the camera been turned off, while the device was opening
      if (!this.#needs(name)) {
        track.stop();
        return;
      }
      device.problem = null;
      this.#adopt(name, track);
    } catch (error) {
      device.opening = false;
      const problem = problemOf(error);
      device.problem = problem ?? 'missing';
      if (problem === null) setTimeout(() => void this.#open(name), BUSY_RETRY_MS);
      if (name === 'camera') this.#listeners.onCamera(null, 'absent');
      console.warn(`screen: no ${name}`, error);
    }
    this.#listeners.onChange();
  }

  #adopt(name: 'microphone' | 'camera', track: MediaStreamTrack): void {
    this.#devices[name].track = track;
    track.addEventListener('ended', () => {
      if (this.#devices[name].track !== track) return;
      // pulled out: say so, and look for another
      this.#drop(name);
      this.#devices[name].problem = 'missing';
      this.#listeners.onChange();
      void this.#open(name);
    });
    if (name === 'microphone') {
      track.enabled = !this.#muted;
      this.#listeners.onMicrophone(track);
    } else {
      this.#ownCamera = this.#port.createStream(track);
      this.#listeners.onCamera(track, 'off');
    }
  }

  #drop(name: 'microphone' | 'camera'): void {
    const device = this.#devices[name];
    const { track } = device;
    device.track = null;
    track?.stop();
    if (name === 'camera') this.#ownCamera = null;
    if (track === null) return;
    if (name === 'microphone') this.#listeners.onMicrophone(null);
    else this.#listeners.onCamera(null, device.wanted ? 'absent' : 'off');
  }

  #needs(name: 'microphone' | 'camera'): boolean {
    return this.#inUse && (name === 'microphone' || this.#devices.camera.wanted);
  }

  async #look(): Promise<void> {
    const found = await this.#port.enumerateDevices().catch(() => null);
    for (const name of ['microphone', 'camera'] as const) {
      const device = this.#devices[name];
      if (device.track !== null || device.opening) continue;
      const present = found === null || found.some(({ kind }) => kind === INPUT_KIND[name]);
      const refused = await this.#port.isRefused(name).catch(() => false);
      device.problem = refused ? 'refused' : present ? null : 'missing';
      if (present && !refused) await this.#open(name);
    }
    this.#listeners.onChange();
  }
}

/** null: it is there, but something else holds it. */
function problemOf(error: unknown): DeviceProblem | null {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotReadableError' || name === 'AbortError' ? null : 'missing';
}

/** The browser's own devices; a page without them (no secure context) is one that was refused. */
export function browserDevices(): DevicesPort {
  const media: MediaDevices | undefined = navigator.mediaDevices;
  const refused = () => Promise.reject(new DOMException('no media devices in this context', 'NotAllowedError'));
  return {
    getUserMedia: (constraints) => media?.getUserMedia(constraints) ?? refused(),
    enumerateDevices: () => media?.enumerateDevices() ?? refused(),
    isRefused: async (name) => (await navigator.permissions.query({ name })).state === 'denied',
    onDeviceChange: (listener) => media?.addEventListener('devicechange', listener),
    createStream: (track) => new MediaStream([track]),
  };
}
