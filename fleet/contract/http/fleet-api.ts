/** The fleet over time: what a room was like, how its calls were, how much rooms are used; and whether a room is in service. */
import { ReportedErrorCode } from '../error-codes.ts';
import { CallQuality } from '../kiosk-health.ts';
import { RoomService, ServiceState } from '../room-service.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { shownText } from '../shown-text.ts';
import { permitted, type RouteTable } from './route.ts';

const RoomParams = z.object({ roomId: Id });
const Period = z.strictObject({
  fromMs: z.coerce.number().int().nonnegative(),
  toMs: z.coerce.number().int().nonnegative(),
});

/** Columns of the same length, as a chart draws them. A gap is null: nothing was known then. */
export const HealthSeries = z.object({
  atMs: z.array(EpochMs),
  online: z.array(z.number().nullable()),
  temperatureCelsius: z.array(z.number().nullable()),
  cpuPercent: z.array(z.number().nullable()),
  memoryUsedPercent: z.array(z.number().nullable()),
  diskFreePercent: z.array(z.number().nullable()),
  fleetRoundTripMs: z.array(z.number().nullable()),
});
export type HealthSeries = z.infer<typeof HealthSeries>;

/** Of the calls of a room, both ends together, the worse one at each moment. A gap is null: no call, or not measured. */
export const QualitySeries = z.object({
  atMs: z.array(EpochMs),
  lossPercent: z.array(z.number().nullable()),
  roundTripMs: z.array(z.number().nullable()),
});
export type QualitySeries = z.infer<typeof QualitySeries>;

/** From one end; `end: 'room'` is measured by the TV's page, `'server'` by the media node. */
export const QualityPoint = z.object({ atMs: EpochMs, end: z.enum(['room', 'server']), quality: CallQuality });
export const CallOfRoom = z.object({
  callId: Id,
  meetingTitle: z.string(),
  fromMs: EpochMs,
  /** null: it runs */
  toMs: EpochMs.nullable(),
  /** over the whole call, of what was measured; null: nothing was */
  worst: z.object({ lossPercent: z.number().nullable(), roundTripMs: z.number().nullable() }).nullable(),
  feedback: z.enum(['good', 'bad']).nullable(),
});
export type CallOfRoom = z.infer<typeof CallOfRoom>;

const usageSums = {
  callCount: z.number().int().nonnegative(),
  callMs: z.number().int().nonnegative(),
  bookedMs: z.number().int().nonnegative(),
  noShowCount: z.number().int().nonnegative(),
  faultMs: z.number().int().nonnegative(),
};
export const RoomUsage = z.object({ roomId: Id, roomName: z.string(), placeId: Id.nullable(), ...usageSums });
export type RoomUsage = z.infer<typeof RoomUsage>;
/** Of the rooms in a place and in all places below it. */
export const PlaceUsage = z.object({
  placeId: Id,
  placeName: z.string(),
  /** `Seoul / Tower / 3` */
  path: z.string(),
  roomCount: z.number().int().nonnegative(),
  ...usageSums,
});
export type PlaceUsage = z.infer<typeof PlaceUsage>;

export const roomServiceApi = {
  setRoomService: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/rooms/:roomId/service',
    access: permitted('rooms.manage', 'room'),
    summary: 'Whether people count on the room. In maintenance it notifies nobody; retired, its kiosk is revoked',
    params: RoomParams,
    body: z.strictObject({
      state: ServiceState.exclude(['new']),
      /** of maintenance */
      untilMs: EpochMs.nullable().default(null),
      reason: z.string().max(300).overwrite(shownText).default(''),
    }),
    response: RoomService,
  },
  setServiceOfRooms: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/room-services',
    access: permitted('rooms.manage', 'each-room'),
    summary: 'The same for several rooms: each by itself',
    body: z.strictObject({
      roomIds: z.array(Id).min(1).max(500),
      state: ServiceState.exclude(['new']),
      untilMs: EpochMs.nullable().default(null),
      reason: z.string().max(300).overwrite(shownText).default(''),
    }),
    response: z.object({ changed: z.array(Id), refused: z.array(z.object({ roomId: Id, code: ReportedErrorCode })) }),
  },
} as const satisfies RouteTable;

export const fleetApi = {
  roomHealthSeries: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/health-series',
    access: permitted('rooms.view', 'room'),
    summary: 'How the box was over time: points of 30 s for an hour, of 10 min for a week, of 2 h for a month',
    params: RoomParams,
    query: Period,
    response: HealthSeries,
  },
  roomQualitySeries: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/quality-series',
    access: permitted('rooms.view', 'room'),
    summary: 'How the calls of a room were over time, of 31 days at most',
    params: RoomParams,
    query: Period,
    response: QualitySeries,
  },
  roomCalls: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/calls',
    access: permitted('rooms.view', 'room'),
    summary: 'Calls of a room in a period, the newest 100',
    params: RoomParams,
    query: Period,
    response: z.object({ calls: z.array(CallOfRoom) }),
  },
  callQuality: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/calls/:callId/quality',
    access: permitted('rooms.view', 'room'),
    summary: 'Quality of a call over time, from both ends',
    params: RoomParams.extend({ callId: Id }),
    response: z.object({ points: z.array(QualityPoint) }),
  },
  usage: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/usage',
    access: permitted('rooms.view', 'each-room'),
    summary: 'How much rooms were used in a period of 92 days at most',
    query: Period.extend({ placeId: Id.optional() }),
    response: z.object({ rooms: z.array(RoomUsage), places: z.array(PlaceUsage) }),
  },
  usageFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/usage.csv',
    access: permitted('rooms.view', 'each-room'),
    summary: 'The same as a table for other programs: CSV of RFC 4180, a line for each room, or for each place',
    query: Period.extend({ placeId: Id.optional(), by: z.enum(['room', 'place']).default('room') }),
    contentTypes: ['text/csv'],
  },
} as const satisfies RouteTable;
