/**
 * The guest's own microphone, camera and loudspeaker: asks for them in one question, reports which are missing, and
 * follows devices that are plugged in, pulled out, chosen, or interrupted by the system. A muted microphone is its track
 * disabled; a camera that is off is stopped, so that its light goes out. `CaptureDevice` opens each and tries it again.
 */
import { CaptureDevice, type CaptureProblem, captureProblemOf, type Plan } from '#call/capture-device.ts';
import { Observable } from '#call/observable.ts';

export type OfferedDevice = { deviceId: string; label: string };
type Device = {
  track: MediaStreamTrack | null;
  problem: CaptureProblem | null;
  asking: boolean;
  /** the system has silenced or darkened it */
  interrupted: boolean;
  /** the open one */
  deviceId: string | null;
  choices: readonly OfferedDevice[];
};
export type GuestDevicesState = {
  microphone: Device & { muted: boolean };
  camera: Device & { on: boolean };
  speaker: { deviceId: string | null; choices: readonly OfferedDevice[] };
};
export type CaptureKind = 'microphone' | 'camera';
type Kind = CaptureKind | 'speaker';

const KEPT_AS = { microphone: 'maru-microphone', camera: 'maru-camera', speaker: 'maru-speaker' } as const;
const LISTED_AS = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const;
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const NONE: Record<Kind, readonly OfferedDevice[]> = { microphone: [], camera: [], speaker: [] };

export class GuestDevices {
  readonly #captures: Record<CaptureKind, CaptureDevice>;
  #choices = NONE;
  readonly #wanted: Record<Kind, string | null> = { microphone: null, camera: null, speaker: null };
  #cameraOn = true;
  /** nobody is about to be in a call */
  #resting = false;
  /** the first question is open */
  #asking = true;
  readonly #store: Observable<GuestDevicesState>;

  constructor() {
    for (const kind of ['microphone', 'camera', 'speaker'] as const) this.#wanted[kind] = kept(kind);
    const optionsOf = (name: CaptureKind) => ({
      name,
      openTrack: async (plan: Plan) => (await open({ [STREAM_KIND[name]]: constraints(name, plan) })).getTracks()[0]!,
      plan: () => this.#plan(name),
      // gone between the list and the opening
      fallback: () => 'any' as const,
      keyOf: (plan: Plan) => (typeof plan === 'object' ? plan.exact : plan),
      onChange: () => this.#publish(),
      onUnusable: () => {},
      onOpened: () => void this.#list(),
    });
    this.#captures = {
      microphone: new CaptureDevice({
        ...optionsOf('microphone'),
        isNeeded: () => !this.#resting,
        onTrack: () => this.#publish(),
      }),
      camera: new CaptureDevice({
        ...optionsOf('camera'),
        isNeeded: () => this.#cameraOn && !this.#resting,
        onTrack: () => this.#publish(),
      }),
    };
    this.#store = new Observable(this.#compose());
  }

  readonly getSnapshot = (): GuestDevicesState => this.#store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  async start(): Promise<void> {
    navigator.mediaDevices?.addEventListener('devicechange', this.#lookAgain);
    document.addEventListener('visibilitychange', this.#onVisible);
    this.#followRights();
    try {
      // one question for both; where one of them is missing, each is asked for alone
      const stream = await open({
        audio: constraints('microphone', 'any', this.#wanted.microphone),
        video: constraints('camera', 'any', this.#wanted.camera),
      });
      this.#asking = false;
      const [microphone, camera] = [stream.getAudioTracks()[0], stream.getVideoTracks()[0]];
      if (this.#resting) microphone?.stop();
      else if (microphone) this.#captures.microphone.adopt(microphone, opened(microphone));
      if (camera && this.#cameraOn && !this.#resting) this.#captures.camera.adopt(camera, opened(camera));
      else camera?.stop();
    } catch (error) {
      if (captureProblemOf(error) === 'refused')
        for (const capture of Object.values(this.#captures)) capture.problem = 'refused';
      this.#asking = false;
      this.#publish();
    }
    await Promise.all(Object.values(this.#captures).map((capture) => capture.settle()));
    await this.#list();
  }

  /** Closes both, so that their lights go out, until `wake`. */
  rest(): void {
    this.#resting = true;
    for (const capture of Object.values(this.#captures)) capture.drop();
    this.#publish();
  }
  async wake(): Promise<void> {
    this.#resting = false;
    await Promise.all(Object.values(this.#captures).map((capture) => capture.settle()));
    await this.#list();
  }

  /** Again, after the person has plugged a device in, allowed it, or ended the interruption. */
  async retry(kind: CaptureKind): Promise<void> {
    const capture = this.#captures[kind];
    const done = capture.track === null ? capture.tryAll() : capture.reopen();
    this.#publish();
    await done;
    this.#publish();
    await this.#list();
  }

  async choose(kind: Kind, deviceId: string): Promise<void> {
    keep(kind, deviceId);
    this.#wanted[kind] = deviceId;
    if (kind === 'speaker') return this.#publish();
    // most phones give one camera at a time
    if (kind === 'camera') this.#captures.camera.drop();
    await this.#captures[kind].tryAll();
    this.#publish();
  }

  setMuted(muted: boolean): void {
    this.#captures.microphone.setMuted(muted);
  }

  async setCameraOn(on: boolean): Promise<void> {
    this.#cameraOn = on;
    if (!on) this.#captures.camera.drop();
    const done = this.#captures.camera.settle();
    this.#publish();
    await done;
    this.#publish();
  }

  /** The loudspeaker that was chosen does not open: the browser's own choice from now on. */
  speakerFailed(): void {
    this.#wanted.speaker = null;
    this.#publish();
  }

  #plan(kind: CaptureKind): Plan {
    const deviceId = this.#wanted[kind];
    // a missing device is not requested by name: some browsers would ask the person again
    return deviceId !== null && this.#choices[kind].some((choice) => choice.deviceId === deviceId)
      ? { exact: deviceId }
      : 'any';
  }

  readonly #lookAgain = (): void => {
    void this.#list().then(() =>
      Promise.all(Object.values(this.#captures).map((capture) => this.#settleIfMissing(capture))),
    );
  };

  /** Only the person may ask again for a refused device. */
  #settleIfMissing(capture: CaptureDevice): Promise<void> {
    return capture.problem === 'refused' ? Promise.resolve() : capture.tryAll();
  }

  /** The system does not always return a device to the same track that it interrupted while the page was away. */
  readonly #onVisible = (): void => {
    if (document.visibilityState !== 'visible') return;
    for (const capture of Object.values(this.#captures)) if (capture.interrupted) void capture.reopen();
  };

  /** A right that is given in the browser's own bar. */
  #followRights(): void {
    for (const name of ['microphone', 'camera'] as const)
      navigator.permissions
        ?.query({ name })
        .then((permission) =>
          permission.addEventListener('change', () => {
            if (permission.state === 'granted') void this.#captures[name].tryAll();
          }),
        )
        // a browser that does not know the name
        .catch(() => {});
  }

  async #list(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => null)) ?? [];
    const choicesOf = (kind: Kind): OfferedDevice[] =>
      all
        .filter(
          (device) => device.kind === LISTED_AS[kind] && device.deviceId !== '' && device.deviceId !== 'communications',
        )
        .map(({ deviceId, label }) => ({ deviceId, label }));
    this.#choices = { microphone: choicesOf('microphone'), camera: choicesOf('camera'), speaker: choicesOf('speaker') };
    this.#publish();
  }

  #publish(): void {
    this.#store.set(this.#compose());
  }

  #compose(): GuestDevicesState {
    const deviceOf = (kind: CaptureKind): Device => {
      const { track, problem, opening, interrupted, openId } = this.#captures[kind];
      const asking = track === null && (this.#asking || opening);
      return {
        track,
        problem: track ? null : problem,
        asking,
        interrupted,
        deviceId: openId,
        choices: this.#choices[kind],
      };
    };
    const { speaker } = this.#choices;
    const isThere = speaker.some(({ deviceId }) => deviceId === this.#wanted.speaker);
    return {
      microphone: { ...deviceOf('microphone'), muted: this.#captures.microphone.muted },
      camera: { ...deviceOf('camera'), on: this.#cameraOn },
      speaker: { deviceId: isThere ? this.#wanted.speaker : null, choices: speaker },
    };
  }
}

const STREAM_KIND = { microphone: 'audio', camera: 'video' } as const;

function open(asked: MediaStreamConstraints): Promise<MediaStream> {
  // no secure context, no devices: the page still works without them
  if (!navigator.mediaDevices) return Promise.reject(new DOMException('no secure context', 'NotFoundError'));
  return navigator.mediaDevices.getUserMedia(asked);
}

function opened(track: MediaStreamTrack): Plan {
  const { deviceId } = track.getSettings();
  return deviceId ? { exact: deviceId } : 'any';
}

/** @param idealId used where it is there */
function constraints(kind: CaptureKind, plan: Plan, idealId: string | null = null): MediaTrackConstraints {
  const device = typeof plan === 'object' ? { exact: plan.exact } : idealId === null ? null : { ideal: idealId };
  return { ...(kind === 'microphone' ? MICROPHONE : CAMERA), ...(device && { deviceId: device }) };
}

function kept(kind: Kind): string | null {
  try {
    return localStorage.getItem(KEPT_AS[kind]);
  } catch {
    return null;
  }
}

function keep(kind: Kind, deviceId: string): void {
  try {
    localStorage.setItem(KEPT_AS[kind], deviceId);
  } catch {
    // lasts as long as the page
  }
}
