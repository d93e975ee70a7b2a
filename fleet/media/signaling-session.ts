/**
 * One WebSocket: hello first and in time, then requests one after the other, answers in their order, and notifications
 * between answers. Refuses messages that break the contract, and detects a client that is gone.
 */
import { type ErrorCode, MaruError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { negotiate, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { parse, z } from '#contract/schema.ts';
import { RequestFrame, type ResponseOf, signalingMethods, type SignalingNotification } from '#contract/signaling.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { AdmittedPeer, CallRegistry } from './call-registry.ts';
import type { MediaSettings } from './media-settings.ts';
import type { PeerLine } from './peer.ts';
import { perform, type SignalingPeer } from './signaling-methods.ts';
import type { TokenAdmission } from './token-admission.ts';

export type SignalingSessionOptions = {
  socket: WebSocket;
  /** where the client comes from: for limits, and for what its grant allows */
  network: string;
  address: string;
  registry: CallRegistry;
  admission: TokenAdmission;
  settings: MediaSettings;
  /** it has a place */
  onHello: () => void;
  /** false: its network has guessed too often, and is answered with that */
  mayFail: () => boolean;
  onClosed: () => void;
  logger: Logger;
};

const Greeting = z.looseObject({ protocol: z.number() });
/** A client that receives nothing is as good as gone: it reconnects and gets the present state at once. */
const MOST_BUFFERED_BYTES = 2 * 1024 * 1024;
const IDLE_BELOW_BYTES = 64 * 1024;
/** how often one that is behind is looked at, while something passing is kept back for it */
const BEHIND_LOOK_MS = 100;
const GOOD_END = 1000;
/** after the close frame, for a client that does not answer it */
const CLOSE_TIMEOUT_MS = 1_500;
const PULSE = JSON.stringify({ event: 'pulse', data: {} } satisfies SignalingNotification);

export class SignalingSession implements PeerLine {
  readonly #options: SignalingSessionOptions;
  readonly #queue: RequestFrame[] = [];
  readonly #held: (() => void)[] = [];
  readonly #flood: TokenBucket;
  #seat: SignalingPeer | null = null;
  #helloDeadline: NodeJS.Timeout | null = null;
  /** the latest passing notification, while the client is behind */
  #keptBack: string | null = null;
  #look: NodeJS.Timeout | null = null;
  #heardAtMs = performance.now();
  #saidAtMs = performance.now();
  #busy = false;
  #over = false;
  /** it asked to leave and closed, while a request before that was under way */
  #hasLeft = false;

  constructor(options: SignalingSessionOptions) {
    this.#options = options;
    const { requestsPerSecond, requestBurst } = options.settings;
    this.#flood = new TokenBucket({ burst: requestBurst, refillPerMinute: requestsPerSecond * 60 });
  }

  start(): void {
    const { socket, settings } = this.#options;
    socket.on('message', (data, isBinary) => this.#alone(() => this.#take(data, isBinary)));
    socket.on('pong', () => {
      this.#heardAtMs = performance.now();
    });
    socket.on('close', () => this.#alone(() => this.#closed()));
    // ws closes the socket itself, with 1009 for what is too large
    socket.on('error', (error) => this.#options.logger.info({ err: error }, 'signalling broken'));
    this.#helloDeadline = setTimeout(() => this.refuse('hello-expected', 'no hello in time'), settings.helloWithinMs);
  }

  get network(): string {
    return this.#options.network;
  }
  get address(): string {
    return this.#options.address;
  }

  /** Called by the server's timer. We send so often that the client need not ping. */
  checkPulse(nowMs: number): void {
    this.#alone(() => this.#checkPulse(nowMs));
  }

  #checkPulse(nowMs: number): void {
    const { socket, settings } = this.#options;
    if (nowMs - this.#heardAtMs > settings.deadAfterMs || socket.bufferedAmount > MOST_BUFFERED_BYTES) {
      socket.terminate();
      return;
    }
    if (nowMs - this.#heardAtMs > settings.pingIntervalMs * 1.5) socket.ping();
    const silent = nowMs - this.#saidAtMs > settings.pingIntervalMs / 3;
    if (silent && this.#seat && socket.bufferedAmount < IDLE_BELOW_BYTES) this.notify(PULSE);
  }

  /** Ends it with a reason, as long as it has no place. */
  refuse(code: ErrorCode, message?: string): void {
    if (!this.#seat) this.#refuse(new ProtocolError(code, message));
  }

  notify(text: string, isPassing = false): void {
    this.#inOrder(() => this.#notify(text, isPassing));
  }

  #notify(text: string, isPassing: boolean): void {
    if (isPassing && this.#options.socket.bufferedAmount > IDLE_BELOW_BYTES) {
      this.#keptBack = text;
      this.#look ??= setTimeout(() => {
        this.#look = null;
        if (this.#keptBack !== null) this.#notify(this.#keptBack, true);
      }, BEHIND_LOOK_MS);
      return;
    }
    // the one that passes is replaced; before any other, so that the client applies all in the node's order
    const keptBack = isPassing ? null : this.#keptBack;
    this.#keptBack = null;
    if (keptBack !== null) this.#send(keptBack);
    this.#send(text);
  }

  close(code: ErrorCode | null): void {
    this.#inOrder(() => this.#hangUp(code === null ? GOOD_END : toCloseCode(code), code ?? ''));
  }

  /** The answer under way goes first: notifications about its effects follow it. */
  #inOrder(act: () => void): void {
    if (this.#busy) this.#held.push(act);
    else act();
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#heardAtMs = performance.now();
    if (this.#over) return;
    try {
      if (!this.#flood.take(this.#heardAtMs)) throw new UserError('too-many-attempts', 'too many requests');
      if (isBinary) throw new ProtocolError('bad-message', 'text frames only');
      this.#queue.push(parse(RequestFrame, JSON.parse(String(data))));
    } catch (error) {
      this.#refuse(toMaruError(error));
    }
    if (!this.#busy) this.#work().catch((error: unknown) => this.#failed(error));
  }

  async #work(): Promise<void> {
    for (let frame = this.#queue.shift(); frame && !this.#over; frame = this.#queue.shift()) {
      this.#busy = true;
      const refusal = await this.#answer(frame);
      this.#busy = false;
      for (const act of this.#held.splice(0)) act();
      if (refusal) this.#hangUp(refusal.closeCode, refusal.code);
    }
  }

  /** @returns why the connection ends: only a hello that fails ends it */
  async #answer({ id, method, data }: RequestFrame): Promise<MaruError | null> {
    const seat = this.#seat;
    try {
      this.#send(
        JSON.stringify({
          id,
          ok: true,
          data: seat ? await perform(seat, method, data) : await this.#hello(method, data),
        }),
      );
      return null;
    } catch (thrown) {
      const error = toMaruError(thrown);
      const { logger } = this.#options;
      if (error.code === 'internal') logger.error({ err: thrown, method }, 'request failed: our bug');
      else logger.warn({ code: error.code, reason: error.message, method, peerId: seat?.peer.peerId }, 'refused');
      this.#send(JSON.stringify({ id, ok: false, error: error.toWire() }));
      return seat ? null : error;
    }
  }

  async #hello(method: string, data: unknown): Promise<ResponseOf<'hello'>> {
    if (this.#helloDeadline) clearTimeout(this.#helloDeadline);
    try {
      if (method !== 'hello') throw new ProtocolError('hello-expected');
      // the number first: the hello of another release may break our schema
      const negotiation = negotiate(parse(Greeting, data).protocol);
      if (negotiation !== 'accepted') throw new ProtocolError(negotiation, `this node speaks ${PROTOCOL_VERSION}`);
      const { admission } = parse(signalingMethods.hello.request, data);
      const { peer, call, admission: admitted } = await this.#admit(admission);
      this.#options.onHello();
      this.#seat = { peer, call };
      if (this.#over) this.#giveUp({ peer, call });
      const { peerId, claims, permissions, resumeSecret } = peer;
      const { peerKind, meetingTitle } = claims;
      // the call's own id: a token that a room signed names one of its own making
      const { callId } = call;
      return {
        protocol: PROTOCOL_VERSION,
        callId,
        peerId,
        peerKind,
        role: peer.role,
        ...permissions,
        meetingTitle,
        ...call.announced,
        resumeSecret,
        admission: admitted,
      };
    } catch (error) {
      const isGuess = error instanceof MaruError && error.code === 'token-invalid';
      if (isGuess && !this.#options.mayFail()) throw new UserError('too-many-attempts', undefined, { cause: error });
      throw error;
    }
  }

  async #admit(asked: ReturnType<typeof signalingMethods.hello.request.parse>['admission']): Promise<AdmittedPeer> {
    const { registry, admission } = this.#options;
    if (asked.kind === 'resume') return registry.resume(asked, this);
    const claims = await admission.verify(asked.token);
    registry.refuse(claims, this);
    admission.use(claims);
    return registry.admit(claims, this);
  }

  #refuse(error: MaruError): void {
    if (this.#over) return;
    this.#options.logger.warn({ code: error.code, reason: error.message }, 'refused');
    this.#send(JSON.stringify({ id: null, ok: false, error: error.toWire() }));
    this.#hangUp(error.closeCode, error.code);
  }

  #send(text: string): void {
    const { socket } = this.#options;
    if (this.#over || socket.readyState !== socket.OPEN) return;
    this.#saidAtMs = performance.now();
    socket.send(text);
  }

  #hangUp(closeCode: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    const { socket } = this.#options;
    socket.close(closeCode, reason);
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** An exception here is our bug: it ends this connection, and no other. */
  #alone(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { logger, socket } = this.#options;
    logger.error({ err: error, peerId: this.#seat?.peer.peerId }, 'connection failed: our bug');
    socket.terminate();
  }

  #closed(): void {
    this.#hasLeft = !this.#over && this.#queue.some(({ method }) => method === 'leave-call');
    this.#over = true;
    if (this.#helloDeadline) clearTimeout(this.#helloDeadline);
    if (this.#look) clearTimeout(this.#look);
    this.#queue.length = 0;
    this.#options.onClosed();
    if (this.#seat) this.#giveUp(this.#seat);
  }

  #giveUp({ peer, call }: SignalingPeer): void {
    if (this.#hasLeft && peer.line === this) call.leave(peer);
    else call.drop(peer, this);
  }
}

const toCloseCode = (code: ErrorCode): number => new ProtocolError(code).closeCode;
