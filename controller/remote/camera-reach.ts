/** Which movements of the room's camera are possible from here, and the key of the text where one is not. Pure. */
import type { Axis, RoomEquipment } from '#contract/room-equipment.ts';
import type { CameraState } from '#contract/room-state.ts';

export type CameraReach = {
  turns: boolean;
  zooms: boolean;
  /** null: nothing has to be explained */
  because: 'isOff' | 'isAbsent' | 'noMotors' | 'noTurning' | 'noZoom' | null;
  /** ends of its ways that it stands at */
  limits: readonly ('left' | 'right' | 'up' | 'down')[];
  /** 0 wide, 100 near; null without zoom */
  zoomPercent: number | null;
};

const NOTHING = { turns: false, zooms: false, limits: [], zoomPercent: null };

export function cameraReach(camera: CameraState, equipment: RoomEquipment): CameraReach {
  if (camera !== 'on') return { ...NOTHING, because: camera === 'off' ? 'isOff' : 'isAbsent' };
  const { pan = null, tilt = null, zoom = null } = equipment.camera ?? {};
  if (pan === null && tilt === null && zoom === null) return { ...NOTHING, because: 'noMotors' };
  const turns = pan !== null || tilt !== null;
  return {
    turns,
    zooms: zoom !== null,
    because: !turns ? 'noTurning' : zoom === null ? 'noZoom' : null,
    limits: [
      ...(pan && atMin(pan) ? (['left'] as const) : []),
      ...(pan && atMax(pan) ? (['right'] as const) : []),
      ...(tilt && atMax(tilt) ? (['up'] as const) : []),
      ...(tilt && atMin(tilt) ? (['down'] as const) : []),
    ],
    zoomPercent: zoom === null ? null : percentOf(zoom),
  };
}

/** Within half a step: cameras report the position that their motors reached. */
const atMin = ({ min, step, value }: Axis): boolean => value - min < step / 2;
const atMax = ({ max, step, value }: Axis): boolean => max - value < step / 2;

function percentOf({ min, max, value }: Axis): number {
  return max <= min ? 0 : Math.max(0, Math.min(100, ((value - min) / (max - min)) * 100));
}
