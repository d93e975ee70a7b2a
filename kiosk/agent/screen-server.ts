/**
 * The agent's side towards its own TV: the screen's page and its link, on loopback alone, so that the TV shows
 * something whatever the network does. Owns who may be a screen (a page with the key that the shell was given) and who is
 * the active one (the newest); what to show is the authority's.
 * Files and one upgrade need no framework: Fastify and its schema compiler were a quarter of the agent's start.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { send as readPage } from '@fastify/send';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ErrorCode, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { refuseUpgrade } from '#edge/refuse-upgrade.ts';
import { MAX_SCREEN_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import type { ProjectionName } from '#contract/projections.ts';
import { negotiate, PROTOCOL_VERSION, protocolOf } from '#contract/protocol-version.ts';
import {
  type AgentToScreen,
  type ResumeTicket,
  pictureProof,
  SCREEN_LINK_PATH,
  SCREEN_PICTURE_PATH,
  SCREEN_PICTURE_PROOF_HEADER,
  SCREEN_PROOF_PATH,
  SIGNAGE_PATH,
  type ScreenEffect,
  type ScreenFrame,
  ScreenNonce,
  screenProof,
  ScreenToAgent,
} from '#contract/screen-link.ts';
import { HELLO_WITHIN_MS } from '#contract/timing.ts';
import { ACTION_FILES } from '#contract/room-action.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import type { Projections } from './projections.ts';

const SHOWN_PAUSE_MS = 50;
const HEADERS = {
  // wherever the media node is; plain only on this machine. Pages of documents come from the fleet server
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws://127.0.0.1:* ws://localhost:* http://127.0.0.1:* http://localhost:* wss: https:; img-src 'self' data: blob:; media-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=()',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

type Hello = Extract<ScreenToAgent, { type: 'hello' }>;
export type ScreenServerOptions = {
  port: number;
  /** kiosk/screen/dist */
  pageDir: string;
  /** of pictures that an idle TV shows; absent: there are none */
  signageDir?: string;
  /** what a page has to show; who has it is a screen of this room */
  key: string;
  logger: Logger;
  projections: Projections;
  frame: () => ScreenFrame;
  /** what a page without a call needs to come back into it */
  resume: () => ResumeTicket | null;
  onConnected: (inCall: Hello['inCall']) => void;
  /** the page that is shown; null: none */
  onScreen?: (page: { screenId: string; userAgent: string | null } | null) => void;
  /** it has drawn a frame */
  onAlive?: (page: { showsNothing: boolean; heapBytes: number | null }) => void;
  /** no screen is left */
  onGone: () => void;
  onReport: (report: Exclude<ScreenToAgent, { type: 'hello' | 'alive' }>) => void;
  /** a picture of the screen that the shell has brought; false: nobody waits for it */
  onPicture?: (pictureId: string, picture: Buffer) => boolean;
};

export class ScreenServer {
  readonly #options: ScreenServerOptions;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SCREEN_LINK_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  /** greeted, the oldest first: the last is the active one */
  #screens: WebSocket[] = [];
  readonly #pages = new WeakMap<WebSocket, { screenId: string; userAgent: string | null }>();
  #pause: NodeJS.Timeout | null = null;
  readonly #due = new Set<ProjectionName | 'frame'>();
  #unfollow: (() => void) | undefined;
  #notEnrolled: { code: ErrorCode; view: NotEnrolledView | null } | null = null;

  constructor(options: ScreenServerOptions) {
    this.#options = options;
  }

  /** @returns the page's address */
  async start(): Promise<string> {
    this.#unfollow = this.#options.projections.follow('tv', (name) => this.#show(name));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.listen({ host: '127.0.0.1', port: this.#options.port });
    await once(this.#server, 'listening');
    return `${this.#origin}/`;
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    if (this.#pause !== null) clearTimeout(this.#pause);
    for (const socket of this.#sockets.clients) socket.terminate();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** This box belongs to no room: from here on its screens show why, and nothing else. */
  showNotEnrolled(code: ErrorCode, view: NotEnrolledView | null = null): void {
    this.#notEnrolled = { code, view };
    for (const screen of this.#screens) send(screen, { type: 'not-enrolled', code, view });
  }

  /** To the active screen. False: there is none. */
  perform(effect: ScreenEffect): boolean {
    const active = this.#screens.at(-1);
    if (active === undefined || this.#notEnrolled !== null) return false;
    send(active, { type: 'do', effect });
    return true;
  }

  /** It has changed. */
  showFrame(): void {
    this.#show('frame');
  }

  /** The first change is shown at once, those right behind it together: a start alone makes ten, and each is drawn. */
  #show(what: ProjectionName | 'frame'): void {
    this.#due.add(what);
    if (this.#pause === null) this.#showDue();
  }

  #showDue(): void {
    this.#pause = null;
    if (this.#notEnrolled !== null || this.#due.size === 0) return;
    const { projections, frame } = this.#options;
    const messages = [...this.#due].map(
      (what): AgentToScreen =>
        what === 'frame'
          ? { type: 'frame', frame: frame() }
          : { type: 'projection', name: what, value: projections.valueOf(what) },
    );
    this.#due.clear();
    for (const screen of this.#screens) for (const message of messages) send(screen, message);
    this.#pause = setTimeout(() => this.#showDue(), SHOWN_PAUSE_MS);
  }

  get #origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #isOurHost(host: string | undefined): boolean {
    const { port } = this.#server.address() as AddressInfo;
    return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeaders(new Map(Object.entries(HEADERS)));
    // a foreign name that resolves to loopback is another site's page
    if (!this.#isOurHost(request.headers.host)) return void response.writeHead(403).end();
    if (request.method === 'POST' && request.url!.startsWith(`${SCREEN_PICTURE_PATH}?`))
      return this.#takePicture(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
    const [path = '/', query] = request.url!.split('?', 2);
    if (path === SCREEN_PROOF_PATH) return this.#prove(new URLSearchParams(query).get('nonce'), response);
    const { pageDir, signageDir } = this.#options;
    try {
      const page =
        signageDir !== undefined && path.startsWith(SIGNAGE_PATH)
          ? await readPage(request, path.slice(SIGNAGE_PATH.length - 1), {
              root: signageDir,
              index: false,
              maxAge: '1d',
            })
          : await readPage(request, path, { root: pageDir, maxAge: 0 });
      response.writeHead(page.statusCode, page.headers);
      page.stream.on('error', () => response.destroy()).pipe(response);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'screen: a page could not be read');
      response.destroy();
    }
  }

  /** That we are the room's agent, and not who took the port while the agent was away. */
  async #prove(nonce: string | null, response: ServerResponse): Promise<void> {
    const asked = ScreenNonce.safeParse(nonce);
    if (!asked.success) return void response.writeHead(400).end();
    const proof = await screenProof(this.#options.key, asked.data);
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(proof);
  }

  /** From the shell alone: any process of the box reaches this port. */
  async #takePicture(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams } = new URL(request.url!, this.#origin);
    const pictureId = searchParams.get('id') ?? '';
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    try {
      for await (const part of request as AsyncIterable<Buffer>) {
        sizeBytes += part.length;
        if (sizeBytes > ACTION_FILES['look-at-screen'].maxBytes)
          return void response.writeHead(413, { connection: 'close' }).end();
        parts.push(part);
      }
      const picture = Buffer.concat(parts);
      const proof = String(request.headers[SCREEN_PICTURE_PROOF_HEADER] ?? '');
      if (!isSame(proof, await pictureProof(this.#options.key, pictureId, picture)))
        return void response.writeHead(403).end();
      response.writeHead(this.#options.onPicture?.(pictureId, picture) ? 204 : 410).end();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'screen: a picture broke off');
      response.destroy();
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // who is refused may hang up hard
    socket.on('error', () => socket.destroy());
    const { origin, host } = request.headers;
    const ours = this.#isOurHost(host) && origin === `http://${host}`;
    if (request.url !== SCREEN_LINK_PATH || !ours) {
      this.#options.logger.warn({ origin, url: request.url }, 'screen: a connection was refused');
      refuseUpgrade(socket, '403 Forbidden');
      return;
    }
    const userAgent = request.headers['user-agent']?.slice(0, 400) ?? null;
    this.#sockets.handleUpgrade(request, socket, head, (screen) => this.#greet(screen, userAgent));
  }

  #greet(screen: WebSocket, userAgent: string | null): void {
    const late = setTimeout(
      () => this.#refuse(screen, new ProtocolError('hello-expected', 'no hello came')),
      HELLO_WITHIN_MS,
    );
    let greeted = false;
    screen.on('error', (error) => this.#options.logger.warn({ detail: error.message }, 'screen: broken frame'));
    screen.on('message', (data, isBinary) => {
      // refused: what it says behind that is not heard
      if (screen.readyState !== screen.OPEN) return;
      try {
        if (isBinary) throw new ProtocolError('bad-message', 'text is expected');
        const raw: unknown = JSON.parse(String(data));
        if (!greeted) refuseOtherProtocol(raw, this.#options.key);
        const message = ScreenToAgent.parse(raw);
        if (greeted) {
          if (message.type === 'hello') throw new ProtocolError('bad-message', 'hello came twice');
          // who has yielded may go on living, but speaks for nobody
          const speaks = this.#notEnrolled === null && screen === this.#screens.at(-1);
          if (!speaks) return;
          if (message.type === 'alive') {
            const { showsNothing = false, heapBytes = null } = message;
            this.#options.onAlive?.({ showsNothing, heapBytes });
          } else this.#options.onReport(message);
          return;
        }
        if (message.type !== 'hello') throw new ProtocolError('hello-expected');
        if (!isSame(message.key, this.#options.key)) throw new UserError('forbidden', 'not the key of this screen');
        clearTimeout(late);
        greeted = true;
        this.#pages.set(screen, { screenId: message.screenId, userAgent });
        this.#welcome(screen, message);
      } catch (error) {
        this.#refuse(screen, toMaruError(error));
      }
    });
    screen.on('close', () => {
      clearTimeout(late);
      this.#forget(screen);
    });
  }

  #welcome(screen: WebSocket, { inCall, yielded }: Hello): void {
    if (this.#notEnrolled !== null) {
      this.#screens.push(screen);
      send(screen, { type: 'not-enrolled', ...this.#notEnrolled });
      return;
    }
    const { projections, frame, resume, onConnected } = this.#options;
    const before = this.#screens.at(-1);
    const welcome = {
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      frame: frame(),
      projections: projections.valuesFor('tv'),
    } as const;
    if (yielded && before !== undefined) {
      this.#screens.unshift(screen);
      send(screen, { ...welcome, resume: null });
      send(screen, { type: 'yield' });
      return;
    }
    if (before !== undefined) send(before, { type: 'yield' });
    this.#screens.push(screen);
    send(screen, { ...welcome, resume: inCall === null && !yielded ? resume() : null });
    if (yielded) send(screen, { type: 'take-over', resume: resume() });
    this.#options.onScreen?.(this.#pages.get(screen) ?? null);
    onConnected(inCall);
  }

  #forget(screen: WebSocket): void {
    const wasActive = this.#screens.at(-1) === screen;
    this.#screens = this.#screens.filter((each) => each !== screen);
    if (!wasActive || this.#notEnrolled !== null) return;
    const next = this.#screens.at(-1);
    this.#options.onScreen?.((next && this.#pages.get(next)) ?? null);
    if (next === undefined) {
      this.#options.onGone();
      return;
    }
    send(next, { type: 'take-over', resume: this.#options.resume() });
    this.#options.onConnected(null);
  }

  #refuse(screen: WebSocket, error: ReturnType<typeof toMaruError>): void {
    this.#options.logger.warn({ code: error.code, detail: error.message }, 'screen: a message was refused');
    send(screen, { type: 'error', code: error.code });
    screen.close(error.closeCode, error.code);
  }
}

function send(screen: WebSocket, message: AgentToScreen): void {
  screen.send(JSON.stringify(message), () => {});
}

/** The number before the schema: a page of another release may send what ours does not know. Only to a page with the key. */
function refuseOtherProtocol(raw: unknown, key: string): void {
  const { type, key: theirs } = (raw ?? {}) as { type?: unknown; key?: unknown };
  if (type !== 'hello' || typeof theirs !== 'string' || !isSame(theirs, key)) return;
  const protocol = protocolOf(raw);
  const outcome = protocol === null ? 'accepted' : negotiate(protocol);
  if (outcome !== 'accepted') throw new ProtocolError(outcome, `protocol ${protocol}`);
}

/** In a time that says nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
