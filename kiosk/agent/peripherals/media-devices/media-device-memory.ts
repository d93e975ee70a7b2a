/**
 * What is remembered of a room's devices over restarts: what a person chose, and where a camera looked. Whose file it is,
 * the agent's composition decides; without one it holds until the agent starts again.
 */
import type { Logger } from 'pino';
import { CameraPreset, DeviceKey, type MediaDeviceKind } from '#contract/room-equipment.ts';
import { z } from '#contract/schema.ts';

/** In the camera's own units; null: it has no such motor. */
const Position = { pan: z.number().nullable(), tilt: z.number().nullable(), zoom: z.number().nullable() };
const SavedPreset = CameraPreset.extend(Position);
export type SavedPreset = z.infer<typeof SavedPreset>;

export const RememberedMediaDevices = z.object({
  /** until another is chosen */
  chosen: z.object({
    camera: DeviceKey.optional(),
    microphone: DeviceKey.optional(),
    speaker: DeviceKey.optional(),
  }),
  /** by the camera's key */
  presets: z.record(DeviceKey, z.array(SavedPreset).max(6)),
});
export type RememberedMediaDevices = z.infer<typeof RememberedMediaDevices>;

/** Both may throw: a full disk, a file from elsewhere. */
export interface MediaDeviceMemory {
  /** null: never written */
  load(): RememberedMediaDevices | null;
  save(remembered: RememberedMediaDevices): void;
}

export class KeptMediaDevices {
  readonly #memory: MediaDeviceMemory;
  readonly #logger: Logger;
  #remembered: RememberedMediaDevices = { chosen: {}, presets: {} };

  constructor({ memory, logger }: { memory: MediaDeviceMemory; logger: Logger }) {
    this.#memory = memory;
    this.#logger = logger;
  }

  start(): void {
    try {
      this.#remembered = this.#memory.load() ?? this.#remembered;
    } catch (error) {
      this.#logger.error({ err: error }, 'devices: what was remembered could not be read');
    }
  }

  get chosen(): RememberedMediaDevices['chosen'] {
    return this.#remembered.chosen;
  }

  choose(kind: MediaDeviceKind, deviceKey: string): void {
    this.#remember({ ...this.#remembered, chosen: { ...this.chosen, [kind]: deviceKey } });
  }

  presetsOf(cameraKey: string | null): SavedPreset[] {
    return cameraKey === null ? [] : (this.#remembered.presets[cameraKey] ?? []);
  }

  savePreset(cameraKey: string, preset: SavedPreset): void {
    const others = this.presetsOf(cameraKey).filter(({ presetId }) => presetId !== preset.presetId);
    const presets = [...others, preset].sort((a, b) => a.presetId - b.presetId);
    this.#remember({ ...this.#remembered, presets: { ...this.#remembered.presets, [cameraKey]: presets } });
  }

  #remember(remembered: RememberedMediaDevices): void {
    this.#remembered = remembered;
    try {
      this.#memory.save(remembered);
    } catch (error) {
      // what was asked is done all the same
      this.#logger.error({ err: error }, 'devices: could not be remembered');
    }
  }
}
