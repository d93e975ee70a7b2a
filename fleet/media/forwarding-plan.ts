/** Chooses the producers that are forwarded to one peer: by its grant, its view and the loudest voices. Pure. */
import type { MediaSource } from '#contract/media-source.ts';
import type { View } from '#contract/signaling.ts';

export type Available = {
  readonly producerId: string;
  readonly peerId: string;
  readonly source: MediaSource;
  /** spatial layers; 1: no simulcast */
  readonly layers: number;
  /** so many of them, from the lowest, are being sent now */
  readonly sentLayers: number;
};

/** `spatialLayer` null: there is only one, or it is sound. */
export type PlannedConsumer = { readonly spatialLayer: number | null; readonly priority: number };

/** The tile heights for which 180 and 360 lines are enough: a quarter larger is not noticed. */
const LOW_UP_TO_PX = 225;
const MIDDLE_UP_TO_PX = 450;

export function layerFor(
  heightPx: number,
  { layers, sentLayers }: Pick<Available, 'layers' | 'sentLayers'>,
): number | null {
  if (layers <= 1) return null;
  const wanted = heightPx <= LOW_UP_TO_PX ? 0 : heightPx <= MIDDLE_UP_TO_PX ? 1 : 2;
  return Math.min(wanted, sentLayers - 1);
}

/** The order in which bandwidth is given when there is not enough: shared screens, then large pictures. */
export function priorityFor(source: MediaSource, heightPx: number): number {
  if (source === 'screen') return 200;
  return heightPx > MIDDLE_UP_TO_PX ? 100 : heightPx > LOW_UP_TO_PX ? 50 : 20;
}

export type Situation = {
  self: string;
  /** sources that its grant lets it receive */
  receives: readonly MediaSource[];
  view: View;
  /** in the order in which they were produced */
  available: readonly Available[];
  /** producers of microphones, the loudest first, as `Loudness` ranks them */
  audible: readonly string[];
  audibleCount: number;
  /** peers, the last to speak first */
  speakers: readonly string[];
};

export function planForwarding({
  self,
  receives,
  view,
  available,
  audible,
  audibleCount,
  speakers,
}: Situation): Map<string, PlannedConsumer> {
  const others = available.filter(({ peerId, source }) => peerId !== self && receives.includes(source));
  const plan = new Map<string, PlannedConsumer>();
  const sound: PlannedConsumer = { spatialLayer: null, priority: 255 };

  const microphones = new Set(
    others.filter(({ source }) => source === 'microphone').map(({ producerId }) => producerId),
  );
  const heard =
    microphones.size <= audibleCount
      ? [...microphones]
      : audible.filter((id) => microphones.has(id)).slice(0, audibleCount);
  for (const producerId of heard) plan.set(producerId, sound);
  for (const { producerId, source } of others) if (source === 'screen-audio') plan.set(producerId, sound);

  for (const { producer, heightPx } of view.kind === 'exact'
    ? exactTiles(view, others)
    : autoTiles(view, others, speakers)) {
    const planned = {
      spatialLayer: layerFor(heightPx, producer),
      priority: priorityFor(producer.source, heightPx),
    };
    const before = plan.get(producer.producerId);
    // shown twice: the larger counts
    if (!before || planned.priority > before.priority || (planned.spatialLayer ?? 0) > (before.spatialLayer ?? 0)) {
      plan.set(producer.producerId, planned);
    }
  }
  return plan;
}

type Tile = { producer: Available; heightPx: number };

function exactTiles({ tiles }: Extract<View, { kind: 'exact' }>, others: readonly Available[]): Tile[] {
  return tiles.flatMap(({ peerId, source, heightPx }) =>
    others
      .filter((producer) => producer.peerId === peerId && producer.source === source)
      .map((producer) => ({ producer, heightPx })),
  );
}

/** Screens first, the latest before the others; then the last to speak, then the longest in the call. */
function autoTiles(
  { maxTiles, tileHeightPx }: Extract<View, { kind: 'auto' }>,
  others: readonly Available[],
  speakers: readonly string[],
): Tile[] {
  const screens = others.filter(({ source }) => source === 'screen').reverse();
  const rank = ({ peerId }: Available): number => {
    const place = speakers.indexOf(peerId);
    return place === -1 ? speakers.length : place;
  };
  const cameras = others.filter(({ source }) => source === 'camera').sort((a, b) => rank(a) - rank(b));
  return [...screens, ...cameras].slice(0, maxTiles).map((producer) => ({ producer, heightPx: tileHeightPx }));
}
