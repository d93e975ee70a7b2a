/** A producer of a call, with its peer and its source. */
import type { MediaSource } from '#contract/media-source.ts';
import type { types } from 'mediasoup';
import type { CallRouter } from './call-routers.ts';
import type { Available } from './forwarding-plan.ts';

export type CallProducer = Available & {
  readonly producer: types.Producer;
  readonly callRouter: CallRouter;
  sentLayers: number;
  /** its last pause or resume is answered */
  settled: Promise<void>;
};

export function callProducer(
  producer: types.Producer,
  peerId: string,
  source: MediaSource,
  callRouter: CallRouter,
): CallProducer {
  const layers = producer.rtpParameters.encodings?.length ?? 1;
  return {
    producer,
    callRouter,
    producerId: producer.id,
    peerId,
    source,
    layers,
    sentLayers: layers,
    settled: Promise.resolve(),
  };
}

/** The kind of each source; anything else breaks the contract. */
export const kindOf: Record<MediaSource, types.MediaKind> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  'screen-audio': 'audio',
  program: 'video',
  'program-sound': 'audio',
};
