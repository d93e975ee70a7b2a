/** The devices that can cancel a stuck start, or leave a call that the TV does not get back into. Pure. */
import type { ScreenView } from '#contract/screen-link.ts';

export type WayOut = 'phone' | 'speakerphone' | 'remoteBack' | 'remoteRed';

/** @returns those that this room has, the nearest at hand first; none: it ends by itself */
export function waysOut({ pairing, projections: { equipment } }: ScreenView, words: 'slow' | 'lost'): WayOut[] {
  const ways: WayOut[] = [];
  if (pairing !== null) ways.push('phone');
  if (equipment?.speakerphone?.state === 'ready') ways.push('speakerphone');
  // one press cancels a start; it never leaves a call
  if (equipment?.tv.control === 'cec') ways.push(words === 'slow' ? 'remoteBack' : 'remoteRed');
  return ways;
}
