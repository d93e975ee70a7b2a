/**
 * The room's camera and microphone, and where its sound goes: opened for a call and kept through its reconnects,
 * released after it, so that no camera's light burns in an idle room. Owns which ones are wanted and what is plugged in;
 * `CaptureDevice` opens, changes and mutes one, the call sends its track.
 */
import { OTHERS_FIRST_MS } from '#call/admission.ts';
import { CaptureDevice, type CaptureProblem, captureProblemOf, type Plan } from '#call/capture-device.ts';
import type { CameraState, MicrophoneState } from '#contract/room-state.ts';
import { fallbackFor, type ListedDevice, listedDevices, planOf, USE_ANY, type UseDevices } from './device-plan.ts';
import { cameraConstraints, type GetUserMedia, microphoneConstraints } from './open-tracks.ts';

type RoomProblem = Exclude<CaptureProblem, 'busy'>;
export type TrackState = {
  microphone: MicrophoneState;
  camera: CameraState;
  microphoneProblem: RoomProblem | null;
  cameraProblem: RoomProblem | null;
  /** the own picture; null: off, absent, or no call */
  ownCamera: MediaStream | null;
};

/** The part of the browser that is needed here. */
export type TracksPort = {
  getUserMedia: GetUserMedia;
  enumerateDevices: () => Promise<Partial<MediaDeviceInfo>[]>;
  /** by the browser's permissions for this page, queried at each look */
  isRefused: (device: 'microphone' | 'camera') => Promise<boolean>;
  mayMoveCamera: () => Promise<boolean>;
  /** of the list, and of the page's permission to read it */
  onDeviceChange: (listener: () => void) => void;
  createStream: (track: MediaStreamTrack) => MediaStream;
};

export type TracksListeners = {
  onMicrophone: (track: MediaStreamTrack | null) => void;
  onCamera: (track: MediaStreamTrack | null, withoutTrack: 'off' | 'absent') => void;
  onChange: () => void;
  /** one that was to be used does not open */
  onUnusable: (device: 'microphone' | 'camera' | 'speaker') => void;
};

/** Plugging a device in fires several events. */
const SETTLE_MS = 400;
type Name = 'microphone' | 'camera';

export class RoomTracks {
  readonly #port: TracksPort;
  readonly #listeners: TracksListeners;
  readonly #microphone: CaptureDevice;
  readonly #camera: CaptureDevice;
  #use: UseDevices = USE_ANY;
  #listed: ListedDevice[] | null = null;
  #mayMoveCamera = false;
  #speakerFailed = false;
  #cameraWanted = true;
  #inUse = false;
  #ownCamera: MediaStream | null = null;
  #changing: ReturnType<typeof setTimeout> | undefined;
  #opening: ReturnType<typeof setTimeout> | undefined;

  constructor(port: TracksPort, listeners: TracksListeners) {
    this.#port = port;
    this.#listeners = listeners;
    this.#microphone = new CaptureDevice({
      ...this.#optionsOf('microphone'),
      isNeeded: () => this.#inUse,
      openTrack: (plan) => this.#openMicrophone(plan),
      keyOf: (plan) => `${nameOf(plan)} ${this.#browserCancelsEcho(plan)}`,
      onTrack: listeners.onMicrophone,
    });
    this.#camera = new CaptureDevice({
      ...this.#optionsOf('camera'),
      isNeeded: () => this.#inUse && this.#cameraWanted,
      openTrack: (plan) => this.#openCamera(plan),
      keyOf: nameOf,
      onTrack: (track) => {
        this.#ownCamera = track && port.createStream(track);
        listeners.onCamera(track, this.#cameraWanted && track === null ? 'absent' : 'off');
      },
    });
  }

  /** Looks what is there without opening anything, and follows what is plugged in and out. */
  start(): void {
    this.#port.onDeviceChange(() => {
      clearTimeout(this.#changing);
      this.#changing = setTimeout(() => void this.#look(), SETTLE_MS);
    });
    void this.#look();
  }

  /** While no track is open, the state that one would have. */
  get state(): TrackState {
    const [microphone, camera] = [this.#microphone, this.#camera];
    return {
      microphone: microphone.problem !== null ? 'absent' : microphone.muted ? 'muted' : 'on',
      camera: camera.problem !== null ? 'absent' : this.#cameraWanted ? 'on' : 'off',
      microphoneProblem: roomProblem(microphone.problem),
      cameraProblem: roomProblem(camera.problem),
      ownCamera: this.#ownCamera,
    };
  }

  /** The speaker for the others' sound; null: the browser's own choice. */
  get speakerId(): string | null {
    return this.#speakerFailed ? null : this.#use.speakerId;
  }

  get microphoneTrack(): MediaStreamTrack | null {
    return this.#microphone.track;
  }
  get cameraTrack(): MediaStreamTrack | null {
    return this.#camera.track;
  }
  /** null: the browser has not answered yet */
  get listed(): readonly ListedDevice[] | null {
    return this.#listed;
  }
  get openIds(): { cameraId: string | null; microphoneId: string | null; speakerId: string | null } {
    const { openId: cameraId } = this.#camera;
    return { cameraId, microphoneId: this.#microphone.openId, speakerId: this.speakerId };
  }
  /** The device that a call would open, for a test without a call. */
  get wanted(): { camera: Plan; microphone: Plan; speakerId: string | null; deviceCancelsEcho: boolean } {
    const { speakerId, deviceCancelsEcho } = this.#use;
    return { camera: this.#plan('camera'), microphone: this.#plan('microphone'), speakerId, deviceCancelsEcho };
  }

  /** For a call. Nobody waits for it: a track that opens later is sent later. */
  open(): void {
    clearTimeout(this.#opening);
    this.#inUse = true;
    void this.#microphone.settle();
    void this.#camera.settle();
  }

  /** For a call that is being joined: the others are shown first, because opening a device occupies the machine. */
  openSoon(): void {
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => this.open(), OTHERS_FIRST_MS);
  }

  /** These from now on; open tracks are replaced under a running call. */
  use(devices: UseDevices): void {
    if (devices.speakerId !== this.#use.speakerId) this.#speakerFailed = false;
    this.#use = devices;
    void this.#microphone.tryAll();
    void this.#camera.tryAll();
    this.#listeners.onChange();
  }

  /** The sound goes out elsewhere then, and no device hears its own echo. */
  speakerFailed(speakerId: string): void {
    if (speakerId !== this.#use.speakerId || this.#speakerFailed) return;
    this.#speakerFailed = true;
    void this.#microphone.settle();
    this.#listeners.onUnusable('speaker');
    this.#listeners.onChange();
  }

  /** After a call: lights go out, and microphone and camera are on again for the next one. */
  release(): void {
    this.#cameraWanted = true;
    this.#letGo();
    this.#microphone.setMuted(false);
    this.#listeners.onChange();
  }

  /** The newer screen needs them now; mute and camera off stay remembered. */
  giveUp(): void {
    this.#letGo();
    this.#listeners.onChange();
  }

  setMuted(muted: boolean): void {
    this.#microphone.setMuted(muted);
  }

  setCameraOn(on: boolean): void {
    this.#cameraWanted = on;
    if (on) void this.#camera.settle();
    else this.#camera.drop();
    this.#listeners.onChange();
  }

  #letGo(): void {
    clearTimeout(this.#opening);
    this.#inUse = false;
    this.#microphone.drop();
    this.#camera.drop();
  }

  #optionsOf(name: Name) {
    return {
      name,
      plan: () => this.#plan(name),
      fallback: (failedId: string | null) => fallbackFor(name, failedId, this.#use.inputIds, this.#listed ?? []),
      onChange: () => this.#listeners.onChange(),
      onUnusable: () => this.#listeners.onUnusable(name),
      // some browsers give names only of devices that they were once allowed to open
      onOpened: () => {
        if (this.#listed?.some(({ label }) => label === '')) void this.#look();
      },
    };
  }

  #plan(name: Name): Plan {
    const wantedId = name === 'camera' ? this.#use.cameraId : this.#use.microphoneId;
    return planOf(name, wantedId, this.#use.inputIds, this.#listed ?? []);
  }

  /** Left to the device only where it is this very one and the page plays there: never both off. */
  #browserCancelsEcho(plan: Plan): boolean {
    const { deviceCancelsEcho, microphoneId } = this.#use;
    return !(deviceCancelsEcho && nameOf(plan) === microphoneId && !this.#speakerFailed);
  }

  async #openMicrophone(plan: Plan): Promise<MediaStreamTrack> {
    const stream = await this.#port.getUserMedia(microphoneConstraints(plan, this.#browserCancelsEcho(plan)));
    return stream.getTracks()[0]!;
  }

  async #openCamera(plan: Plan): Promise<MediaStreamTrack> {
    const { getUserMedia } = this.#port;
    try {
      return (await getUserMedia(cameraConstraints(plan, this.#mayMoveCamera))).getTracks()[0]!;
    } catch (error) {
      if (!this.#mayMoveCamera || captureProblemOf(error) !== 'refused') throw error;
      // without the permission to move it, its picture is still allowed
      this.#mayMoveCamera = false;
      return (await getUserMedia(cameraConstraints(plan, false))).getTracks()[0]!;
    }
  }

  async #look(): Promise<void> {
    const found = await this.#port.enumerateDevices().catch(() => null);
    if (found !== null) this.#listed = listedDevices(found);
    this.#mayMoveCamera = await this.#port.mayMoveCamera().catch(() => false);
    const { speakerId } = this.#use;
    if (this.#listed?.some(({ deviceId }) => deviceId === speakerId)) this.#speakerFailed = false;
    for (const name of ['microphone', 'camera'] as const) {
      const device = name === 'microphone' ? this.#microphone : this.#camera;
      if (device.track === null && !device.opening) {
        const present = found === null || this.#listed!.some(({ kind }) => kind === name);
        const refused = await this.#port.isRefused(name).catch(() => false);
        device.problem = refused ? 'refused' : present ? null : 'missing';
        if (!present || refused) continue;
      }
      await device.tryAll();
    }
    this.#listeners.onChange();
  }
}

/** A busy device is reported as missing: it is tried again by itself. */
const roomProblem = (problem: CaptureProblem | null): RoomProblem | null => (problem === 'busy' ? 'missing' : problem);

const nameOf = (plan: Plan): string => (typeof plan === 'object' ? plan.exact : plan);
