/** The next step after a refusal or a drop. Pure, so that every code has its answer in one table. */
import { type ErrorCode, fromWire } from '#contract/error-codes.ts';
import type { EndReason } from '#contract/room-state.ts';

export type Consequence =
  /** the same again, a little later */
  | { step: 'try-again' }
  /** the place is gone, the meeting may not be: ask for another grant */
  | { step: 'ask-for-grant' }
  | { step: 'ended'; reason: EndReason }
  | { step: 'failed' };

/** @param held we were in the call: a call that is over has ended for us, where a newcomer would ask for the next */
export function consequenceOf(code: ErrorCode, held: boolean): Consequence {
  switch (code) {
    case 'removed-from-call':
      return { step: 'ended', reason: 'removed' };
    case 'call-ended':
      return held ? { step: 'ended', reason: 'ended-by-participant' } : { step: 'ask-for-grant' };
    case 'call-moved':
    case 'peer-unknown':
    case 'token-expired':
    case 'token-used':
    case 'token-invalid':
    case 'no-media-node':
      return { step: 'ask-for-grant' };
    case 'too-many-attempts':
      return { step: 'try-again' };
    case 'internal':
    case 'not-possible-now':
      return { step: 'ask-for-grant' };
    // of a kiosk or a fleet server: no media node sends them
    case 'calendar-unreachable':
    case 'tv-not-answering':
    case 'device-gone':
    case 'storage-failed':
    case 'converter-unavailable':
    case 'printer-unavailable':
    case 'openid-unreachable':
    case 'program-unavailable':
    case 'packager-unavailable':
    case 'rewind-off':
    case 'recording-failed':
      return { step: 'failed' };
    default:
      return fromWire({ code, message: code }).kind === 'operational' ? { step: 'try-again' } : { step: 'failed' };
  }
}
