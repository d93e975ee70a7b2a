/** Releases that the server holds, rollouts of them, and what each room runs. */
import { openWord } from '../open-words.ts';
import { OfferedRelease, Rollout, RolloutPlan, RolloutRoom, RoomInRollout } from '../rollout.ts';
import { RoomUpdate } from '../room-update.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { FeedRefusal, ReleaseId } from '../update-feed.ts';
import { freshly, pageRoute, permitted, type RouteTable } from './route.ts';

const RolloutParams = z.object({ rolloutId: Id });
const RoomParams = z.object({ roomId: Id });
const OfRelease = z.object({
  releaseId: ReleaseId.nullable(),
  version: z.string().nullable(),
  rooms: z.number().int(),
});

/** What a plan would do, before it begins. */
export const RolloutPreview = z.object({
  rings: z.array(
    z.object({
      name: z.string(),
      rooms: z.number().int().nonnegative(),
      models: z.array(z.string()),
      /** models of the rollout's rooms that this ring lacks */
      missingModels: z.array(z.string()),
    }),
  ),
  leftOut: z.number().int().nonnegative(),
  alreadyUpdated: z.number().int().nonnegative(),
});
export type RolloutPreview = z.infer<typeof RolloutPreview>;

export const UpdateHistoryEntry = z.object({
  atMs: EpochMs,
  releaseId: ReleaseId,
  version: z.string(),
  outcome: openWord(z.enum(['began', 'confirmed', 'failed', 'postponed'])),
  /** of a failure, for IT, in English */
  detail: z.string(),
});
export type UpdateHistoryEntry = z.infer<typeof UpdateHistoryEntry>;

export const updatesApi = {
  updatesOverview: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/updates',
    access: permitted('rooms.view', 'organisation'),
    summary: 'Releases that the server holds, what runs where, and rollouts that are not over',
    response: z.object({
      releases: z.array(OfferedRelease),
      running: z.array(OfRelease),
      rollouts: z.array(Rollout),
      /** the last that are over */
      ended: z.array(Rollout),
      /** why the newest feed was not taken in; null: it was. `detail`: for IT, in English */
      feedFault: z.object({ refusal: openWord(FeedRefusal).nullish(), detail: z.string(), atMs: EpochMs }).nullable(),
    }),
  },
  updateChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/update-changes',
    access: permitted('rooms.view', 'organisation'),
    summary: 'Rollouts as they go on, and the rooms of them that changed',
    events: { rollout: Rollout, rooms: z.object({ rolloutId: Id, rooms: z.array(RolloutRoom) }) },
  },
  previewRollout: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rollout-previews',
    access: permitted('updates.manage', 'organisation'),
    summary: 'What a plan would do: rooms and hardware models of each ring',
    body: RolloutPlan,
    response: RolloutPreview,
  },
  startRollout: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rollouts',
    access: freshly('updates.manage', 'organisation'),
    summary: 'Begin a rollout; one is under way at a time for a room',
    body: RolloutPlan,
    response: Rollout,
  },
  rolloutRooms: {
    ...pageRoute({
      filter: { ring: z.coerce.number().int().min(0).optional(), state: RoomInRollout.optional() },
      sorts: ['ring', 'name'],
      row: RolloutRoom,
      counts: z.object({}),
    }),
    path: '/api/v1/rollouts/:rolloutId/rooms',
    access: permitted('rooms.view', 'organisation'),
    summary: 'Rooms of a rollout: where each is, and why it waits',
    params: RolloutParams,
  },
  steerRollout: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rollouts/:rolloutId/acts',
    access: freshly('updates.manage', 'organisation'),
    summary:
      'Pause, resume (also after a halt), go on to the next ring, try failed rooms again, or abort: rooms that have not switched stay as they are',
    params: RolloutParams,
    body: z.strictObject({ act: z.enum(['pause', 'resume', 'go', 'retry', 'abort']) }),
    response: Rollout,
  },
  updateRoomNow: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/update',
    access: permitted('updates.manage', 'room'),
    summary:
      'This room now: outside of its hours and its ring, never in a meeting. Without a rollout of it: to this release',
    params: RoomParams,
    body: z.strictObject({ releaseId: ReleaseId }),
    response: z.object({}),
  },
  roomUpdate: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/update',
    access: permitted('rooms.view', 'room'),
    summary: 'What the room runs, what it is to run, and its history',
    params: RoomParams,
    response: z.object({ reported: RoomUpdate.nullable(), history: z.array(UpdateHistoryEntry) }),
  },
} as const satisfies RouteTable;
