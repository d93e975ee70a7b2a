/**
 * For the tests of this folder: a signalling client by hand (frames as they are, nothing of the browser's half), and a
 * node with tokens to enter it. RTP that it announces is never sent.
 */
import { once } from 'node:events';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { MediaSource } from '#contract/media-source.ts';
import { changedDocument, type SharedDocument } from '#contract/shared-document.ts';
import {
  type RequestOf,
  ResponseFrame,
  type ResponseOf,
  type SignalingMethod,
  signalingMethods,
  SignalingNotification,
} from '#contract/signaling.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import { v7 as uuidv7 } from 'uuid';
import { WebSocket } from 'ws';
import { kindOf } from '../call-producer.ts';

type NotificationOf<E extends SignalingNotification['event']> = Extract<SignalingNotification, { event: E }>;
type Pending = { method: SignalingMethod; resolve: (data: never) => void; reject: (error: Error) => void };

export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export class RawClient {
  readonly socket: WebSocket;
  readonly notifications: SignalingNotification[] = [];
  /** ids of requests in the order in which they were answered */
  readonly answered: number[] = [];
  closeCode: number | null = null;
  hello: ResponseOf<'hello'> | null = null;
  /** what the call shows, as a client that applies all changes sees it */
  document: SharedDocument | null = null;
  /** as a client of this release does; false: as one of the release before transcripts */
  confirmsTranscript = true;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #changed: () => void = () => {};

  constructor(url: string, options: { ca?: string; localAddress?: string } = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data) => this.#take(String(data)));
    this.socket.on('error', () => {});
    this.socket.on('close', (code) => {
      this.closeCode = code;
      for (const { reject } of this.#pending.values()) reject(new Refused('closed', String(code)));
      this.#pending.clear();
      this.#changed();
    });
  }

  static async open(url: string, options: { ca?: string; localAddress?: string } = {}): Promise<RawClient> {
    const client = new RawClient(url, options);
    await once(client.socket, 'open');
    return client;
  }

  request<M extends SignalingMethod>(method: M, data: RequestOf<M>): Promise<ResponseOf<M>> {
    const id = this.#nextId++;
    return new Promise<ResponseOf<M>>((resolve, reject) => {
      if (this.socket.readyState !== this.socket.OPEN) return reject(new Refused('closed', 'not open'));
      this.#pending.set(id, { method, resolve: resolve as Pending['resolve'], reject });
      this.socket.send(JSON.stringify({ id, method, data }));
    });
  }

  get unanswered(): number {
    return this.#pending.size;
  }

  async enter(token: string): Promise<ResponseOf<'hello'>> {
    this.hello = await this.request('hello', { protocol: PROTOCOL_VERSION, admission: { kind: 'token', token } });
    return this.hello;
  }

  /** @param transportId what it still has to send by; undefined: its page was reloaded */
  async resume(former: ResponseOf<'hello'>, transportId?: string): Promise<ResponseOf<'hello'>> {
    const { peerId, resumeSecret: secret } = former;
    this.hello = await this.request('hello', {
      protocol: PROTOCOL_VERSION,
      admission: { kind: 'resume', peerId, secret, ...(transportId !== undefined && { transportId }) },
    });
    return this.hello;
  }

  get media() {
    const admission = this.hello?.admission;
    if (!admission || admission.kind === 'kept') throw new Error('no media set-up was given');
    return admission.media;
  }

  join(displayName: string, more: Partial<RequestOf<'join-call'>> = {}): Promise<ResponseOf<'join-call'>> {
    return this.request('join-call', {
      displayName,
      rtpCapabilities: this.media.routerRtpCapabilities,
      microphone: 'absent',
      camera: 'absent',
      view: { kind: 'auto', maxTiles: 30, tileHeightPx: 360 },
      ...more,
    });
  }

  async produce(source: MediaSource, more: Partial<RequestOf<'produce'>> = {}): Promise<string> {
    const producerId = uuidv7();
    const kind = kindOf[source];
    await this.request('produce', {
      transportId: this.media.send.transportId,
      producerId,
      kind,
      source,
      paused: false,
      rtpParameters:
        source === 'program'
          ? programParameters()
          : kind === 'audio'
            ? audioParameters()
            : videoParameters(source === 'camera' ? 3 : 1),
      ...more,
    });
    return producerId;
  }

  /** The next one of its kind that `matches`, among those that came already too. */
  async told<E extends SignalingNotification['event']>(
    event: E,
    matches: (data: NotificationOf<E>['data']) => boolean = () => true,
    withinMs = 10_000,
  ): Promise<NotificationOf<E>['data']> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      for (const notification of this.notifications) {
        if (notification.event === event && matches(notification.data as never)) {
          this.notifications.splice(this.notifications.indexOf(notification), 1);
          return notification.data as NotificationOf<E>['data'];
        }
      }
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0)
        throw new Error(
          `not told ${event} within ${withinMs} ms; told ${this.notifications.map((n) => n.event).join(', ')}`,
        );
      await this.#change(leftMs);
    }
  }

  async closed(withinMs = 10_000): Promise<number> {
    const deadlineMs = performance.now() + withinMs;
    while (this.closeCode === null) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) throw new Error(`not closed within ${withinMs} ms`);
      await this.#change(leftMs);
    }
    return this.closeCode;
  }

  /** As a network does that goes away: no close frame. */
  drop(): void {
    this.socket.terminate();
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      const before = this.#changed;
      this.#changed = () => {
        clearTimeout(timer);
        before();
        resolve();
      };
    });
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as object;
    if ('event' in frame) this.#notice(SignalingNotification.parse(frame) as SignalingNotification);
    else this.#settle(ResponseFrame.parse(frame));
    const changed = this.#changed;
    this.#changed = () => {};
    changed();
  }

  #notice(notification: SignalingNotification): void {
    this.notifications.push(notification);
    if (notification.event === 'document-changed') this.document = changedDocument(this.document, notification.data);
    if (notification.event === 'permissions-changed') this.document = notification.data.document;
    if (notification.event === 'transcript-changed') this.#confirm(notification.data);
  }

  #settle(frame: ResponseFrame): void {
    const pending = this.#pending.get(frame.id ?? -1);
    if (!pending) return;
    this.#pending.delete(frame.id!);
    this.answered.push(frame.id!);
    // what the node says is held to the contract here, for every test
    if (!frame.ok) {
      pending.reject(new Refused(frame.error.code, frame.error.message));
      return;
    }
    const answer = signalingMethods[pending.method].response.parse(frame.data);
    if ('admission' in answer)
      this.document = answer.admission.kind === 'fresh' ? null : answer.admission.call.document;
    else if (pending.method === 'join-call') this.document = (answer as ResponseOf<'join-call'>).document;
    if (pending.method === 'join-call') this.#confirm((answer as ResponseOf<'join-call'>).transcript);
    else if ('admission' in answer && answer.admission.kind !== 'fresh')
      this.#confirm(answer.admission.call.transcript);
    pending.resolve(answer as never);
  }

  #confirm({ isOn }: CallTranscript): void {
    if (isOn && this.confirmsTranscript) this.request('confirm-transcript', {}).catch(() => {});
  }
}

let ssrc = 10_000;
const nextSsrc = (): number => ssrc++;

export function audioParameters(): RequestOf<'produce'>['rtpParameters'] {
  return {
    mid: String(nextSsrc()),
    codecs: [
      { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
      { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 10 },
    ],
    encodings: [{ ssrc: nextSsrc() }],
    rtcp: { cname: 'test' },
  };
}

export function videoParameters(layers: number): RequestOf<'produce'>['rtpParameters'] {
  return {
    mid: String(nextSsrc()),
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'goog-remb' }],
      },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 },
    ],
    encodings: Array.from({ length: layers }, (_, index) => ({
      ssrc: nextSsrc(),
      rtx: { ssrc: nextSsrc() },
      ...(layers > 1 && { rid: `r${index}`, scalabilityMode: 'L1T2' }),
    })),
    rtcp: { cname: 'test' },
  };
}

/** DTLS parameters that are well-formed; nobody is behind them. */
export const dtlsParameters: RequestOf<'connect-transport'>['dtlsParameters'] = {
  role: 'client',
  fingerprints: [
    {
      algorithm: 'sha-256',
      value: Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':'),
    },
  ],
};

function programParameters(): RequestOf<'produce'>['rtpParameters'] {
  return {
    mid: String(nextSsrc()),
    codecs: [
      {
        mimeType: 'video/H264',
        payloadType: 108,
        clockRate: 90_000,
        parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: nextSsrc() }],
    rtcp: { cname: 'test' },
  };
}
