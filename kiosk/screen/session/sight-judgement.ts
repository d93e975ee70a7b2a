/**
 * What a device that is open gives, from looks a second apart: pure. Black is a covered lens or nothing at all, not a dark room;
 * frozen is one and the same picture, which no sensor gives; silent is digital silence, which no microphone gives for long.
 */
import type { DeviceSight } from '#contract/kiosk-health.ts';
import { differs, isBlack } from './self-test/picture-judgement.ts';

const BLACK_LOOKS = 3;
const FROZEN_LOOKS = 6;
/** Since it was opened, without any sound at all; then, of one that was heard before: some close a gate between words. */
const SILENT_LOOKS = { never: 10, before: 300 };

export class CameraJudgement {
  #last: Uint8ClampedArray | null = null;
  #black = 0;
  #alike = 0;

  /** @param pixels RGBA, of the same size each time; null: no frame came since the last look */
  add(pixels: Uint8ClampedArray | null): DeviceSight {
    this.#black = pixels !== null && isBlack(pixels) ? this.#black + 1 : 0;
    this.#alike = pixels !== null && (this.#last === null || differs(this.#last, pixels)) ? 0 : this.#alike + 1;
    if (pixels !== null) this.#last = pixels;
    if (this.#black >= BLACK_LOOKS) return 'black';
    return this.#alike >= FROZEN_LOOKS ? 'frozen' : 'well';
  }
}

export class MicrophoneJudgement {
  #quiet = 0;
  #wasHeard = false;

  add(hasSound: boolean): DeviceSight {
    this.#wasHeard ||= hasSound;
    this.#quiet = hasSound ? 0 : this.#quiet + 1;
    return this.#quiet >= (this.#wasHeard ? SILENT_LOOKS.before : SILENT_LOOKS.never) ? 'silent' : 'well';
  }
}

/** A fault is reported once it has lasted for so many looks; that it is mended, at once. */
const FAULT_LOOKS = 3;

export class SteadySight {
  #shown: DeviceSight = 'not-open';
  #next: DeviceSight = 'not-open';
  #looks = 0;

  get shown(): DeviceSight {
    return this.#shown;
  }

  add(sight: DeviceSight): DeviceSight {
    this.#looks = sight === this.#next ? this.#looks + 1 : 1;
    this.#next = sight;
    const isFault = sight !== 'well' && sight !== 'not-open';
    if (!isFault || this.#looks >= FAULT_LOOKS) this.#shown = sight;
    return this.#shown;
  }
}
