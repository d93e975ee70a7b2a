/** Whether a room is one that people count on. */
import { openWord } from './open-words.ts';
import { EpochMs, z } from './schema.ts';

/** `new`: not in service since it was made; it is with its first call, or by hand. */
export const ServiceState = z.enum(['new', 'in-service', 'maintenance', 'retired']);
export type ServiceState = z.infer<typeof ServiceState>;

export const RoomService = z.object({
  state: openWord(ServiceState, 'in-service'),
  sinceMs: EpochMs,
  /** of maintenance: then it is in service again by itself; null: by hand */
  untilMs: EpochMs.nullable(),
  reason: z.string(),
});
export type RoomService = z.infer<typeof RoomService>;
