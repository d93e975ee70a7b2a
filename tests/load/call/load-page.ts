/**
 * The load of the packet figures, one page for all three servers: one sender with a noisy picture and a tone, and
 * viewers that receive and decode it, small enough for one core. The servers see the same codec, bitrate and count.
 * (Viewers that drop frames undecoded ask for a key frame each 200 ms, which is no load that anyone has.)
 */
import { BareClient } from '../peers/bare-client.ts';
import { JanusClient } from '../peers/janus-client.ts';
import { MaruLoadClient } from './maru-load-client.ts';

const WIDTH = 320;
const HEIGHT = 180;
const FRAMES_PER_SECOND = 30;

export type LoadTarget =
  | { kind: 'bare'; url: string }
  | { kind: 'janus'; url: string; room: number }
  | { kind: 'maru'; invite: string };

type Viewer = { close: () => void };
const receivers: RTCRtpReceiver[] = [];
const senders: RTCRtpSender[] = [];

// every connection of this page, whoever made it, is counted by its receivers and senders
const Native = RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    this.addEventListener('track', ({ receiver }) => receivers.push(receiver));
  }

  override addTransceiver(...args: Parameters<RTCPeerConnection['addTransceiver']>): RTCRtpTransceiver {
    const transceiver = super.addTransceiver(...args);
    if (typeof args[0] !== 'string') senders.push(transceiver.sender);
    return transceiver;
  }
};

/** Noise does not compress, so the bitrate is what the encoder is allowed, alike for every server. */
function noisyTracks(): MediaStreamTrack[] {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(WIDTH, HEIGHT);
  setInterval(() => {
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.random() * 0xffffff) | 0xff000000;
    context.putImageData(image, 0, 0);
  }, 1000 / FRAMES_PER_SECOND);
  const audio = new AudioContext();
  const oscillator = audio.createOscillator();
  const out = audio.createMediaStreamDestination();
  oscillator.connect(out);
  oscillator.start();
  return [...canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks(), ...out.stream.getAudioTracks()];
}

/** Starts at the bitrate that is measured; left alone, the estimate climbs for a minute. Janus' room does so by itself. */
const fullSpeed = (maxBitrate: number) => ({ videoGoogleStartBitrate: maxBitrate / 1000 });

const viewers: Viewer[] = [];
const leaving: (() => Promise<void>)[] = [];
let janusFeed = 0;

const load = {
  async send(target: LoadTarget, maxBitrate: number): Promise<void> {
    const tracks = noisyTracks();
    if (target.kind === 'janus') {
      const client = new JanusClient();
      await client.open(target.url);
      janusFeed = await client.publish(tracks, target.room, { maxBitrate });
    } else if (target.kind === 'bare') {
      const client = new BareClient();
      await client.prepare(target.url, 'source');
      for (const track of tracks) await client.produce(track, [{ maxBitrate }], fullSpeed(maxBitrate));
    } else {
      const client = new MaruLoadClient();
      await client.enter(target, 'sender');
      leaving.push(() => client.leave());
      for (const track of tracks) await client.produce(track, [{ maxBitrate }], fullSpeed(maxBitrate));
    }
  },
  async addViewer(target: LoadTarget): Promise<void> {
    if (target.kind === 'janus') {
      const client = new JanusClient();
      await client.open(target.url);
      await client.subscribe(janusFeed, target.room);
      viewers.push(client);
    } else if (target.kind === 'bare') {
      const client = new BareClient();
      await client.prepare(target.url, 'viewer');
      await client.join();
      viewers.push(client);
    } else {
      const client = new MaruLoadClient();
      await client.enter(target, `viewer ${viewers.length + 1}`);
      viewers.push(client);
      leaving.push(() => client.leave());
    }
  },
  /** Whoever vanishes without a word is kept a place, and is sent packets in the next measurement. */
  async leave(): Promise<void> {
    await Promise.all(leaving.map((leave) => leave()));
  },
  /** RTP packets received by all viewers so far. */
  async packetsReceived(): Promise<number> {
    let packets = 0;
    for (const receiver of receivers) {
      for (const report of (await receiver.getStats()).values())
        if (report.type === 'inbound-rtp') packets += report.packetsReceived;
    }
    return packets;
  },
  async packetsSent(): Promise<number> {
    let packets = 0;
    for (const sender of senders) {
      for (const report of (await sender.getStats()).values())
        if (report.type === 'outbound-rtp') packets += report.packetsSent;
    }
    return packets;
  },
};
declare global {
  interface Window {
    load: typeof load;
  }
}
window.load = load;
