/**
 * Watches a stream as a player does, with every request that low latency has, and judges what comes: 18 rules after
 * draft-pantos-hls-rfc8216bis and after what players bear.
 */
import { type Fetched, ValidatorClient, type ValidatorClientOptions } from './client.ts';
import {
  checkHeldAnswer,
  checkMediaAnswer,
  checkPlaylistAnswer,
  checkSame,
  probe,
  withQuery,
} from './delivery-rules.ts';
import { listed, type ListedSegment, type ParsedPlaylist, parsePlaylist } from './m3u8.ts';
import {
  checkDecodes,
  checkPart,
  checkSegment,
  checkVariant,
  type FetchedPart,
  type Track,
  tracksOf,
} from './media-rules.ts';
import { checkDelta, checkLength, checkPlaylist, checkReload, type Finding } from './playlist-rules.ts';

/** The URL is of a media or multivariant playlist. */
export type ValidateOptions = ValidatorClientOptions & {
  /** of a stream that has not ended */
  seconds: number;
  /** ends it before */
  signal?: AbortSignal;
};
export type Verdict = {
  findings: Finding[];
  playlists: number;
  parts: number;
  segments: number;
  decoded: number;
  /** requests that the server did not answer because it was away */
  outages: number;
  /** by their ids, as they were listed last */
  dateRanges: Map<string, Record<string, string>>;
};

/** A stream that has ended is read so far. */
const MOST_ENDED_SEGMENTS = 60;

/** The newest that is listed, by its name: numbers depend on what was skipped. */
const edgeOf = ({ underWay, segments }: ParsedPlaylist): string =>
  underWay?.parts.at(-1)?.uri ?? segments.at(-1)?.uri ?? '';

/** @throws what the network throws */
export async function validate(options: ValidateOptions): Promise<Verdict> {
  const client = new ValidatorClient(options);
  try {
    return await new Validation(client, options).run();
  } finally {
    client.close();
  }
}

class Validation {
  readonly #client: ValidatorClient;
  readonly #options: ValidateOptions;
  readonly #found = new Map<string, Finding>();
  readonly #parts = new Map<string, FetchedPart & { sequence: number }>();
  readonly #checkedSegments = new Set<number>();
  readonly #dateRanges = new Map<string, Record<string, string>>();
  #url: string;
  #others: string[] = [];
  #variant: Record<string, string> | null = null;
  #init: Buffer = Buffer.alloc(0);
  #tracks: Track[] = [];
  #last: FetchedPart | null = null;
  #lastPlace = { sequence: -1, index: -1 };
  #peakBps = 0;
  #playlists = 0;
  #readCount = 0;
  #listedAtOutages = 0;
  #decoded = 0;

  constructor(client: ValidatorClient, options: ValidateOptions) {
    this.#client = client;
    this.#options = options;
    this.#url = options.url;
  }

  async run(): Promise<Verdict> {
    const playlist = await this.#first();
    if (!playlist) return this.#verdict();
    await this.#readInit(playlist);
    await (playlist.isEnded ? this.#readEnded(playlist) : this.#follow(playlist));
    this.#add(await probe(this.#client, this.#url));
    if (this.#variant) this.#add(checkVariant(this.#variant, this.#init, this.#peakBps));
    return this.#verdict();
  }

  #verdict(): Verdict {
    return {
      findings: [...this.#found.values()].sort((one, other) => one.rule - other.rule),
      playlists: this.#playlists,
      parts: this.#readCount,
      segments: this.#checkedSegments.size,
      decoded: this.#decoded,
      outages: this.#client.outages,
      dateRanges: this.#dateRanges,
    };
  }

  #add(findings: readonly Finding[]): void {
    for (const finding of findings) this.#found.set(`${finding.rule} ${finding.what}`, finding);
  }

  async #first(): Promise<ParsedPlaylist | null> {
    const answer = await this.#client.get(this.#url);
    if (answer.status !== 200) {
      this.#add([{ rule: 12, what: `the playlist was answered ${answer.status}` }]);
      return null;
    }
    const playlist = parsePlaylist(answer.body.toString());
    const [variant] = playlist.variants;
    if (!variant) return this.#judge(answer, false);
    this.#variant = variant.attributes;
    this.#others = playlist.variants.slice(1).map(({ uri }) => uri);
    this.#url = new URL(variant.uri, this.#url).href;
    return this.#judge(await this.#client.get(this.#url), false);
  }

  #judge(answer: Fetched, isHeld: boolean): ParsedPlaylist {
    this.#playlists += 1;
    this.#listedAtOutages = this.#client.outages;
    const playlist = parsePlaylist(answer.body.toString());
    for (const [id, attributes] of playlist.dateRanges) this.#dateRanges.set(id, attributes);
    this.#add(checkPlaylistAnswer(answer, { isHeld, isLive: !playlist.isEnded }));
    this.#add(checkPlaylist(playlist, this.#others));
    this.#add(checkLength(playlist));
    return playlist;
  }

  async #readInit({ maps }: ParsedPlaylist): Promise<void> {
    const answer = await this.#fetch(maps[0] ?? '');
    this.#init = answer.body;
    this.#tracks = tracksOf(answer.body);
    this.#add(this.#tracks.length > 0 ? [] : [{ rule: 18, what: 'the init segment has no tracks' }]);
  }

  async #fetch(uri: string, range: string | null = null): Promise<Fetched> {
    const [, size, offset] = /^(\d+)@(\d+)$/.exec(range ?? '') ?? [];
    const headers = size ? { range: `bytes=${offset}-${Number(offset) + Number(size) - 1}` } : undefined;
    const answer = await this.#client.get(new URL(uri, this.#url).href, headers);
    const isRight = answer.status === (headers ? 206 : 200);
    // it was listed by a server that is gone, with what it had in memory alone
    if (answer.status === 404 && this.#client.outages > this.#listedAtOutages) return answer;
    this.#add(
      isRight
        ? checkMediaAnswer(uri, answer)
        : [{ rule: 12, what: `${uri} is listed, and was answered ${answer.status}` }],
    );
    return answer;
  }

  async #follow(first: ParsedPlaylist): Promise<void> {
    let playlist = first;
    await this.#readMedia(playlist);
    const untilMs = performance.now() + this.#options.seconds * 1_000;
    while (performance.now() < untilMs && !this.#options.signal?.aborted && !playlist.isEnded) {
      const { outages } = this.#client;
      const next = await (playlist.partTargetS === null ? this.#poll(playlist) : this.#hold(playlist));
      if (!next) break;
      this.#add(checkReload(playlist, next, outages !== this.#client.outages));
      playlist = next;
      await this.#readMedia(playlist);
    }
  }

  async #readMedia(playlist: ParsedPlaylist): Promise<void> {
    if (playlist.partTargetS === null) await this.#readSegments(playlist.segments, true);
    else await this.#readParts(playlist);
  }

  async #poll({ targetDuration }: ParsedPlaylist): Promise<ParsedPlaylist> {
    await new Promise((resolve) => setTimeout(resolve, (Number(targetDuration) * 1_000) / 2));
    const { outages } = this.#client;
    const [whole, delta] = await Promise.all([
      this.#client.get(this.#url),
      this.#client.get(withQuery(this.#url, '_HLS_skip=YES')),
    ]);
    const playlist = this.#judge(whole, false);
    if (outages === this.#client.outages) this.#addOfOneMoment(playlist, delta);
    return playlist;
  }

  /** The next part: by two held playlists, by a delta update, and by its hint. */
  async #hold(playlist: ParsedPlaylist): Promise<ParsedPlaylist | null> {
    const asked = playlist.underWay
      ? { segment: playlist.underWay.sequence, part: playlist.underWay.parts.length }
      : { segment: (playlist.segments.at(-1)?.sequence ?? playlist.mediaSequence - 1) + 1, part: 0 };
    const url = withQuery(this.#url, `_HLS_msn=${asked.segment}&_HLS_part=${asked.part}`);
    const hint = playlist.hints.find(({ TYPE }) => TYPE === 'PART')?.URI;
    const { outages } = this.#client;
    const [one, other, delta, hinted] = await Promise.all([
      this.#client.get(url),
      this.#client.get(url),
      this.#client.get(withQuery(url, '_HLS_skip=YES')),
      hint === undefined ? null : this.#client.get(new URL(hint, this.#url).href),
    ]);
    this.#add(checkHeldAnswer(one, asked, Number(playlist.targetDuration)));
    if (one.status !== 200) return null;
    const next = this.#judge(one, true);
    // they were asked again at different moments
    if (outages !== this.#client.outages) return next;
    if (edgeOf(parsePlaylist(other.body.toString())) === edgeOf(next)) this.#add(checkSame(one, other));
    if (delta.status === 200) this.#addOfOneMoment(next, delta);
    if (hint !== undefined && hinted) await this.#checkHinted(hint, hinted, next);
    return next;
  }

  /** Where a part came between two answers, they are no versions of one playlist. */
  #addOfOneMoment(whole: ParsedPlaylist, answer: Fetched): void {
    const delta = parsePlaylist(answer.body.toString());
    if (edgeOf(delta) === edgeOf(whole)) this.#add(checkDelta(whole, delta));
  }

  async #checkHinted(uri: string, hinted: Fetched, next: ParsedPlaylist): Promise<void> {
    const isListed = listed(next).some(({ parts }) => parts.some((part) => part.uri === uri));
    if (!isListed) return;
    const isWhole = hinted.status === 200 && hinted.body.equals((await this.#fetch(uri)).body);
    this.#add(
      isWhole
        ? []
        : [{ rule: 8, what: `${uri} was hinted, and answered ${hinted.status} with ${hinted.body.length} bytes` }],
    );
  }

  async #readParts(playlist: ParsedPlaylist): Promise<void> {
    for (const segment of listed(playlist)) {
      let { dateMs } = segment;
      // what follows it does not follow what we have
      if (segment.isGap && segment.sequence >= this.#lastPlace.sequence) this.#last = null;
      for (const [index, { uri, isIndependent, durationS, isGap }] of segment.parts.entries()) {
        if (!this.#parts.has(uri) && !isGap) await this.#readPart({ uri, isIndependent, dateMs, index, segment });
        if (dateMs !== null) dateMs += durationS * 1_000;
      }
      await this.#checkWhole(segment);
    }
    this.#forgetBefore(playlist.mediaSequence);
  }

  /** A stream of hours does not stay in memory. */
  #forgetBefore(sequence: number): void {
    for (const [uri, part] of this.#parts) if (part.sequence < sequence) this.#parts.delete(uri);
  }

  async #readPart(part: {
    uri: string;
    isIndependent: boolean;
    dateMs: number | null;
    index: number;
    segment: ListedSegment;
  }): Promise<void> {
    const { uri, isIndependent, dateMs, index, segment } = part;
    const { sequence } = segment;
    const { status, body } = await this.#fetch(uri);
    if (status === 404) return;
    const fetched = { name: uri, bytes: body, isIndependent, dateMs };
    const isNext =
      sequence === this.#lastPlace.sequence
        ? index === this.#lastPlace.index + 1
        : index === 0 && sequence === this.#lastPlace.sequence + 1;
    this.#add(checkPart(fetched, isNext && !segment.isDiscontinuity ? this.#last : null, this.#tracks));
    this.#parts.set(uri, { ...fetched, sequence });
    this.#readCount += 1;
    [this.#last, this.#lastPlace] = [fetched, { sequence, index }];
    if (isIndependent && index === 0) await this.#decode(uri, body);
  }

  async #decode(name: string, bytes: Buffer): Promise<void> {
    this.#decoded += 1;
    this.#add(await checkDecodes(name, this.#init, bytes));
  }

  async #checkWhole({ sequence, uri, parts, durationS, isGap }: ListedSegment): Promise<void> {
    const fetched = parts.map((part) => this.#parts.get(part.uri));
    if (
      uri === null ||
      isGap ||
      parts.length === 0 ||
      this.#checkedSegments.has(sequence) ||
      fetched.includes(undefined)
    )
      return;
    this.#checkedSegments.add(sequence);
    const { status, body } = await this.#fetch(uri);
    if (status === 404) return;
    this.#peakBps = Math.max(this.#peakBps, (body.length * 8) / durationS);
    this.#add(
      checkSegment(
        uri,
        body,
        fetched.flatMap((part) => part?.bytes ?? []),
      ),
    );
  }

  async #readEnded({ segments }: ParsedPlaylist): Promise<void> {
    await this.#readSegments(segments.slice(0, MOST_ENDED_SEGMENTS), false);
  }

  /**
   * Whole segments, once each.
   * @param isEachDecoded each is decoded behind the one before it: every splice is in it
   */
  async #readSegments(segments: readonly ListedSegment[], isEachDecoded: boolean): Promise<void> {
    for (const { uri, range, sequence, isGap, isDiscontinuity, durationS, dateMs } of segments) {
      if (this.#checkedSegments.has(sequence)) continue;
      this.#checkedSegments.add(sequence);
      if (uri === null || isGap) {
        this.#last = null;
        continue;
      }
      const { status, body } = await this.#fetch(uri, range);
      if (status === 404) {
        this.#last = null;
        continue;
      }
      const fetched: FetchedPart = { name: `segment ${sequence}`, bytes: body, isIndependent: true, dateMs };
      const before = isDiscontinuity ? null : this.#last;
      this.#add(checkPart(fetched, before, this.#tracks));
      this.#peakBps = Math.max(this.#peakBps, (body.length * 8) / durationS);
      if (isEachDecoded) await this.#decode(fetched.name, Buffer.concat([...(before ? [before.bytes] : []), body]));
      else if (sequence % 10 === 0) await this.#decode(fetched.name, body);
      this.#last = fetched;
    }
  }
}
