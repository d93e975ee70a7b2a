/** What stands in a persona's page before the product's own script: synthetic devices, and senses that the test asks. */
import type { ReadPicture } from '../../../simulators/media/picture.ts';
import { hearTones, seePicture } from '../../../simulators/media/senses.ts';
import { detourCandidates } from './detour.ts';
import { type PersonaDevices, replaceDevices } from './devices.ts';
import { type Watched, watchedFrames, watchFrames } from './frame-watch.ts';

export type SeenFigure = {
  name: string;
  peerId: string | null;
  shown: boolean;
  picture: ReadPicture | null;
  widthPx: number;
};

const connections: RTCPeerConnection[] = [];

const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

const senses = {
  /** Every figure on the page with what its video decodes now. */
  figures: (): SeenFigure[] =>
    [...document.querySelectorAll('figure')].map((figure) => {
      const video = figure.querySelector('video');
      return {
        name: figure.getAttribute('aria-label') ?? '',
        peerId: figure.getAttribute('data-peer'),
        shown: video?.checkVisibility() ?? false,
        picture: video === null ? null : seePicture(video),
        widthPx: Math.round(figure.getBoundingClientRect().width),
      };
    }),
  /** What a loudspeaker would give: of elements that really play, aloud. */
  tones: (candidatesHz: number[]): number[] => {
    const heard = new Set<number>();
    for (const element of document.querySelectorAll<HTMLMediaElement>('audio, video')) {
      if (element.paused || element.muted || element.volume === 0 || !(element.srcObject instanceof MediaStream))
        continue;
      for (const track of element.srcObject.getAudioTracks()) {
        if (track.readyState === 'live') for (const toneHz of hearTones(track, candidatesHz).tonesHz) heard.add(toneHz);
      }
    }
    return [...heard].sort((a, b) => a - b);
  },
  /** Of sound, over all connections: what has arrived, whether or not anything plays it. */
  soundPackets: async (): Promise<number> => {
    let packets = 0;
    for (const connection of connections.filter(({ signalingState }) => signalingState !== 'closed')) {
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp' && report.kind === 'audio') packets += report.packetsReceived;
    }
    return packets;
  },
  see: seePicture,
  watchFrames,
  watchedFrames: (): Record<string, Watched> => watchedFrames(),
  /** a page that was loaded again has lost this */
  mark: crypto.randomUUID?.() ?? String(Math.random()),
};
export type Senses = typeof senses;

declare global {
  interface Window {
    maruPersona: PersonaDevices | undefined;
    maruSenses: Senses;
  }
}

window.maruSenses = senses;
detourCandidates();
if (window.maruPersona !== undefined) replaceDevices(window.maruPersona);
