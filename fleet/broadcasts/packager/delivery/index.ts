/**
 * The delivery by HTTP: playlists and media of the broadcasts of this machine, to viewers whose tokens let them. It goes on while the fleet
 * server is away, with what that sent last.
 */
import { stat } from 'node:fs/promises';
import { MaruError, ProtocolError } from '#contract/error-codes.ts';
import { LIVE_CHECK_PATH, LIVE_PATH, livePaths, watchCookie } from '#contract/live-delivery.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import type { IncomingMessage } from 'node:http';
import type { Delivery, DeliveryOptions, AirTimeline, TimelineEvents } from '../stream.ts';
import { AudienceCount } from './audience-count.ts';
import { parseDirectives } from './directives.ts';
import { Exchange, type DeliveryRequest, type DeliveryResponse } from './exchange.ts';
import { HttpListener } from './http-listener.ts';
import { type Kept, KeptRights } from './kept-rights.ts';
import { PageOrigins } from './origins.ts';
import { RequestsUnderWay } from './requests-under-way.ts';
import { type DeliveredMedia, type PlaylistFile, ServedBroadcast } from './served-broadcast.ts';
import { WatchRights } from './watch-rights.ts';

const LOOK_MS = 250;
const PATH = new RegExp(`^${LIVE_PATH}/([0-9a-f-]{36})/([a-z0-9.]{1,40})$`);
/** Answers to `live` hold for one moment; the others are read again each few seconds, by many. */
const CACHE_CONTROL: Record<PlaylistFile, string> = {
  [livePaths.live]: 'no-store',
  [livePaths.dvr]: 'private, max-age=1',
  [livePaths.replay]: 'private, max-age=60',
};
const isPlaylist = (file: string): file is PlaylistFile => file in CACHE_CONTROL;

export const createDelivery = (options: DeliveryOptions): Delivery => new HttpDelivery(options);

class HttpDelivery implements Delivery {
  readonly #options: DeliveryOptions;
  readonly #listener: HttpListener;
  readonly #proxies: TrustedProxies;
  readonly #rights = new WatchRights();
  readonly #keptRights: KeptRights;
  /** null: the fleet server has sent nothing yet, and nothing was kept */
  #kept: Kept | null = null;
  readonly #origins = new PageOrigins();
  readonly #audience = new AudienceCount();
  readonly #underWay = new RequestsUnderWay();
  readonly #served = new Map<string, ServedBroadcast>();
  #look: NodeJS.Timeout | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#proxies = new TrustedProxies(options.trustedProxies);
    this.#keptRights = new KeptRights(options.keptAt, options.log);
    this.#listener = new HttpListener({
      ...options,
      handle: (request, response) => void this.#handle(request, response),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  async start(): Promise<void> {
    const kept = this.#keptRights.read();
    if (kept) this.#apply(kept);
    await this.#listener.start();
    this.#look = setInterval(() => {
      const nowMs = performance.now();
      for (const broadcast of this.#served.values()) broadcast.expire(nowMs);
      this.#underWay.endLate(nowMs);
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#look);
    for (const broadcast of this.#served.values()) broadcast.close();
    this.#keptRights.flush();
    await this.#listener.stop();
  }

  configure({ keys, origins, revokedViewingIds }: Kept): void {
    this.#apply({ keys, origins, revokedViewingIds });
    this.#keep();
  }

  revoke(viewingIds: readonly string[]): void {
    this.#rights.revoke(viewingIds);
    this.#keep();
    for (const viewingId of viewingIds) this.#audience.end(viewingId);
    this.#endRevoked();
  }

  #apply(kept: Kept): void {
    this.#kept = kept;
    this.#rights.configure(kept.keys, kept.revokedViewingIds);
    this.#origins.configure(kept.origins);
    this.#endRevoked();
  }

  #keep(): void {
    if (this.#kept) this.#keptRights.write({ ...this.#kept, revokedViewingIds: this.#rights.revokedIds });
  }

  serve(timeline: AirTimeline): TimelineEvents {
    const broadcast = new ServedBroadcast(timeline);
    this.#served.get(timeline.broadcastId)?.close();
    this.#served.set(timeline.broadcastId, broadcast);
    return broadcast;
  }

  forget(broadcastId: string): void {
    this.#served.get(broadcastId)?.close();
    this.#served.delete(broadcastId);
    this.#audience.forget(broadcastId);
  }

  watching(broadcastId: string): number {
    return this.#audience.count(broadcastId);
  }

  #endRevoked(): void {
    this.#underWay.endRevoked((viewingId) => this.#rights.isRevoked(viewingId));
  }

  async #handle(request: DeliveryRequest, response: DeliveryResponse): Promise<void> {
    const exchange = new Exchange(request, response, this.#origins.headersFor(request));
    try {
      await this.#answer(exchange);
    } catch (error) {
      if (!(error instanceof MaruError)) this.#options.log('a request failed', { err: error });
      exchange.refuse(error);
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { method, url = '' } = exchange.request;
    if (method === 'OPTIONS') {
      exchange.empty(204);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      exchange.empty(405, { allow: 'GET, HEAD, OPTIONS' });
      return;
    }
    const [path = '', query = ''] = split(url);
    if (path === LIVE_CHECK_PATH) {
      await this.#check(exchange);
      return;
    }
    const { broadcastId, file } = placeOf(path);
    const viewingId = await this.#admit(exchange.request, broadcastId);
    if (exchange.isOver) return;
    const hold = this.#underWay.add(viewingId, exchange);
    const endWait = this.#start(exchange, { broadcastId, viewingId, file, query });
    if (endWait) hold(endWait);
  }

  /** For nginx: whether the viewer may have the file that it is about to send. */
  async #check(exchange: Exchange): Promise<void> {
    const [path = ''] = split(String(exchange.request.headers['x-original-uri'] ?? ''));
    await this.#admit(exchange.request, placeOf(path).broadcastId);
    exchange.empty(204);
  }

  /** @returns what ends the wait, where it is held */
  #start(
    exchange: Exchange,
    { broadcastId, viewingId, file, query }: { broadcastId: string; viewingId: string; file: string; query: string },
  ): (() => void) | null {
    const broadcast = this.#served.get(broadcastId);
    if (!broadcast) throw new ProtocolError('not-found', 'not on air here');
    if (file === livePaths.status) {
      exchange.json(200, broadcast.status(this.watching(broadcastId)));
      return null;
    }
    if (isPlaylist(file)) {
      const directives = parseDirectives(query);
      this.#audience.renew(broadcastId, viewingId);
      return broadcast.playlist(file, directives, (result) => {
        if (result instanceof Error) exchange.refuse(result);
        else exchange.playlist(result, CACHE_CONTROL[file]);
      });
    }
    return broadcast.media(file, (result) => {
      if (result instanceof Error) exchange.refuse(result);
      else void this.#send(exchange, result);
    });
  }

  async #send(exchange: Exchange, media: DeliveredMedia): Promise<void> {
    try {
      exchange.media(media, await sizeOf(media));
    } catch (error) {
      this.#options.log('media cannot be read', { err: error });
      exchange.refuse(new ProtocolError('not-found', 'it is not there any more'));
    }
  }

  async #admit(request: DeliveryRequest, broadcastId: string): Promise<string> {
    const address = this.#proxies.addressOf(request as IncomingMessage);
    return this.#rights.admit(this.#tokenOf(request), broadcastId, address);
  }

  #tokenOf(request: DeliveryRequest): string | null {
    const { authorization, cookie } = request.headers;
    const [, bearer] = /^Bearer +([\w.-]+)$/i.exec(authorization ?? '') ?? [];
    if (bearer !== undefined) return bearer;
    if (cookie === undefined || !this.#origins.mayUseCookie(request)) return null;
    // without TLS of our own, a proxy may have it
    const names = this.#options.tls ? [watchCookie(true)] : [watchCookie(true), watchCookie(false)];
    const cookies = new Map(cookie.split(';').map((one) => cutAt(one.trim(), '=')));
    for (const name of names) if (cookies.has(name)) return cookies.get(name) ?? null;
    return null;
  }
}

const cutAt = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
};
const split = (url: string): [string, string] => cutAt(url, '?');

function placeOf(path: string): { broadcastId: string; file: string } {
  const [, broadcastId, file] = PATH.exec(path) ?? [];
  if (broadcastId === undefined || file === undefined) throw new ProtocolError('not-found', 'no such path');
  return { broadcastId, file };
}

async function sizeOf(media: DeliveredMedia): Promise<number> {
  if ('chunks' in media) return media.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return media.sizeBytes ?? (await stat(media.path)).size;
}
