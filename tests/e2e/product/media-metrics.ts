/** What the media node and its workers say they hold, from the node's own metrics page. */

/** `carried calls` and `held routers` and the like; a worker's are added up. */
export type MediaMetrics = Record<string, number>;

/** Where the node serves, as the guest's page names it: nobody has to enter for it. */
export async function mediaOrigin(joinUrl: string): Promise<string> {
  const page = await (await fetch(joinUrl)).text();
  const named = /<meta name="maru-signaling" content="([^"]+)"/.exec(page);
  if (!named) throw new Error('the join page names no media node');
  const url = new URL(named[1]!);
  return `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}`;
}

export async function readMediaMetrics(origin: string): Promise<MediaMetrics> {
  const response = await fetch(new URL('/metrics', origin));
  if (!response.ok) throw new Error(`metrics: ${response.status}`);
  return parseMediaMetrics(await response.text());
}

export function parseMediaMetrics(text: string): MediaMetrics {
  const sums: MediaMetrics = {};
  for (const [, name, labels, value] of text.matchAll(/^maru_media_(carried|worker_held)\{([^}]*)\} (\S+)$/gm)) {
    const what = /what="([^"]+)"/.exec(labels!)?.[1];
    const key = `${name === 'carried' ? 'carried' : 'held'} ${what}`;
    sums[key] = (sums[key] ?? 0) + Number(value);
  }
  if (!('held routers' in sums)) throw new Error('the node tells nothing of its workers');
  return sums;
}

/** Which workers hold routers now. */
export async function busyWorkers(origin: string): Promise<number[]> {
  const text = await (await fetch(new URL('/metrics', origin))).text();
  return [...text.matchAll(/^maru_media_worker_held\{worker="(\d+)",what="routers"\} (\S+)$/gm)]
    .filter(([, , routers]) => Number(routers) > 0)
    .map(([, index]) => Number(index));
}

/** Nothing of a call is open: by our own count, and by the workers'. */
export const nothingOpen: MediaMetrics = {
  'carried calls': 0,
  'carried peers': 0,
  'carried producers': 0,
  'carried consumers': 0,
  'carried pipes': 0,
  'held routers': 0,
  'held webrtc_transports': 0,
  'held transports': 0,
  'held producers': 0,
  'held consumers': 0,
};
