/**
 * Settings by place: what the organisation, a place and a room set for themselves, what is in force in a room and
 * why, versions with a way back, and a trial of a change before it is made. A secret goes in and never out.
 */
import { openWord } from '../open-words.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { RefusedSettings } from '../settings/room-settings.ts';
import { SettingSource, SettingsScope } from '../settings/settings-scope.ts';
import { shownText } from '../shown-text.ts';
import { pageRoute, permitted, type RouteTable } from './route.ts';

const Name = z.string().max(40);
const Reason = z.string().max(300).overwrite(shownText).default('');
const bySectionAndField = <V extends z.ZodType>(value: V) => z.record(Name, z.record(Name, value));
export const SecretState = z.enum([
  'set',
  /** encrypted for a kiosk that is no longer the room's */
  'enter-again',
]);

/** One field as it is in force here, and why. */
export const SettingInForce = z.object({
  value: z.unknown(),
  source: SettingSource,
  /** it can be set here no more: locked from above, with the value from there */
  lockedBy: SettingSource.nullable(),
  /** what would be in force if this scope set nothing */
  inherited: z.unknown(),
  inheritedFrom: SettingSource,
});
export type SettingInForce = z.infer<typeof SettingInForce>;

export const SettingsView = z.object({
  scope: SettingsScope,
  /** counts the changes of this scope; 0: never changed */
  revision: z.number().int().nonnegative(),
  /** every open field of every section, with its default where nobody sets it */
  inForce: bySectionAndField(SettingInForce),
  /** what this very scope sets; a value may be equal to what it would inherit, and stays */
  own: bySectionAndField(z.unknown()),
  /** fields that this scope locks for those below it */
  locks: z.record(Name, z.array(Name)),
  /** of a room alone */
  secrets: bySectionAndField(SecretState),
  /** of a room alone; null: its kiosk has not reported since it was enrolled; no secret can be entered before */
  report: z
    .object({
      /** of what its kiosk has applied */
      revision: z.number().int().nonnegative(),
      /** of what is desired: it differs as long as the kiosk has not applied it, e.g. because it is off */
      desiredRevision: z.number().int().nonnegative(),
      reportedAtMs: EpochMs.nullable(),
      local: z.record(Name, z.array(Name)),
      refused: z.array(RefusedSettings),
    })
    .nullable(),
});
export type SettingsView = z.infer<typeof SettingsView>;

/** A change of one scope, as a whole or not at all. */
export const SettingsChange = z.strictObject({
  /** as the person last saw it: refused with `settings-changed` where it is another one by now */
  revision: z.number().int().nonnegative(),
  set: bySectionAndField(z.unknown()).default({}),
  /** as inherited again */
  clear: z.record(Name, z.array(Name)).default({}),
  /** true: locked for those below, false: not any more; not of a room */
  lock: bySectionAndField(z.boolean()).default({}),
  /** of a room; null: removed. Encrypted for the kiosk at once, and never answered */
  secrets: bySectionAndField(z.string().min(1).max(1000).nullable()).default({}),
  reason: Reason,
});
export type SettingsChange = z.infer<typeof SettingsChange>;

/** What a change would do, without doing it. */
export const SettingsTrial = z.object({
  /** rooms in which a value changes that is in force */
  changedCount: z.number().int().nonnegative(),
  /** the first of them */
  changed: z
    .array(
      z.object({
        roomId: Id,
        roomName: z.string(),
        /** `section.field` */ fields: z.array(z.string()),
        online: z.boolean(),
      }),
    )
    .max(100),
  /** neither changed nor refused */
  unchangedCount: z.number().int().nonnegative(),
  /** rooms where a field of the change would not be in force; others of its fields may be */
  refusedCount: z.number().int().nonnegative(),
  /** the first of them, field by field */
  refused: z
    .array(
      z.object({
        roomId: Id,
        roomName: z.string(),
        /** `section.field` */
        field: z.string(),
        because: openWord(
          z.enum([
            /** the file on the kiosk sets it */
            'kiosk-file',
            /** its release does not know the field */
            'kiosk-too-old',
            /** together with the room's other fields it breaks a rule */
            'invalid-here',
            /** the room, or a place above it, overrides it */
            'overridden',
          ]),
        ),
      }),
    )
    .max(100),
});
export type SettingsTrial = z.infer<typeof SettingsTrial>;

export const SettingsVersion = z.object({
  revision: z.number().int().positive(),
  atMs: EpochMs,
  author: z.string(),
  reason: z.string(),
  /** absent: nothing was or is set, or locked. Of a secret: whether it was set, never what */
  changes: z.array(
    z.object({
      section: Name,
      field: Name,
      what: z.enum(['value', 'lock', 'secret']),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
});
export type SettingsVersion = z.infer<typeof SettingsVersion>;

/** The same routes at each scope; what differs is whose right is needed. */
function scopeRoutes<const P extends string, const A extends ReturnType<typeof permitted>, S extends z.ZodObject>(
  path: P,
  access: A,
  params: S,
  whose: string,
) {
  return {
    view: {
      kind: 'json',
      method: 'GET',
      path: `${path}/settings`,
      access,
      summary: `Settings of ${whose}: its own, those in force, and why`,
      params,
      response: SettingsView,
    },
    changes: {
      kind: 'events',
      method: 'GET',
      path: `${path}/settings-changes`,
      access,
      summary: `Settings of ${whose} at once, and each time that they or the kiosk’s report change`,
      params,
      events: { settings: SettingsView },
    },
    change: {
      kind: 'json',
      method: 'PUT',
      path: `${path}/settings`,
      access,
      summary: `Change settings of ${whose}, all that is given or nothing`,
      params,
      body: SettingsChange,
      response: SettingsView,
    },
    try: {
      kind: 'json',
      method: 'POST',
      path: `${path}/settings-trials`,
      access,
      summary: `What a change of settings of ${whose} would do, without doing it`,
      params,
      body: SettingsChange,
      response: SettingsTrial,
    },
    versions: {
      ...pageRoute({ filter: {}, sorts: ['newest'], row: SettingsVersion, counts: z.object({}) }),
      path: `${path}/settings-versions`,
      access,
      summary: `Versions of the settings of ${whose}, the newest first`,
      params,
    },
    goBack: {
      kind: 'json',
      method: 'POST',
      path: `${path}/settings-returns`,
      access,
      summary: `Make settings of ${whose} what they were, as a new version; secrets stay as they are`,
      params,
      body: z.strictObject({
        revision: z.number().int().nonnegative(),
        toRevision: z.number().int().nonnegative(),
        reason: Reason,
      }),
      response: SettingsView,
    },
  } as const;
}

const organisation = scopeRoutes(
  '/api/v1/organisation',
  permitted('settings.manage', 'organisation'),
  z.object({}),
  'the organisation',
);
const place = scopeRoutes(
  '/api/v1/places/:placeId',
  permitted('settings.manage', 'place'),
  z.object({ placeId: Id }),
  'a place',
);
const room = scopeRoutes(
  '/api/v1/rooms/:roomId',
  permitted('settings.manage', 'room'),
  z.object({ roomId: Id }),
  'a room',
);

export const settingsApi = {
  organisationSettings: organisation.view,
  organisationSettingsChanges: organisation.changes,
  changeOrganisationSettings: organisation.change,
  tryOrganisationSettings: organisation.try,
  organisationSettingsVersions: organisation.versions,
  returnOrganisationSettings: organisation.goBack,
  placeSettings: place.view,
  placeSettingsChanges: place.changes,
  changePlaceSettings: place.change,
  tryPlaceSettings: place.try,
  placeSettingsVersions: place.versions,
  returnPlaceSettings: place.goBack,
  roomSettings: room.view,
  roomSettingsChanges: room.changes,
  changeRoomSettings: room.change,
  tryRoomSettings: room.try,
  roomSettingsVersions: room.versions,
  returnRoomSettings: room.goBack,
} as const satisfies RouteTable;
