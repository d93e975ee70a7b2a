/**
 * What a room shows of itself, one line each: schema, size, rate, and who may see it. The kiosk's agent publishes,
 * the fleet always reads; topics, the broker's rules, caches and links are derived from this table. A projection is
 * state, published whole each time it changes; a newer release may add some that a reader does not know.
 */
import { PairingOffer } from './pairing-offer.ts';
import { RoomAgenda } from './room-agenda.ts';
import { RoomBookings } from './room-bookings.ts';
import { RoomBroadcasts } from './room-broadcasts.ts';
import { RoomChat } from './room-chat.ts';
import { RoomDocument } from './room-document.ts';
import { RoomDrawing } from './room-drawing.ts';
import { RoomEquipment } from './room-equipment.ts';
import { RoomHelp } from './help-request.ts';
import { KioskHealth } from './kiosk-health.ts';
import { RoomPoll } from './room-poll.ts';
import { RoomState } from './room-state.ts';
import { RoomTranscript } from './room-transcript.ts';
import { RoomUpdate } from './room-update.ts';
import type { z } from './schema.ts';

/** `phone`: by the fleet server; `lan`: a phone or tablet at the kiosk itself; `tv`: the room's own screen. */
export type ProjectionReader = 'phone' | 'tv' | 'console' | 'lan';

type Projection = {
  /** of the heading and its own fields */
  schema: z.ZodType;
  /** serialised */
  maxBytes: number;
  /** how often it may change on a network; the room's own screen gets each change at once */
  perSecond: number;
  /** besides the fleet itself; without any, the fleet relays and keeps nothing of it */
  readers: readonly ProjectionReader[];
  /** what people write and say, which goes with its meeting: the fleet writes it to no file, and has it again from the room */
  inMemoryOnly?: true;
};

export const projections = {
  state: { schema: RoomState, maxBytes: 4 * 1024, perSecond: 5, readers: ['phone', 'tv', 'console', 'lan'] },
  agenda: { schema: RoomAgenda, maxBytes: 16 * 1024, perSecond: 5, readers: ['phone', 'tv', 'console', 'lan'] },
  equipment: { schema: RoomEquipment, maxBytes: 16 * 1024, perSecond: 5, readers: ['phone', 'tv', 'console', 'lan'] },
  document: { schema: RoomDocument, maxBytes: 4 * 1024, perSecond: 10, readers: ['phone', 'tv', 'console', 'lan'] },
  chat: { schema: RoomChat, maxBytes: 16 * 1024, perSecond: 5, readers: ['phone', 'lan'], inMemoryOnly: true },
  poll: { schema: RoomPoll, maxBytes: 16 * 1024, perSecond: 5, readers: ['phone', 'lan'], inMemoryOnly: true },
  transcript: {
    schema: RoomTranscript,
    maxBytes: 8 * 1024,
    perSecond: 5,
    readers: ['phone', 'lan'],
    inMemoryOnly: true,
  },
  drawing: { schema: RoomDrawing, maxBytes: 32 * 1024, perSecond: 5, readers: ['phone'] },
  broadcasts: { schema: RoomBroadcasts, maxBytes: 4 * 1024, perSecond: 5, readers: ['phone', 'tv', 'console', 'lan'] },
  health: { schema: KioskHealth, maxBytes: 4 * 1024, perSecond: 2, readers: ['console'] },
  help: { schema: RoomHelp, maxBytes: 16 * 1024, perSecond: 5, readers: ['phone', 'tv', 'console', 'lan'] },
  update: { schema: RoomUpdate, maxBytes: 4 * 1024, perSecond: 2, readers: ['phone', 'tv', 'console', 'lan'] },
  bookings: { schema: RoomBookings, maxBytes: 64 * 1024, perSecond: 1, readers: [] },
  pairing: { schema: PairingOffer, maxBytes: 1024, perSecond: 5, readers: [] },
} as const satisfies Record<string, Projection>;

export type ProjectionName = keyof typeof projections;
export type ProjectionValue<N extends ProjectionName> = z.output<(typeof projections)[N]['schema']>;
/** Those that are known; none is there before the room has published it. */
export type ProjectionValues = { [N in ProjectionName]?: ProjectionValue<N> };
