/**
 * Whether this browser reaches the media nodes: a socket to each, opened and closed, which proves name, route, TLS and
 * trust; and with a grant the media ports of one. Nobody joins anything.
 */
import { MediaPorts } from '#call/media-ports.ts';
import type { OpenSocket } from '#call/open-socket.ts';
import type { CallGrant } from '#contract/grants.ts';

const WITHIN_MS = 6_000;

/** @returns those that did not answer in time; all of them settle at once by the signal */
export async function unreachableOf(
  signalingUrls: readonly string[],
  openSocket: OpenSocket,
  signal: AbortSignal,
): Promise<string[]> {
  const reached = await Promise.all(signalingUrls.map((url) => opens(url, openSocket, signal)));
  return signalingUrls.filter((_, at) => !reached[at]);
}

/** @returns null where it was ended before it was known */
export async function mediaReach(grant: CallGrant, signal: AbortSignal): Promise<'reached' | 'blocked' | null> {
  const ports = new MediaPorts({ grant });
  signal.addEventListener('abort', () => ports.close(), { once: true });
  try {
    const reached = await Promise.all([ports.reaches('udp'), ports.reaches('tcp')]);
    if (signal.aborted) return null;
    return reached.includes(true) ? 'reached' : 'blocked';
  } catch (error) {
    // the node refused the grant: its ports are still unknown
    console.warn('screen: the media ports could not be tried', error);
    return null;
  } finally {
    ports.close();
  }
}

function opens(url: string, openSocket: OpenSocket, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(url);
    const end = (reached: boolean): void => {
      clearTimeout(late);
      resolve(reached);
      socket.close();
    };
    const late = setTimeout(() => end(false), WITHIN_MS);
    signal.addEventListener('abort', () => end(false), { once: true });
    socket.onopen = () => end(true);
    socket.onclose = () => end(false);
  });
}
