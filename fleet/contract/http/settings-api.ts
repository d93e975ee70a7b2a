/** A room's settings for those who run it: what is desired, what its kiosk makes of it. A secret goes in and never out. */
import { Id, z } from '../schema.ts';
import { RefusedSettings } from '../settings/room-settings.ts';
import { permitted, type RouteTable } from './route.ts';

const Name = z.string().max(40);
export const SecretState = z.enum([
  'set',
  /** encrypted for a kiosk that is no longer the room's */
  'enter-again',
]);

export const RoomSettingsView = z.object({
  revision: z.number().int().nonnegative(),
  /** what the fleet sets, by section and field; an absent field has its default */
  values: z.record(Name, z.record(Name, z.unknown())),
  secrets: z.record(Name, z.record(Name, SecretState)),
  /** null: the kiosk has not reported since it was enrolled; no secret can be entered before */
  report: z
    .object({
      revision: z.number().int().nonnegative(),
      local: z.record(Name, z.array(Name)),
      refused: z.array(RefusedSettings),
    })
    .nullable(),
});
export type RoomSettingsView = z.infer<typeof RoomSettingsView>;

const RoomParams = z.object({ roomId: Id });

export const settingsApi = {
  roomSettings: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/settings',
    access: permitted('settings.manage', 'room'),
    summary: 'Settings of a room, and what its kiosk makes of them',
    params: RoomParams,
    response: RoomSettingsView,
  },
  roomSettingsChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/settings-changes',
    access: permitted('settings.manage', 'room'),
    summary: 'Settings of a room at once, and each time that they or the kiosk’s report change',
    params: RoomParams,
    events: { settings: RoomSettingsView },
  },
  changeRoomSettings: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/rooms/:roomId/settings/:section',
    access: permitted('settings.manage', 'room'),
    summary: 'Set a section of a room’s settings: in force within seconds, or refused with the reason in the report',
    params: RoomParams.extend({ section: Name }),
    body: z.strictObject({
      /** as last seen: `settings-changed` where somebody else was faster */
      revision: z.number().int().nonnegative(),
      /** the whole section: a field that is left out goes back to its default */
      values: z.record(Name, z.unknown()),
      /** left out: as it is; null: removed. Encrypted for the kiosk at once, and never answered */
      secrets: z.record(Name, z.string().min(1).max(1000).nullable()).default({}),
    }),
    response: RoomSettingsView,
  },
} as const satisfies RouteTable;
