/** The page of browser-call.test.ts: #call with tracks that a test can recognise, and what a person would see of others. */
import { CallClient, type CallClientDependencies } from '#call/call-client.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import { hearTones } from '../simulators/media/senses.ts';

type Made = {
  call: CallClient;
  camera: MediaStreamTrack;
  microphone: MediaStreamTrack;
  streamIds: Map<string, string>;
};
type Ports = Record<number, number>;

const made: { current: Made | null } = { current: null };
const ears = new Map<MediaStreamTrack, HTMLAudioElement>();
const viewAll = { kind: 'auto', maxTiles: 9, tileHeightPx: 360 } as const;

function cameraOf(colour: string): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const pen = canvas.getContext('2d')!;
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 640, 360);
    // something must move, or a canvas gives no frames
    pen.fillStyle = '#000';
    pen.fillRect(turn++ % 600, 350, 8, 8);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0]!;
}

function microphoneOf(frequencyHz: number): MediaStreamTrack {
  const audio = new AudioContext();
  const out = audio.createMediaStreamDestination();
  const tone = new OscillatorNode(audio, { frequency: frequencyHz });
  tone.connect(new GainNode(audio, { gain: 0.3 })).connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0]!;
}

/** Media candidates are sent through the tests' network where it stands in front of a port. */
class RoutedSocket extends WebSocket {
  static ports: Ports = {};
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: AddEventListenerOptions | boolean,
  ): void {
    if (type !== 'message') {
      super.addEventListener(type, listener, options);
      return;
    }
    super.addEventListener(
      type,
      (event) => {
        const data = String((event as MessageEvent).data).replace(
          /"port":(\d+)/g,
          (whole, port) => `"port":${RoutedSocket.ports[Number(port)] ?? whole.slice(7)}`,
        );
        (listener as EventListener)(new MessageEvent('message', { data }));
      },
      options,
    );
  }
}

const connections: RTCPeerConnection[] = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

const page = {
  /** false: it goes on sending whatever the node notifies it of */
  obeys: true,
  make(colour: string, frequencyHz: number, ports: Ports = {}): void {
    RoutedSocket.ports = ports;
    const dependencies: CallClientDependencies = {
      requestGrant: (why) => (window as unknown as { grant: (why: unknown) => Promise<CallGrant> }).grant(why),
      onMuted: () => {
        if (page.obeys) page.setMuted(true);
      },
      openSocket: (url) => new RoutedSocket(url),
    };
    const call = new CallClient(dependencies);
    made.current = { call, camera: cameraOf(colour), microphone: microphoneOf(frequencyHz), streamIds: new Map() };
    call.subscribe(() => page.show());
  },
  prepare: (grant: CallGrant) => made.current!.call.prepare(grant, viewAll),
  async join(displayName: string, grant: CallGrant | null = null): Promise<void> {
    const { call, camera, microphone } = made.current!;
    await call.join({ displayName, camera, microphone, view: viewAll }, grant);
  },
  async resume(ticket: ResumeTicket, displayName: string): Promise<void> {
    const { call, camera, microphone } = made.current!;
    await call.resume(ticket, { displayName, camera, microphone, view: viewAll });
  },
  call: () => made.current!.call,
  setMuted(muted: boolean): void {
    const { call, microphone } = made.current!;
    microphone.enabled = !muted;
    call.setMicrophone(microphone);
  },
  openConnections: () => connections.filter(({ signalingState }) => signalingState !== 'closed').length,
  camera: () => made.current!.camera,
  state() {
    const { phase, participants, local, streams } = made.current!.call.getSnapshot();
    return {
      phase,
      participants,
      local,
      ticket: made.current!.call.ticket,
      streams: [...streams].map(([peerId, of]) => ({
        peerId,
        camera: of.camera?.state ?? null,
        microphone: of.microphone?.state ?? null,
      })),
    };
  },
  /** One video element per peer for as long as the peer is there, as the stage has it. */
  show(): void {
    for (const [peerId, { camera }] of made.current!.call.getSnapshot().streams) {
      if (!camera) continue;
      let video = document.getElementById(peerId) as HTMLVideoElement | null;
      if (!video) {
        video = Object.assign(document.createElement('video'), {
          id: peerId,
          muted: true,
          autoplay: true,
          playsInline: true,
        });
        document.body.append(video);
      }
      if (video.srcObject !== camera.stream) {
        video.dataset.swaps = String(Number(video.dataset.swaps ?? 0) + 1);
        video.srcObject = camera.stream;
      }
    }
  },
  /** which of these tones come from a peer's microphone; the first ask only opens the ear */
  heard(peerId: string, candidatesHz: number[]): number[] {
    const track = made.current!.call.getSnapshot().streams.get(peerId)?.microphone?.stream.getAudioTracks().at(-1);
    if (track === undefined) return [];
    // Chromium decodes a remote track for WebAudio only while an element plays it
    if (!ears.has(track)) {
      const ear = Object.assign(new Audio(), { muted: true });
      ear.srcObject = new MediaStream([track]);
      void ear.play();
      ears.set(track, ear);
    }
    return hearTones(track, candidatesHz).tonesHz;
  },
  /** what a person sees of a peer, in the middle of the picture; null while there is none */
  seen(peerId: string): { rgb: [number, number, number]; frames: number; swaps: number } | null {
    const video = document.getElementById(peerId) as HTMLVideoElement | null;
    if (!video || video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(4, 4);
    const pen = canvas.getContext('2d')!;
    pen.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 4, 4, 0, 0, 4, 4);
    const [r, g, b] = pen.getImageData(1, 1, 1, 1).data;
    return {
      rgb: [r!, g!, b!],
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      swaps: Number(video.dataset.swaps),
    };
  },
};
export type BrowserCallPage = typeof page;
Object.assign(window, { page });
