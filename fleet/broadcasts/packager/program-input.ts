/**
 * Receives the program of one broadcast: RTP and RTCP on one port of loopback. Of sound and of picture the newest source (SSRC) counts;
 * one that was replaced never counts again. Asks for key frames.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import { H264Frames, type H264Frame } from './rtp/h264-frames.ts';
import { isRtcp, readRtp, readSenderReports, type RtpPacket, writePictureLoss } from './rtp/rtp-packet.ts';
import { SenderClock, SourceClock } from './rtp/source-clock.ts';
import { Unwrapped } from './rtp/unwrap.ts';

export type ProgramInputOptions = {
  /** @param capturedAtMs by `performance.now()` */
  onPicture: (frame: H264Frame, capturedAtMs: number) => void;
  onSound: (packet: Buffer, capturedAtMs: number) => void;
  /** what follows cannot be drawn until a key frame comes */
  onPictureLost: () => void;
  log: (what: string, details: object) => void;
};

type Source = {
  ssrc: number;
  timestamps: Unwrapped;
  clock: SourceClock;
  /** of pictures */
  frames: H264Frames | null;
  lastSequence: number;
};
type Kind = 'picture' | 'sound';

const LOOPBACK = '127.0.0.1';
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** libwebrtc ignores one that follows sooner than 300 ms. */
const KEY_ASKED_EACH_MS = 400;
const OWN_SSRC = 0x6d617275;
/** Of sources that were replaced. */
const MOST_REMEMBERED = 1_000;

export class ProgramInput {
  readonly #options: ProgramInputOptions;
  #socket: Socket | null = null;
  #from: RemoteInfo | null = null;
  #sender: SenderClock;
  readonly #sources: Record<Kind, Source | null> = { picture: null, sound: null };
  readonly #replaced = new Set<number>();
  #keyAskedAtMs = -Infinity;
  #packetAtMs: Record<Kind, number> = { picture: -Infinity, sound: -Infinity };

  constructor(options: ProgramInputOptions) {
    this.#options = options;
    this.#sender = this.#newSender();
  }

  /** Of the newest packet, by `performance.now()`. */
  get lastPacketAtMs(): Readonly<Record<Kind, number>> {
    return this.#packetAtMs;
  }

  /** @returns where it listens: there, if that is free */
  async start(wantedPort: number | null): Promise<number> {
    const listen = async (port: number): Promise<Socket> => {
      const socket = createSocket({ type: 'udp4' });
      socket.bind(port, LOOPBACK);
      await once(socket, 'listening').catch((error: unknown) => {
        socket.close();
        throw error;
      });
      return socket;
    };
    const socket = await listen(wantedPort ?? 0).catch(() => listen(0));
    this.#socket = socket;
    socket.on('error', (err) => this.#options.log('error of the socket that a program comes in by', { err }));
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    socket.on('message', (packet, from) => this.#onPacket(packet, from, performance.now()));
    return socket.address().port;
  }

  stop(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  /** Nothing happens before a picture has come, or shortly after the last time. */
  askForKey(): void {
    const source = this.#sources.picture;
    const nowMs = performance.now();
    if (!this.#from || !source || nowMs - this.#keyAskedAtMs < KEY_ASKED_EACH_MS) return;
    this.#keyAskedAtMs = nowMs;
    this.#socket?.send(writePictureLoss(OWN_SSRC, source.ssrc), this.#from.port, this.#from.address, () => {});
  }

  #newSender(): SenderClock {
    return new SenderClock((byMs) =>
      this.#options.log('the clock of the media node jumped', { byMs: Math.round(byMs) }),
    );
  }

  #onPacket(packet: Buffer, from: RemoteInfo, nowMs: number): void {
    if (isRtcp(packet)) {
      for (const { ssrc, ntpMs, timestamp } of readSenderReports(packet)) {
        const source = Object.values(this.#sources).find((each) => each?.ssrc === ssrc);
        if (!source) continue;
        this.#sender.report(ntpMs, nowMs);
        source.clock.report(ntpMs, source.timestamps.next(timestamp), nowMs);
      }
      return;
    }
    const rtp = readRtp(packet);
    const kind = rtp && kindOf(rtp.payloadType);
    if (!rtp || !kind) return;
    const source = this.#sourceOf(kind, rtp.ssrc, from);
    if (!source) return;
    this.#packetAtMs[kind] = nowMs;
    if (source.frames) source.frames.add(rtp);
    else this.#addSound(source, rtp, nowMs);
  }

  #addSound(source: Source, rtp: RtpPacket, nowMs: number): void {
    const step = (rtp.sequence - source.lastSequence) & 0xffff;
    // again, or too late
    if (source.lastSequence !== -1 && (step === 0 || step > 0x8000)) return;
    source.lastSequence = rtp.sequence;
    const timestamp = source.timestamps.next(rtp.timestamp);
    this.#options.onSound(rtp.payload, source.clock.capturedAtMs(timestamp, nowMs));
  }

  /** Null: of a source that was replaced. */
  #sourceOf(kind: Kind, ssrc: number, from: RemoteInfo): Source | null {
    const current = this.#sources[kind];
    if (current?.ssrc === ssrc) return current;
    if (this.#replaced.has(ssrc)) return null;
    if (current) this.#replaced.add(current.ssrc);
    if (this.#replaced.size > MOST_REMEMBERED) this.#replaced.clear();
    if (this.#from?.port !== from.port) {
      // another transport, perhaps of another machine's clock
      this.#from = from;
      this.#sender = this.#newSender();
    }
    const onJump = (byMs: number): void => this.#options.log('a source jumped', { kind, ssrc, byMs: Math.round(byMs) });
    const timestamps = new Unwrapped(32);
    const clock = new SourceClock(kind, this.#sender, onJump);
    const source: Source = { ssrc, timestamps, clock, frames: null, lastSequence: -1 };
    if (kind === 'picture') {
      source.frames = new H264Frames({
        timestamps,
        onFrame: (frame) => this.#options.onPicture(frame, clock.capturedAtMs(frame.timestamp, performance.now())),
        onBroken: () => {
          this.#options.onPictureLost();
          this.askForKey();
        },
      });
      this.#keyAskedAtMs = -Infinity;
    }
    this.#sources[kind] = source;
    this.#options.log('a source came', { kind, ssrc });
    if (kind === 'picture') this.askForKey();
    return source;
  }
}

function kindOf(payloadType: number): Kind | null {
  if (payloadType === PROGRAM_PAYLOAD_TYPES.program) return 'picture';
  return payloadType === PROGRAM_PAYLOAD_TYPES['program-sound'] ? 'sound' : null;
}
