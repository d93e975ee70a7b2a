/** What other aggregates see of meetings. */
export { admissionRoutes } from './admission-routes.ts';
export { DOCUMENT_CALL_GOES_ON } from './document-access.ts';
export { policyIn } from './document-policies.ts';
export { PeopleFinder } from './find-people.ts';
export type { GuestVisit, VisitedCall } from './guest-visits.ts';
export { hasInvites } from './invites.ts';
export { keepNothingLate } from './late-events.ts';
export { summariesOf } from './meeting-views.ts';
export { Meetings } from './meetings.ts';
export { CalendarPeople } from './calendar-people.ts';
export { UNMEASURED_MS } from './node-clocks.ts';
export { PeopleMeetings } from './people-meetings.ts';
export { RoomFinder } from './rooms-for-meetings.ts';
export { SigningKeys } from './signing-keys.ts';
export { meetingRoutes } from './routes.ts';
export { StaffHomes } from './staff-home.ts';
