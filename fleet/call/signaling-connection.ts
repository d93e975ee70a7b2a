/**
 * One open WebSocket to a media node: requests with their answers, notifications, and the heartbeat that finds a dead
 * network before TCP does. Knows nothing of calls; `open-socket.ts` opens, `call-client.ts` handles a close.
 */
import { codeOfClose, type ErrorCode, fromWire, InvalidStateError, OperationalError } from '#contract/error-codes.ts';
import {
  type RequestOf,
  ResponseFrame,
  type ResponseOf,
  type SignalingMethod,
  signalingMethods,
  SignalingNotification,
} from '#contract/signaling.ts';
import { SIGNALING_ANSWER_WITHIN_MS, SIGNALING_PING_AFTER_MS } from '#contract/timing.ts';

const CHECK_INTERVAL_MS = 250;

type Pending = {
  method: SignalingMethod;
  sentAtMs: number;
  resolve: (data: never) => void;
  reject: (error: Error) => void;
};

export type SignalingEvents = {
  onNotification: (notification: SignalingNotification) => void;
  /** once; `code` is null where the close was not the node's word (network, our own heartbeat) */
  onClose: (code: ErrorCode | null) => void;
};

export class SignalingConnection {
  readonly #socket: WebSocket;
  readonly #events: SignalingEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #timer: ReturnType<typeof setInterval>;
  #nextId = 1;
  #heardAtMs = performance.now();
  #greeted = false;
  #closed = false;

  /** @param socket open already */
  constructor(socket: WebSocket, events: SignalingEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.addEventListener('message', this.#onMessage);
    socket.addEventListener('close', this.#onSocketClose);
    this.#timer = setInterval(this.#checkPulse, CHECK_INTERVAL_MS);
    // it may have died between its opening and here
    if (socket.readyState !== socket.OPEN) queueMicrotask(() => this.#end(null));
  }

  /** @throws MaruError: the node's refusal, or `media-failed` when the connection ends first */
  request<M extends SignalingMethod>(method: M, data: RequestOf<M>): Promise<ResponseOf<M>> {
    if (this.#closed) return Promise.reject(new OperationalError('media-failed', `signalling closed before ${method}`));
    const id = this.#nextId++;
    return new Promise<ResponseOf<M>>((resolve, reject) => {
      this.#pending.set(id, { method, sentAtMs: performance.now(), resolve: resolve as Pending['resolve'], reject });
      this.#socket.send(JSON.stringify({ id, method, data }));
    });
  }

  /** Messages that were sent still leave. No event follows. */
  close(): void {
    this.#end(null, false);
  }

  readonly #onMessage = (event: MessageEvent): void => {
    this.#heardAtMs = performance.now();
    let frame: unknown;
    try {
      frame = JSON.parse(String(event.data));
      if (typeof frame === 'object' && frame !== null && 'event' in frame) {
        const { success, data, error } = SignalingNotification.safeParse(frame);
        if (!success) console.warn('signalling: notification not understood', frame.event, error.message);
        else if (data.event !== 'unknown') this.#events.onNotification(data);
        return;
      }
      this.#onResponse(ResponseFrame.parse(frame));
    } catch (error) {
      console.error('signalling: the node broke the contract', error);
      this.#end('bad-message');
    }
  };

  #onResponse(frame: ResponseFrame): void {
    if (frame.id === null) {
      console.error('signalling: refused', frame.ok ? '' : frame.error.code);
      return;
    }
    const pending = this.#pending.get(frame.id);
    if (!pending) return;
    this.#pending.delete(frame.id);
    if (!frame.ok) {
      pending.reject(fromWire(frame.error));
      return;
    }
    const parsed = signalingMethods[pending.method].response.safeParse(frame.data);
    if (!parsed.success) {
      pending.reject(
        new InvalidStateError('internal', `answer to ${pending.method} breaks the contract`, { cause: parsed.error }),
      );
      return;
    }
    if (pending.method === 'hello') this.#greeted = true;
    pending.resolve(parsed.data as never);
  }

  readonly #checkPulse = (): void => {
    const nowMs = performance.now();
    const [oldest] = this.#pending.values();
    if (oldest) {
      if (nowMs - Math.max(this.#heardAtMs, oldest.sentAtMs) >= SIGNALING_ANSWER_WITHIN_MS) this.#end(null);
    } else if (this.#greeted && nowMs - this.#heardAtMs >= SIGNALING_PING_AFTER_MS) {
      this.request('ping', {}).catch(() => {});
    }
  };

  readonly #onSocketClose = (event: CloseEvent): void => this.#end(codeOfClose(event.code));

  #end(code: ErrorCode | null, tell = true): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#socket.removeEventListener('message', this.#onMessage);
    this.#socket.removeEventListener('close', this.#onSocketClose);
    this.#socket.close();
    const error =
      code === null ? new OperationalError('media-failed', 'signalling lost') : fromWire({ code, message: code });
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    if (tell) this.#events.onClose(code);
  }
}
