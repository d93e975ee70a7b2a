/** One participant in a page: enters by a grant, sends its picture and tone, receives everyone. mediasoup-client and the contract alone. */
import { Device, type types } from 'mediasoup-client';
import { v7 } from 'uuid';
import type { CallGrant } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Participant as Listed } from '#contract/room-state.ts';
import type { MediaSource } from '#contract/media-source.ts';
import type { ConsumerParameters, SignalingNotification, TransportParameters } from '#contract/signaling.ts';
import type { Picture, ReadPicture } from '../../media/picture.ts';
import { hearTones, seePicture } from '../../media/senses.ts';
import { syntheticCamera, syntheticMicrophone } from '../../media/synthetic-devices.ts';
import { Signaling } from './signaling.ts';

export type ParticipantOptions = {
  displayName: string;
  picture: Picture | null;
  toneHz: number | null;
  size: { width: number; height: number; framesPerSecond: number };
  showTiles: number;
};
export type Received = {
  peerId: string;
  displayName: string;
  source: MediaSource;
  picture: ReadPicture | null;
  tonesHz: number[];
};

export class Participant {
  readonly #options: ParticipantOptions;
  readonly #listed = new Map<string, Listed>();
  readonly #consumers = new Map<
    string,
    { consumer: types.Consumer; of: ConsumerParameters; video: HTMLVideoElement | null; sound: HTMLAudioElement | null }
  >();
  readonly #producers = new Map<MediaSource, types.Producer>();
  #signaling!: Signaling;
  #recv!: types.Transport;
  #send!: types.Transport;
  ended: string | null = null;

  constructor(options: ParticipantOptions) {
    this.#options = options;
  }

  async enter(grant: CallGrant): Promise<void> {
    const { displayName, picture, toneHz, size, showTiles } = this.#options;
    this.#signaling = await Signaling.open(
      grant.signalingUrl,
      (told) => void this.#hear(told).catch(console.error),
      (closeCode) => (this.ended ??= `closed with ${closeCode}`),
    );
    const { admission } = await this.#signaling.ask('hello', {
      protocol: PROTOCOL_VERSION,
      admission: { kind: 'token', token: grant.joinToken },
    });
    if (admission.kind !== 'fresh') throw new Error(`a new peer was expected, not ${admission.kind}`);
    const { media } = admission;
    const device = new Device();
    await device.load({ routerRtpCapabilities: media.routerRtpCapabilities as types.RtpCapabilities });
    this.#send = this.#connecting(device.createSendTransport(optionsOf(media.send)));
    this.#recv = this.#connecting(device.createRecvTransport(optionsOf(media.recv)));
    this.#send.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const producerId = v7();
      this.#signaling
        .ask('produce', {
          transportId: this.#send.id,
          producerId,
          kind,
          source: appData.source as MediaSource,
          rtpParameters: rtpParameters as never,
          paused: false,
        })
        .then(() => done({ id: producerId }), failed);
    });
    await this.#recv.consume({
      id: media.anchor.consumerId,
      producerId: media.anchor.producerId,
      kind: 'audio',
      rtpParameters: media.anchor.rtpParameters as never,
    });
    const call = await this.#signaling.ask('join-call', {
      displayName,
      rtpCapabilities: device.recvRtpCapabilities as never,
      microphone: toneHz === null ? 'absent' : 'on',
      camera: picture === null ? 'absent' : 'on',
      view: { kind: 'auto', maxTiles: showTiles, tileHeightPx: 360 },
    });
    for (const participant of call.participants) this.#listed.set(participant.peerId, participant);
    await Promise.all(call.consumers.map((consumer) => this.#consume(consumer)));
    if (toneHz !== null) await this.#produce('microphone', syntheticMicrophone(toneHz));
    if (picture !== null) await this.#produce('camera', syntheticCamera(picture, size));
    setInterval(() => void this.#signaling.ask('ping', {}).catch(() => {}), 5_000);
  }

  async setMuted(source: 'microphone' | 'camera', muted: boolean): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined) throw new Error(`sends no ${source}`);
    if (muted) producer.pause();
    else producer.resume();
    await this.#signaling.ask(muted ? 'pause-producer' : 'resume-producer', { producerId: producer.id });
  }

  async leave(): Promise<void> {
    await this.#signaling.ask('leave-call', {});
    this.ended ??= 'left';
    this.#signaling.close();
  }

  /** Whom this participant knows of, and what it sees and hears of each now. */
  report(candidatesHz: number[]): { participants: Listed[]; received: Received[]; ended: string | null } {
    const received = [...this.#consumers.values()].map(({ consumer, of, video }) => ({
      peerId: of.peerId,
      displayName: this.#listed.get(of.peerId)?.displayName ?? '',
      source: of.source as MediaSource,
      picture: video === null ? null : seePicture(video),
      tonesHz: video === null ? hearTones(consumer.track, candidatesHz).tonesHz : [],
    }));
    return { participants: [...this.#listed.values()], received, ended: this.ended };
  }

  async #produce(source: 'microphone' | 'camera', track: MediaStreamTrack): Promise<void> {
    this.#producers.set(
      source,
      await this.#send.produce({ track, appData: { source }, codecOptions: { videoGoogleStartBitrate: 600 } }),
    );
  }

  #connecting(transport: types.Transport): types.Transport {
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#signaling
        .ask('connect-transport', { transportId: transport.id, dtlsParameters: dtlsParameters as never })
        .then(() => {}, failed);
      done();
    });
    return transport;
  }

  async #consume(of: ConsumerParameters): Promise<void> {
    const consumer = await this.#recv.consume({
      id: of.consumerId,
      producerId: of.producerId,
      kind: of.kind,
      rtpParameters: of.rtpParameters as never,
    });
    const stream = new MediaStream([consumer.track]);
    const video =
      of.kind === 'video'
        ? Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: stream })
        : null;
    // Chromium decodes remote sound only for an element that plays it
    const sound = of.kind === 'audio' ? Object.assign(new Audio(), { srcObject: stream }) : null;
    this.#consumers.set(of.consumerId, { consumer, of, video, sound });
    if (video !== null) document.body.append(video);
    await (video ?? sound)!.play().catch(() => {});
  }

  async #hear(told: SignalingNotification): Promise<void> {
    switch (told.event) {
      case 'participant-joined':
      case 'participant-changed':
        this.#listed.set(told.data.participant.peerId, told.data.participant);
        break;
      case 'participant-left':
        this.#listed.delete(told.data.peerId);
        break;
      case 'consumer-added':
        await this.#consume(told.data);
        break;
      case 'consumer-closed':
        this.#drop(told.data.consumerId);
        break;
      case 'muted':
        await this.setMuted('microphone', true);
        break;
      case 'media-moved':
        this.ended = 'media-moved';
        break;
      case 'call-ended':
        this.ended = told.data.reason;
        break;
      default:
        break;
    }
  }

  #drop(consumerId: string): void {
    const held = this.#consumers.get(consumerId);
    this.#consumers.delete(consumerId);
    held?.consumer.close();
    held?.video?.remove();
  }
}

const optionsOf = ({ transportId, ...rest }: TransportParameters) =>
  ({ id: transportId, ...rest }) as unknown as types.TransportOptions;
