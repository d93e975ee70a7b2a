/** The tree of places, which rooms and accounts stand in it, and what holds for the meetings that are made there. */
import { AddressRange } from '../address-range.ts';
import { MeetingPolicy, ShownMeetingPolicy } from '../meeting-policy.ts';
import { Id, RoomName, z } from '../schema.ts';
import { Place, PlaceKind } from './permissions.ts';
import { freshly, permitted, type RouteTable } from './route.ts';

/** What a place, or the organisation, sets for the meetings of its rooms and people. */
export const MeetingDefaults = z.strictObject({
  /** null: as above it; of the organisation: DEFAULT_MEETING_POLICY */
  meetingPolicy: MeetingPolicy.nullable(),
  /** who comes into a meeting here has an address in one of these ranges, and in those above; empty: any */
  allowedRanges: z.array(AddressRange).max(64),
});
export type MeetingDefaults = z.infer<typeof MeetingDefaults>;
const ShownDefaults = z.object({ ...MeetingDefaults.shape, meetingPolicy: ShownMeetingPolicy.nullable() });

export const PlaceRow = Place.extend({
  defaults: ShownDefaults,
  /** in this very place, without those below it */
  roomCount: z.number().int().nonnegative(),
  accountCount: z.number().int().nonnegative(),
});
export type PlaceRow = z.infer<typeof PlaceRow>;

const PlaceParams = z.object({ placeId: Id });
const Empty = z.object({});

export const placesApi = {
  listPlaces: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/places',
    access: permitted('rooms.view', 'each-room'),
    summary: 'All places, and what the organisation sets',
    response: z.object({ places: z.array(PlaceRow), organisation: ShownDefaults }),
  },
  createPlace: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/places',
    access: permitted('places.manage', 'organisation'),
    summary: 'Make a site, a building or a floor; a floor stands in a building or a site, a building in a site',
    body: z.strictObject({ parentId: Id.nullable(), kind: PlaceKind, placeName: RoomName }),
    response: z.object({ placeId: Id }),
  },
  changePlace: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/places/:placeId',
    access: freshly('places.manage', 'organisation'),
    summary: 'Rename or move a place with all that is in it: rights by place follow at once',
    params: PlaceParams,
    body: z.strictObject({ parentId: Id.nullable(), placeName: RoomName }),
    response: Empty,
  },
  removePlace: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/places/:placeId',
    access: freshly('places.manage', 'organisation'),
    summary: 'Remove a place in which nothing is: no place, room or account, and no role or token for it',
    params: PlaceParams,
    response: Empty,
  },
  setPlaceDefaults: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/places/:placeId/meeting-defaults',
    access: freshly('places.manage', 'organisation'),
    summary: 'What holds for meetings of the rooms and people of a place that have nothing of their own',
    params: PlaceParams,
    body: MeetingDefaults,
    response: Empty,
  },
  setOrganisationDefaults: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/organisation/meeting-defaults',
    access: freshly('places.manage', 'organisation'),
    summary: 'What holds for all meetings of which no place says otherwise',
    body: MeetingDefaults,
    response: Empty,
  },
} as const satisfies RouteTable;
