/** The room's state as input of the TV's layout engine. People whom the state does not name have no name here. */
import type { Layout, RoomPhase } from '#contract/room-state.ts';
import type { layOut as LayOut } from '#stage/layout.ts';
import { unlistedPeople } from './projection.ts';

type InCall = Extract<RoomPhase, { name: 'in-call' }>;
export type MiniTile = {
  key: string;
  rect: { x: number; y: number; width: number; height: number };
  kind: 'person' | 'own' | 'screen' | 'document';
  label: string;
};

/** Ten times finer than drawn, because the engine works in whole pixels. */
const FINENESS = 10;
const SIZE = { width: 320, height: 180 };

export function stageTiles(of: {
  phase: InCall;
  layout: Layout;
  page: number;
  /** `newest`: before a shared screen. Absent: none is shown */
  document?: 'newest' | 'older' | undefined;
  layOut: typeof LayOut;
  initials: (name: string) => string;
}): readonly MiniTile[] {
  const { phase } = of;
  const named = new Map(phase.participants.map((participant) => [participant.peerId, participant.displayName]));
  const shown = phase.participants.filter(({ peerKind }) => peerKind !== 'program');
  const others = shown.filter((participant) => participant.peerId !== phase.peerId).map(({ peerId }) => peerId);
  const nameless = unlistedPeople(phase, phase.participants);
  const laid = of.layOut({
    size: { width: SIZE.width * FINENESS, height: SIZE.height * FINENESS },
    layout: of.layout,
    page: of.page,
    order: [...others, ...Array.from({ length: nameless }, (_, index) => `nameless-${index}`)],
    recentSpeakers: [],
    sharers: phase.sharedBy === null ? [] : [phase.sharedBy.peerId],
    document: of.document,
    ownPeerId: phase.peerId,
    gapPx: 5 * FINENESS,
  });
  return laid.tiles.map((tile) => {
    const name = tile.peerId === null ? undefined : named.get(tile.peerId);
    return {
      key: tile.key,
      kind: tile.source !== 'camera' ? tile.source : tile.role === 'own' ? 'own' : 'person',
      label: tile.role === 'own' && laid.kind !== 'alone' ? '' : name === undefined ? '' : of.initials(name),
      rect: {
        x: tile.rect.x / FINENESS,
        y: tile.rect.y / FINENESS,
        width: tile.rect.width / FINENESS,
        height: tile.rect.height / FINENESS,
      },
    };
  });
}
