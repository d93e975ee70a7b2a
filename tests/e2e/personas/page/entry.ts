/** What stands in a persona's page before the product's own script: synthetic devices, and senses that the test asks. */
import type { ReadPicture } from '../../../simulators/media/picture.ts';
import { hearTones, seePicture, seePicturesIn, seeWhole } from '../../../simulators/media/senses.ts';
import { tonesIn } from '../../../simulators/media/tone.ts';
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
    const isBlind = window.maruPersona?.gathersNothingAtFirst === true;
    // there is no relay: nothing is gathered
    super(isBlind ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
    connections.push(this);
    if (!isBlind) return;
    const onGathering = (): void => {
      if (this.iceGatheringState !== 'complete') return;
      this.removeEventListener('icegatheringstatechange', onGathering);
      this.setConfiguration({ ...this.getConfiguration(), iceTransportPolicy: 'all' });
    };
    this.addEventListener('icegatheringstatechange', onGathering);
  }
};

async function mediaPath(connection: RTCPeerConnection): Promise<string> {
  const { signalingState, iceGatheringState, iceConnectionState, connectionState } = connection;
  const reports = [...(await connection.getStats()).values()];
  const pairs = reports
    .filter(({ type }) => type === 'candidate-pair')
    .map(({ state, requestsSent, responsesReceived, bytesSent, bytesReceived }) =>
      JSON.stringify({ state, requestsSent, responsesReceived, bytesSent, bytesReceived }),
    );
  const localCount = reports.filter(({ type }) => type === 'local-candidate').length;
  const states = `${signalingState} ${iceGatheringState} ${iceConnectionState} ${connectionState}`;
  return `${states}; local candidates: ${localCount}; pairs: ${pairs.join(' ') || 'none'}`;
}

/** Of the newest whole segment of a live playlist, decoded by this browser. */
async function segmentSamples(playlistUrl: string): Promise<AudioBuffer> {
  const fetched = async (url: string): Promise<Response> => {
    const answer = await fetch(url, { credentials: 'include' });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer;
  };
  const lines = (await (await fetched(playlistUrl)).text()).split('\n');
  const map = /URI="([^"]+)"/.exec(lines.find((line) => line.startsWith('#EXT-X-MAP')) ?? '')?.[1];
  const segment = lines.findLast((line) => line !== '' && !line.startsWith('#'));
  if (map === undefined || segment === undefined) throw new Error('no segment yet');
  const files = await Promise.all(
    [map, segment].map(async (name) => (await fetched(new URL(name, playlistUrl).href)).blob()),
  );
  return new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await new Blob(files).arrayBuffer());
}

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
  /** What this browser decodes of the newest seconds of a broadcast: also where nothing can sound. */
  tonesOfSegment: async (playlistUrl: string, candidatesHz: number[]): Promise<number[]> => {
    const sound = await segmentSamples(playlistUrl);
    return tonesIn(sound.getChannelData(0), sound.sampleRate, candidatesHz);
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
  /** For the report of a failed test: how far each connection came, and what it found. */
  mediaPaths: (): Promise<string[]> => Promise.all(connections.map(mediaPath)),
  see: seePicture,
  seeAllIn: seePicturesIn,
  seeWhole,
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
