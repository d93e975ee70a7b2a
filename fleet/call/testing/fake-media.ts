/** Tracks, streams and a media session without WebRTC, for unit tests. */
import type { LocalProducer, Media, MediaOptions } from '../media-session.ts';

export class FakeTrack extends EventTarget {
  enabled = true;
  muted = false;
  contentHint = '';
  readonly kind: string;
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  getSettings = () => ({ width: 1280, height: 720 });
  /** as the system does it */
  silence(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}
export const fakeTrack = (kind: 'audio' | 'video'): MediaStreamTrack =>
  new FakeTrack(kind) as unknown as MediaStreamTrack;

export class FakeStream {
  readonly tracks = new Set<MediaStreamTrack>();
  addTrack = (track: MediaStreamTrack): void => void this.tracks.add(track);
  removeTrack = (track: MediaStreamTrack): void => void this.tracks.delete(track);
}
export const createFakeStream = (): MediaStream => new FakeStream() as unknown as MediaStream;

export class FakeMedia implements Media {
  readonly options: MediaOptions;
  readonly produced: { source: string; track: MediaStreamTrack; producerId: string }[] = [];
  readonly open = new Set<string>();
  iceRestarts = 0;
  retired = false;
  closed = false;
  /** whether the node's answer to `produce` counts as heard */
  confirms = true;

  constructor(options: MediaOptions) {
    this.options = options;
  }

  get transportId(): string {
    return this.options.setup.send.transportId;
  }

  rtpCapabilities = async () => ({
    codecs: [{ kind: 'video' as const, mimeType: 'video/VP8', preferredPayloadType: 96, clockRate: 90_000 }],
  });
  connectedAhead = false;
  connectAhead = (): void => {
    this.connectedAhead = true;
  };
  readonly expected: string[] = [];
  readonly consumed: string[] = [];
  expectFrame = (consumerId: string): void => void this.expected.push(consumerId);
  consumerIds = (): string[] => [...this.open];

  async consume({ consumerId, kind }: { consumerId: string; kind: string }): Promise<MediaStreamTrack> {
    this.open.add(consumerId);
    this.consumed.push(consumerId);
    await Promise.resolve();
    return fakeTrack(kind as 'video');
  }

  closeConsumer(consumerId: string): void {
    this.open.delete(consumerId);
  }

  async produce(source: MediaSourceName, track: MediaStreamTrack, producerId: string): Promise<LocalProducer> {
    await Promise.resolve();
    this.produced.push({ source, track, producerId });
    const confirmed = this.confirms;
    const producer = { track: track as MediaStreamTrack | null };
    this.options
      .ask('produce', {
        transportId: 't',
        producerId,
        kind: 'video',
        source,
        rtpParameters: { codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }] },
        paused: !track.enabled,
      })
      .catch((error: Error) => this.options.onProducerRefused(source, error));
    return {
      producerId,
      confirmed,
      sender: null,
      announcedPaused: !track.enabled,
      get track() {
        return producer.track;
      },
      replaceTrack: async (next) => {
        producer.track = next;
      },
      close: () => {},
    };
  }

  resume(): void {
    this.iceRestarts += 1;
  }

  statistics(): Promise<never> {
    return Promise.reject(new Error('nothing is counted'));
  }

  retire(): void {
    this.retired = true;
  }

  close(): void {
    this.closed = true;
  }
}
type MediaSourceName = Parameters<Media['produce']>[0];
