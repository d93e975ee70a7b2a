/** Rules 11 to 13 and 15, of the delivery: what a server answers to requests that a player makes, and to those that it should not make. */
import type { Fetched, ValidatorClient } from './client.ts';
import { listed, type ParsedPlaylist, parsePlaylist } from './m3u8.ts';
import { type Finding, Findings } from './playlist-rules.ts';

/** Asked for nothing that could be waited for. */
const AT_ONCE_MS = 1_000;
const PLAYLIST_TYPES = ['application/vnd.apple.mpegurl', 'audio/mpegurl'];
const MEDIA_TYPES = ['video/mp4', 'video/iso.segment', 'audio/mp4'];

export const withQuery = (url: string, query: string): string => `${url}${url.includes('?') ? '&' : '?'}${query}`;
const maxAgeOf = ({ headers }: Fetched): number | null => {
  const control = String(headers['cache-control'] ?? '');
  if (/no-store|no-cache/.test(control)) return 0;
  const [, maxAge] = /max-age=(\d+)/.exec(control) ?? [];
  return maxAge === undefined ? null : Number(maxAge);
};

export function checkPlaylistAnswer(
  answer: Fetched,
  { isHeld, isLive }: { isHeld: boolean; isLive: boolean },
): Finding[] {
  const found = new Findings();
  const { headers, protocol } = answer;
  const type = String(headers['content-type']).split(';')[0]!;
  found.check(15, PLAYLIST_TYPES.includes(type), `a playlist has type ${type}`);
  found.check(15, headers['content-encoding'] === 'gzip', 'a playlist is not gzipped');
  found.check(15, protocol === 'h2' || protocol === 'http/1.1', `protocol ${protocol}`);
  found.check(13, headers.age === undefined || Number(headers.age) === 0, `a playlist is ${headers.age} s old`);
  const maxAge = maxAgeOf(answer);
  // a whole one may be kept for as long as it is of use
  if (isLive && !isHeld) found.check(13, maxAge !== null && maxAge <= 1, `a live playlist is kept for ${maxAge} s`);
  return found.all;
}

export function checkMediaAnswer(uri: string, answer: Fetched): Finding[] {
  const found = new Findings();
  const type = String(answer.headers['content-type']).split(';')[0]!;
  found.check(15, MEDIA_TYPES.includes(type), `${uri} has type ${type}`);
  return found.all;
}

/** 6.2.5.2: held until what was asked for, no longer than three target durations. */
export function checkHeldAnswer(answer: Fetched, asked: { segment: number; part: number }, targetS: number): Finding[] {
  const found = new Findings();
  const name = `${asked.segment}.${asked.part}`;
  if (answer.status !== 200) {
    found.check(12, false, `a request for ${name} was answered ${answer.status} after ${Math.round(answer.tookMs)} ms`);
    return found.all;
  }
  found.check(
    12,
    answer.tookMs <= (3 * targetS + 1) * 1_000,
    `a request for ${name} was held ${Math.round(answer.tookMs)} ms`,
  );
  const playlist = parsePlaylist(answer.body.toString());
  found.check(12, playlist.isEnded || has(playlist, asked.segment, asked.part), `the answer has no part ${name}`);
  return found.all;
}

function has(playlist: ParsedPlaylist, segment: number, part: number): boolean {
  const newest = listed(playlist).at(-1);
  if (!newest || newest.sequence > segment) return newest !== undefined;
  return newest.sequence === segment && (newest.uri !== null || part < newest.parts.length);
}

export async function probe(client: ValidatorClient, url: string): Promise<Finding[]> {
  const found = new Findings();
  const playlist = parsePlaylist((await client.get(url)).body.toString());
  const last = playlist.segments.at(-1);
  if (!last) return [];
  const ask = (query: string): Promise<Fetched> => client.get(withQuery(url, query));
  if (playlist.isEnded) {
    const answer = await ask(`_HLS_msn=${last.sequence + 1}&_HLS_part=0`);
    found.check(
      11,
      answer.status === 200 && answer.tookMs < AT_ONCE_MS,
      `after the end: ${answer.status} after ${Math.round(answer.tookMs)} ms`,
    );
    return found.all;
  }
  if (playlist.control['CAN-BLOCK-RELOAD'] !== 'YES') {
    await checkFiles(found, client, url, last.uri, playlist);
    return found.all;
  }
  const refused = [
    ['_HLS_part=0', 'a part without its segment'],
    [`_HLS_msn=${last.sequence + 10}`, 'a segment far ahead'],
    [`_HLS_msn=${last.sequence + 2}&_HLS_part=500`, 'a part far ahead'],
  ] as const;
  for (const [query, what] of refused) {
    const answer = await withLimit(ask(query));
    found.check(
      12,
      answer?.status === 400 && answer.tookMs < AT_ONCE_MS,
      `${what}: ${answer ? answer.status : 'held'}`,
    );
  }
  const former = await ask(`_HLS_msn=${last.sequence}&_HLS_part=0`);
  found.check(
    12,
    former.status === 200 && former.tookMs < AT_ONCE_MS,
    `what is there was held ${Math.round(former.tookMs)} ms`,
  );
  await checkFiles(found, client, url, last.uri, playlist);
  return found.all;
}

/** Segments stay what they are; what is not there yet is asked for again. */
async function checkFiles(
  found: Findings,
  client: ValidatorClient,
  url: string,
  uri: string | null,
  playlist: ParsedPlaylist,
): Promise<void> {
  if (uri === null) return;
  const one = await client.get(new URL(uri, url).href);
  const again = await client.get(new URL(uri, url).href);
  found.check(13, one.body.equals(again.body), `${uri} changed`);
  found.check(13, (maxAgeOf(one) ?? 0) >= Number(playlist.targetDuration), `${uri} is kept for ${maxAgeOf(one)} s`);
  const future = uri.replace(/\d+/, (text) => String(Number(text) + 1_000_000));
  const missing = await withLimit(client.get(new URL(future, url).href));
  found.check(13, missing?.status === 404, `a file of the future: ${missing ? missing.status : 'held'}`);
  const maxAge = missing && maxAgeOf(missing);
  if (missing?.status === 404)
    found.check(
      13,
      maxAge !== null && maxAge <= (playlist.partTargetS ?? 1),
      `a missing file is kept missing for ${maxAge} s`,
    );
}

/** null: held for longer than what is refused may take. */
const withLimit = (answer: Promise<Fetched>): Promise<Fetched | null> =>
  Promise.race([answer, new Promise<null>((resolve) => setTimeout(() => resolve(null), 2 * AT_ONCE_MS).unref())]);

/** Two requests for the same, at the same time. */
export const checkSame = (one: Fetched, other: Fetched): Finding[] =>
  one.status === other.status && one.body.equals(other.body)
    ? []
    : [{ rule: 13, what: 'two clients got different playlists' }];
