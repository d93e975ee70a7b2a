/** Do the node's media ports let this room through: UDP, and TCP for networks that block it. */
import { MediaPorts, type MediaProtocol } from '#call/media-ports.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { Check } from './self-test-run.ts';

/** One place at the node for both; it is given back with the signal. */
export function mediaChecks(grant: CallGrant, signal: AbortSignal): Record<`media-${MediaProtocol}`, Check> {
  const ports = new MediaPorts({ grant });
  signal.addEventListener('abort', () => ports.close(), { once: true });
  const check = (protocol: MediaProtocol): Check => {
    return async () => ((await ports.reaches(protocol)) ? 'passed' : 'unreachable');
  };
  return { 'media-udp': check('udp'), 'media-tcp': check('tcp') };
}
