/**
 * One camera or microphone of a room or a person: opens it, replaces it, mutes it, and opens it again after a loss. A
 * new track is opened before the former one stops, so that there is no gap. Where the wanted device does not
 * open, a fallback is used, and the wanted one is tried again when something changes. Some browsers do not report that a
 * lost device is back, so it is tried again and again. The owner decides which device, with what constraints.
 */

/** `any`: the browser's choice; `none`: there is no device that may be used. */
export type Plan = { exact: string } | 'any' | 'none';
/** `busy`: it is there, and something else holds it. */
export type CaptureProblem = 'missing' | 'refused' | 'busy';
export type CaptureDeviceOptions = {
  name: 'microphone' | 'camera';
  openTrack: (plan: Plan) => Promise<MediaStreamTrack>;
  /** a call wants it now */
  isNeeded: () => boolean;
  plan: () => Plan;
  fallback: (failedId: string | null) => Plan;
  /** two plans of one key open the same, in the same way */
  keyOf: (plan: Plan) => string;
  /** the new track is in its place before the former one stops; the open one again when its mute has changed */
  onTrack: (track: MediaStreamTrack | null) => void;
  onChange: () => void;
  /** the wanted one does not open; called once */
  onUnusable: () => void;
  onOpened: () => void;
};

/** Another program holds it, or it was pulled out: another screen that is about to let go, a headset that comes back. */
const LOOK_AGAIN_MS = 1_500;

export class CaptureDevice {
  readonly #options: CaptureDeviceOptions;
  track: MediaStreamTrack | null = null;
  /** of the open one, as far as it is known */
  openId: string | null = null;
  problem: CaptureProblem | null = null;
  /** the system has silenced or darkened the open track: a phone call, a privacy switch */
  interrupted = false;
  #muted = false;
  #openedBy = '';
  #settling = false;
  #again = false;
  /** not tried again before something changes */
  #failedId: string | null = null;
  #toldUnusableId: string | null = null;
  /** was open, and ended by itself */
  #lost = false;
  #looking = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** the open track has to be opened anew */
  #stale = false;
  #unwatch: () => void = () => {};

  constructor(options: CaptureDeviceOptions) {
    this.#options = options;
  }

  get opening(): boolean {
    return this.#settling;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** The only place that writes `track.enabled`. It holds for the open track and for each that replaces it. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (this.track !== null) {
      this.track.enabled = !muted;
      this.#options.onTrack(this.track);
    }
    this.#options.onChange();
  }

  /** Call it after every change of what is wanted, also while it runs. */
  async settle(): Promise<void> {
    this.#again = true;
    if (this.#settling) return;
    this.#settling = true;
    while (this.#again) {
      this.#again = false;
      if (this.#options.isNeeded()) await this.#open();
    }
    this.#settling = false;
  }

  /** Something is plugged in or out, or another is wanted: a device that failed may open now. */
  tryAll(): Promise<void> {
    this.#failedId = null;
    return this.settle();
  }

  /** The same once more, beside the open one, which goes when the new one is there: for a track that the system has silenced. */
  async reopen(): Promise<void> {
    this.#openedBy = '';
    this.#stale = true;
    await this.tryAll();
  }

  /** One that was opened together with another, in one question to the person. */
  adopt(track: MediaStreamTrack, plan: Plan): void {
    this.#adopt(track, plan);
    this.#options.onOpened();
  }

  /** The light goes out. */
  drop(): void {
    const { track } = this;
    clearTimeout(this.#later);
    this.#lost = false;
    this.#letGo();
    track?.stop();
    if (track !== null) this.#options.onTrack(null);
  }

  async #open(): Promise<void> {
    const { plan: planNow, keyOf, fallback, onUnusable } = this.#options;
    const plan = planNow();
    const wantedId = typeof plan === 'object' ? plan.exact : null;
    // any open one serves where none is named
    const serves = !this.#stale && (wantedId === null || this.#openedBy === keyOf(plan));
    if (this.track !== null && serves) return;
    this.#stale = false;
    if (wantedId === null || wantedId !== this.#failedId) {
      const why = await this.#tryToOpen(plan);
      if (why === null || this.#again) return;
      this.#failedId = wantedId;
      if (wantedId !== null && this.#toldUnusableId !== wantedId) onUnusable();
      this.#toldUnusableId = wantedId;
      if (why === 'refused') return;
    }
    // the one that is open is better than none
    if (this.track !== null || wantedId === null) return;
    const instead = fallback(wantedId);
    if (instead !== 'none') await this.#tryToOpen(instead);
  }

  /** @returns null: it is open, or nobody needs it any longer */
  async #tryToOpen(plan: Plan): Promise<CaptureProblem | null> {
    const { openTrack, isNeeded, onChange, onOpened, onTrack, name } = this.#options;
    try {
      if (plan === 'none') throw new DOMException('there is none that may be used', 'NotFoundError');
      const track = await openTrack(plan);
      // the call may have ended, or the camera been turned off, while the device was opening
      if (!isNeeded()) {
        track.stop();
        return null;
      }
      this.#adopt(track, plan);
      onOpened();
      return null;
    } catch (error) {
      const problem = captureProblemOf(error);
      if (problem === 'busy' || (problem === 'missing' && this.#lost)) this.#lookAgain();
      // a problem is reported once, though the device is tried again and again
      if (this.#looking && this.problem === problem) return problem;
      console.warn(`capture: no ${name}`, error);
      if (this.track === null) {
        this.problem = problem;
        onTrack(null);
      }
      onChange();
      return problem;
    }
  }

  #lookAgain(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.#looking = true;
      void this.tryAll().finally(() => {
        this.#looking = false;
      });
    }, LOOK_AGAIN_MS);
  }

  #adopt(track: MediaStreamTrack, plan: Plan): void {
    const { keyOf, onTrack, onChange } = this.#options;
    const former = this.track;
    this.#letGo();
    this.track = track;
    this.problem = null;
    this.#lost = false;
    this.#openedBy = keyOf(plan);
    this.openId = typeof plan === 'object' ? plan.exact : (track.getSettings?.().deviceId ?? null);
    if (this.openId !== null && this.openId === this.#toldUnusableId) this.#toldUnusableId = null;
    this.#watch(track);
    track.enabled = !this.#muted;
    onTrack(track);
    former?.stop();
    onChange();
  }

  #watch(track: MediaStreamTrack): void {
    const { onTrack, onChange } = this.#options;
    const onEnded = (): void => {
      // pulled out: report it, and look for it or another
      this.#letGo();
      this.problem = 'missing';
      this.#lost = true;
      this.#failedId = null;
      onTrack(null);
      onChange();
      void this.settle();
    };
    const onInterrupted = (): void => {
      this.interrupted = track.muted;
      onChange();
    };
    track.addEventListener('ended', onEnded);
    track.addEventListener('mute', onInterrupted);
    track.addEventListener('unmute', onInterrupted);
    this.#unwatch = () => {
      track.removeEventListener('ended', onEnded);
      track.removeEventListener('mute', onInterrupted);
      track.removeEventListener('unmute', onInterrupted);
    };
    this.interrupted = track.muted === true;
  }

  #letGo(): void {
    this.#unwatch();
    this.#unwatch = () => {};
    this.track = null;
    this.openId = null;
    this.interrupted = false;
  }
}

/** Maps the browser's refusal to a problem. */
export function captureProblemOf(error: unknown): CaptureProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'missing';
}
