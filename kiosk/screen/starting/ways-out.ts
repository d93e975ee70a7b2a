/** By what a start that is stuck can be cancelled, and a call left that the TV does not get back into. Pure. */
import type { ScreenView } from '#contract/screen-link.ts';

export type WayOut = 'phone' | 'speakerphone' | 'remoteBack' | 'remoteRed';

/** @returns what this room has, the nearest at hand first; none: it ends by itself */
export function waysOut({ pairing, projections: { equipment } }: ScreenView, words: 'slow' | 'lost'): WayOut[] {
  const ways: WayOut[] = [];
  if (pairing !== null) ways.push('phone');
  if (equipment?.speakerphone?.state === 'ready') ways.push('speakerphone');
  // one press cancels what has not begun; a call is never left by one
  if (equipment?.tv.control === 'cec') ways.push(words === 'slow' ? 'remoteBack' : 'remoteRed');
  return ways;
}
