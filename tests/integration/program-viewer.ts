/**
 * For tests: what a program really sends. Consumes the newest H264 producer of a media node in this process over a plain transport,
 * counts its key frames, and decodes its pictures with ffmpeg.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { observer, type types } from 'mediasoup';
import { readSps } from '../../fleet/broadcasts/packager/mp4/parameter-sets.ts';

const SIZE = { width: 64, height: 36 };
const FRAME_BYTES = SIZE.width * SIZE.height * 3;
const NAL = { parameters: 7, stapA: 24 };

export type Picture = (x: number, y: number) => [number, number, number];
export type KeyFrame = { atMs: number; ssrc: number };

export class ProgramViewer {
  readonly keyFrames: KeyFrame[] = [];
  readonly producers: types.Producer[] = [];
  /** the newest picture; x and y from 0 to 1. null: none yet of the newest producer */
  picture: Picture | null = null;
  /** of the newest producer's picture, as 1280x720 */
  size: string | null = null;
  pictureAtMs = 0;
  picturesSeen = 0;
  soundPackets = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-viewer-'));
  readonly #receiving: Socket[] = [];
  #ffmpeg: ChildProcess | null = null;
  #listen: { consumer: types.Consumer; receiver: Socket } | null = null;
  #isOver = false;

  /** Before the node's workers start. */
  constructor() {
    const follow = (router: types.Router) =>
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newproducer', (producer) => void this.#onProducer(router, producer)),
      );
    observer.on('newworker', (worker) => worker.observer.on('newrouter', follow));
  }

  async #onProducer(router: types.Router, producer: types.Producer): Promise<void> {
    const { mimeType, parameters } = producer.rtpParameters.codecs[0]!;
    // people send VP8, and one channel
    if (mimeType === 'video/H264' || parameters?.['sprop-stereo'] === 1) {
      if (producer.kind === 'video') this.producers.push(producer);
      await this.#consume(router, producer).catch((error: unknown) => console.error('viewer:', error));
    }
  }

  async #consume(router: types.Router, producer: types.Producer): Promise<void> {
    const [receiver, relay] = [createSocket('udp4'), await freePort()];
    this.#receiving.push(receiver);
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: false,
    });
    await transport.connect({ ip: '127.0.0.1', port: (receiver.address() as AddressInfo).port, rtcpPort: relay + 1 });
    const { codecs } = router.rtpCapabilities;
    const rtpCapabilities = {
      codecs: codecs!.map((codec) => ({ ...codec, rtcpFeedback: [] })),
      headerExtensions: [],
    };
    const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, paused: true });
    if (producer.kind === 'audio') {
      this.#listen = { consumer, receiver };
      receiver.on('message', () => {
        this.soundPackets += 1;
      });
    } else {
      this.#decode(consumer, relay);
      const sender = createSocket('udp4');
      this.#receiving.push(sender);
      receiver.on('message', (packet) => {
        this.#countKeyFrame(packet);
        sender.send(packet, relay, '127.0.0.1');
      });
    }
    await consumer.resume();
  }

  /** Of the next two seconds of its sound, in dBFS; null: ffmpeg decoded none. */
  async loudnessDb(): Promise<number | null> {
    const { consumer, receiver } = this.#listen!;
    const port = await freePort();
    const { payloadType } = consumer.rtpParameters.codecs[0]!;
    const sdp = this.#sdpFile(port, `m=audio ${port} RTP/AVP ${payloadType}`, `a=rtpmap:${payloadType} opus/48000/2`);
    const args = [
      '-protocol_whitelist',
      'file,udp,rtp',
      '-i',
      sdp,
      '-t',
      '2',
      '-af',
      'volumedetect',
      '-f',
      'null',
      '-',
    ];
    const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    ffmpeg.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const sender = createSocket('udp4');
    const relay = (packet: Buffer) => sender.send(packet, port, '127.0.0.1');
    receiver.on('message', relay);
    const late = setTimeout(() => ffmpeg.kill('SIGINT'), 8_000);
    await once(ffmpeg, 'exit');
    clearTimeout(late);
    receiver.off('message', relay);
    sender.close();
    const mean = /mean_volume: (-?[\d.]+) dB/.exec(said)?.[1];
    return mean === undefined ? null : Number(mean);
  }

  #sdpFile(port: number, ...media: string[]): string {
    const file = join(this.#folder, `${port}.sdp`);
    const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', ...media];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  #countKeyFrame(packet: Buffer): void {
    const extension = (packet[0]! & 16) === 0 ? 0 : 4 + 4 * packet.readUInt16BE(14);
    const payload = packet.subarray(12 + 4 * (packet[0]! & 15) + extension);
    const type = payload[0]! & 31;
    // parameter sets go ahead of each key frame, in one packet
    const begins = type === NAL.parameters || (type === NAL.stapA && (payload[3]! & 31) === NAL.parameters);
    if (!begins) return;
    const sps = type === NAL.stapA ? payload.subarray(3, 3 + payload.readUInt16BE(1)) : payload;
    const { width, height } = readSps(sps);
    this.size = `${width}x${height}`;
    this.keyFrames.push({ atMs: Date.now(), ssrc: packet.readUInt32BE(8) });
  }

  #decode(consumer: types.Consumer, port: number): void {
    this.#ffmpeg?.kill('SIGKILL');
    this.picture = null;
    this.size = null;
    const { payloadType, parameters } = consumer.rtpParameters.codecs[0]!;
    const format = Object.entries(parameters ?? {}).map(([name, value]) => `${name}=${value}`);
    const sdp = this.#sdpFile(
      port,
      `m=video ${port} RTP/AVP ${payloadType}`,
      `a=rtpmap:${payloadType} H264/90000`,
      `a=fmtp:${payloadType} ${format.join(';')}`,
    );
    const quick = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'];
    const raw = [
      '-vsync',
      '0',
      '-vf',
      `scale=${SIZE.width}:${SIZE.height}:flags=area`,
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      'pipe:1',
    ];
    const args = ['-loglevel', 'error', ...quick, '-protocol_whitelist', 'file,udp,rtp', '-i', sdp, '-an', ...raw];
    const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#ffmpeg = ffmpeg;
    let rest = Buffer.alloc(0);
    ffmpeg.stdout!.on('data', (chunk: Buffer) => {
      if (this.#ffmpeg !== ffmpeg || this.#isOver) return;
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= FRAME_BYTES; rest = rest.subarray(FRAME_BYTES)) {
        const frame = Buffer.from(rest.subarray(0, FRAME_BYTES));
        this.picture = (x, y) => {
          const at = 3 * (Math.floor(y * SIZE.height) * SIZE.width + Math.floor(x * SIZE.width));
          return [frame[at]!, frame[at + 1]!, frame[at + 2]!];
        };
        this.pictureAtMs = Date.now();
        this.picturesSeen += 1;
      }
    });
  }

  /** What it saw of the last call does not count. */
  reset(): void {
    this.#ffmpeg?.kill('SIGKILL');
    this.#ffmpeg = null;
    this.picture = null;
    this.keyFrames.length = 0;
  }

  stop(): void {
    this.#isOver = true;
    this.#ffmpeg?.kill('SIGKILL');
    for (const socket of this.#receiving) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An even port, as RTP has it. */
async function freePort(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    if (port % 2 === 0) return port;
  }
}
