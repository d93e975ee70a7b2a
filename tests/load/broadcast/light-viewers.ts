/**
 * A process of many viewers without a browser. Each follows the playlist and fetches each part once it is listed, as hls.js does: HTTP/2
 * over TLS, a cookie, the origin of a page, Chromium's windows. Where playlists are not held, or not fetched, the parent names the moments.
 */
import { connect, type ClientHttp2Session } from 'node:http2';
import { gunzipSync } from 'node:zlib';
import { livePath, livePaths, partFile, watchCookie } from '#contract/live-delivery.ts';

export type Watch = {
  name: 'watch';
  origin: string;
  broadcastId: string;
  tokens: string[];
  pageOrigin: string;
  ca: string;
  follows: Follows;
};
/** A playlist that the server holds until there is the next part; a playlist as a plain file; no playlist, each part alone. */
export type Follows = 'held-playlist' | 'playlist' | 'parts';
export type ToViewers = Watch | ({ name: 'part' } & Place) | { name: 'count' } | { name: 'leave' };
/** Since they came. */
export type Counts = { requests: number; bytes: number; failures: number };

const STREAM_WINDOW_BYTES = 6 * 1024 * 1024;
const SESSION_WINDOW_BYTES = 15 * 1024 * 1024;
type Place = { segment: number; part: number };

let counts: Counts = { requests: 0, bytes: 0, failures: 0 };
let sessions: ClientHttp2Session[] = [];
let waiting: (() => void)[] = [];
let partsSoFar = 0;
let newest: Place = { segment: 0, part: 0 };

process.on('message', (message: ToViewers) => {
  if (message.name === 'watch') come(message);
  else if (message.name === 'part') {
    partsSoFar += 1;
    newest = message;
    for (const go of waiting.splice(0)) go();
  } else if (message.name === 'count') process.send?.(counts);
  else {
    leave();
    process.send?.(counts);
  }
});
process.once('disconnect', () => process.exit(0));

function come(watch: Watch): void {
  counts = { requests: 0, bytes: 0, failures: 0 };
  for (const token of watch.tokens) {
    const session = connect(watch.origin, { ca: watch.ca, settings: { initialWindowSize: STREAM_WINDOW_BYTES } });
    session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES));
    session.on('error', () => (counts.failures += 1));
    sessions.push(session);
    void follow(session, watch, token).catch(() => {
      if (!session.destroyed) counts.failures += 1;
    });
  }
}

function leave(): void {
  for (const session of sessions) session.destroy();
  sessions = [];
  waiting = [];
}

async function follow(session: ClientHttp2Session, watch: Watch, token: string): Promise<void> {
  const headers = {
    cookie: `${watchCookie(true)}=${token}`,
    origin: watch.pageOrigin,
    'accept-encoding': 'gzip, deflate, br',
    'user-agent':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  };
  const get = (file: string) => fetchFrom(session, livePath(watch.broadcastId, file), headers);
  let place = hintOf(await get(livePaths.live));
  await get(livePaths.init);
  while (!session.destroyed) {
    const seen = partsSoFar;
    if (watch.follows !== 'held-playlist') await nextPart(seen);
    if (watch.follows === 'parts') {
      await get(partFile(newest.segment, newest.part));
      continue;
    }
    const directives = `?_HLS_msn=${place.segment}&_HLS_part=${place.part}&_HLS_skip=YES`;
    const playlist = await get(livePaths.live + directives);
    const from = place;
    place = hintOf(playlist);
    for (const { segment, part } of partsOf(playlist))
      if (segment > from.segment || (segment === from.segment && part >= from.part)) await get(partFile(segment, part));
  }
}

const nextPart = (seen: number): Promise<void> =>
  partsSoFar > seen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));

const placeOf = (segment: string | undefined, part: string | undefined): Place => ({
  segment: Number(segment),
  part: Number(part),
});
function hintOf(playlist: Buffer): Place {
  const [, segment, part] = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(playlist.toString()) ?? [];
  if (part === undefined) throw new Error('the playlist has no hint');
  return placeOf(segment, part);
}
const partsOf = (playlist: Buffer): Place[] =>
  [...playlist.toString().matchAll(/#EXT-X-PART:.*URI="(\d+)\.(\d+)\.m4s"/g)].map(([, segment, part]) =>
    placeOf(segment, part),
  );

/** @throws Error where the answer is no 200 */
function fetchFrom(session: ClientHttp2Session, path: string, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ...headers, ':path': path });
    const chunks: Buffer[] = [];
    let isGzip = false;
    stream.on('response', (answer) => {
      isGzip = answer['content-encoding'] === 'gzip';
      if (answer[':status'] !== 200) reject(new Error(`${path}: ${answer[':status']}`));
    });
    stream.on('data', (chunk: Buffer) => {
      counts.bytes += chunk.length;
      chunks.push(chunk);
    });
    stream.once('error', reject);
    stream.once('end', () => {
      counts.requests += 1;
      const body = Buffer.concat(chunks);
      resolve(isGzip ? gunzipSync(body) : body);
    });
  });
}
