/**
 * One of the room's two inputs, camera or microphone: brings what is open to what is wanted, one step at a time. What
 * replaces an open track is opened first, so that nobody hears or sees a gap; where the wanted one does not open,
 * another is taken, and the wanted one again when something has changed.
 */
import type { Plan } from './device-plan.ts';

export type DeviceProblem = 'missing' | 'refused';
export type RoomDeviceOptions = {
  name: 'microphone' | 'camera';
  openTrack: (plan: Plan) => Promise<MediaStreamTrack>;
  /** a call wants it now */
  isNeeded: () => boolean;
  plan: () => Plan;
  fallback: (failedId: string | null) => Plan;
  /** two plans of one key open the same, in the same way */
  keyOf: (plan: Plan) => string;
  /** the new track is in its place before the former one stops */
  onTrack: (track: MediaStreamTrack | null) => void;
  onChange: () => void;
  /** the wanted one does not open; said once */
  onUnusable: () => void;
  onOpened: () => void;
};

/** Another program holds it: another screen that is about to let go, for one. */
const BUSY_RETRY_MS = 1_500;

export class RoomDevice {
  readonly #options: RoomDeviceOptions;
  track: MediaStreamTrack | null = null;
  /** of the open one, as far as it is known */
  openId: string | null = null;
  problem: DeviceProblem | null = null;
  #openedBy = '';
  #settling = false;
  #again = false;
  /** not tried again before something changes */
  #failedId: string | null = null;
  #toldUnusableId: string | null = null;

  constructor(options: RoomDeviceOptions) {
    this.#options = options;
  }

  get opening(): boolean {
    return this.#settling;
  }

  /** After every change of what is wanted; what changes meanwhile is seen to. */
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

  /** Something is plugged in or out, or another is wanted: what failed may open now. */
  tryAll(): Promise<void> {
    this.#failedId = null;
    return this.settle();
  }

  /** The light goes out. */
  drop(): void {
    const { track } = this;
    this.track = null;
    this.openId = null;
    track?.stop();
    if (track !== null) this.#options.onTrack(null);
  }

  async #open(): Promise<void> {
    const { plan: planNow, keyOf, fallback, onUnusable } = this.#options;
    const plan = planNow();
    const wantedId = typeof plan === 'object' ? plan.exact : null;
    // whatever is open serves where none is named
    if (this.track !== null && (wantedId === null || this.#openedBy === keyOf(plan))) return;
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
  async #tryToOpen(plan: Plan): Promise<DeviceProblem | 'busy' | null> {
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
      const problem = problemOf(error);
      console.warn(`screen: no ${name}`, error);
      if (problem === null) setTimeout(() => void this.tryAll(), BUSY_RETRY_MS);
      if (this.track === null) {
        this.problem = problem ?? 'missing';
        onTrack(null);
      }
      onChange();
      return problem ?? 'busy';
    }
  }

  #adopt(track: MediaStreamTrack, plan: Plan): void {
    const { keyOf, onTrack, onChange } = this.#options;
    const former = this.track;
    this.track = track;
    this.problem = null;
    this.#openedBy = keyOf(plan);
    this.openId = typeof plan === 'object' ? plan.exact : (track.getSettings?.().deviceId ?? null);
    if (this.openId !== null && this.openId === this.#toldUnusableId) this.#toldUnusableId = null;
    track.addEventListener('ended', () => {
      if (this.track !== track) return;
      // pulled out: say so, and look for another
      this.problem = 'missing';
      this.drop();
      onChange();
      void this.settle();
    });
    onTrack(track);
    former?.stop();
    onChange();
  }
}

/** null: it is there, but something else holds it. */
export function problemOf(error: unknown): DeviceProblem | null {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotReadableError' || name === 'AbortError' ? null : 'missing';
}
