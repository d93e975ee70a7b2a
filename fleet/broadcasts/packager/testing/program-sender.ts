/** For tests: a program's media node, on one port of loopback: sends in real time, with sender reports; answers requests for key frames by a record. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import type { ProgramMedia } from './program-media.ts';
import { packetsOf, writeRtp, writeSenderReport } from './rtp-writer.ts';

export type ProgramSenderOptions = {
  port: number;
  media: ProgramMedia;
  /** of its two sources: others for each sender */
  ssrc: number;
  /** where its timestamps begin */
  pictureStart?: number;
  soundStart?: number;
  /** pictures arrive so much later than sound of the same moment */
  pictureDelayMs?: number;
};

const FRAME_MS = 1_000 / 30;
const PACKET_MS = 20;
/** NTP counts from 1900; the sender's clock is a little wrong. */
const NTP_AHEAD_MS = Date.UTC(2026, 0, 1) - Date.UTC(1900, 0, 1) + 777;

export class ProgramSender {
  readonly #options: ProgramSenderOptions;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #pictures = 0;
  #packets = 0;
  #pictureSequence = 65_000;
  #soundSequence = 65_500;
  #reportedMs = -Infinity;
  sendsPictures = true;
  sendsSound = true;
  sendsReports = true;
  keysAsked = 0;
  /** packets of pictures to lose */
  toLose = 0;
  /** its clock jumped by so much: that of all timestamps */
  jumpedMs = 0;

  constructor(options: ProgramSenderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const socket = createSocket('udp4');
    socket.on('message', (packet) => {
      if (packet.includes(Buffer.from([0x81, 206]))) this.keysAsked += 1;
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    this.#socket = socket;
    this.#startMs = performance.now();
    this.#timer = setInterval(() => this.#send(performance.now() - this.#startMs), 5);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  #send(atMs: number): void {
    const {
      media,
      ssrc,
      pictureStart = 2 ** 32 - 90_000,
      soundStart = 2 ** 32 - 24_000,
      pictureDelayMs = 0,
    } = this.#options;
    if (this.sendsReports && atMs - this.#reportedMs >= 500) {
      this.#reportedMs = atMs;
      const ntpMs = this.#startMs + atMs + NTP_AHEAD_MS;
      this.raw(writeSenderReport(ssrc, ntpMs, Math.round(pictureStart + (atMs + this.jumpedMs) * 90)));
      this.raw(writeSenderReport(ssrc + 1, ntpMs, Math.round(soundStart + (atMs + this.jumpedMs) * 48)));
    }
    for (; this.#packets * PACKET_MS <= atMs; this.#packets += 1) {
      const payload = media.packets[this.#packets % media.packets.length]!;
      const header = {
        ...{ sequence: this.#soundSequence++, timestamp: soundStart + this.#packets * 960 + this.jumpedMs * 48 },
        ...{ ssrc: ssrc + 1, payloadType: PROGRAM_PAYLOAD_TYPES['program-sound'] },
      };
      if (this.sendsSound) this.raw(writeRtp(header, payload));
    }
    for (; this.#pictures * FRAME_MS + pictureDelayMs <= atMs; this.#pictures += 1) {
      const payloads = packetsOf(media.pictures[this.#pictures % media.pictures.length]!);
      const timestamp = pictureStart + this.#pictures * 3_000 + this.jumpedMs * 90;
      for (const [index, payload] of payloads.entries()) {
        const packet = writeRtp(
          { sequence: this.#pictureSequence++, timestamp, ssrc, isMarked: index === payloads.length - 1 },
          payload,
        );
        if (!this.sendsPictures) continue;
        if (this.toLose > 0) this.toLose -= 1;
        else this.raw(packet);
      }
    }
  }

  raw(packet: Buffer): void {
    this.#socket?.send(packet, this.#options.port, '127.0.0.1', () => {});
  }
}
