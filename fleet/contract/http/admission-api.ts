/** Coming into a meeting: at once, or by a knock that somebody answers. */
import { CallGrant } from '../grants.ts';
import { Admission } from '../meeting-policy.ts';
import { openUnion, openWord } from '../open-words.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { Knock, ReportedTicketState, WaitingDecision, WaitingList } from '../waiting.ts';
import { EntryId } from './meetings-api.ts';
import { anyone, ofHostInCall, type RouteTable, settled, waits } from './route.ts';

const Heading = {
  meetingId: Id,
  meetingTitle: z.string(),
  /** whose meeting it is: a person's or a room's name */
  hostName: z.string(),
  /** the name that an invite or an account gives; null: the person types one */
  displayName: z.string().nullable(),
  /** to a guest: the meeting is over for now, and who was in it may read what it left behind (`guest-record-api.ts`) */
  isAfter: z.literal(true).optional(),
};
/** What somebody who would come in gets. */
export const EntryAnswer = openUnion('kind', [
  z.object({
    kind: z.literal('admitted'),
    ...Heading,
    /** the policy in force, shown to a guest */ admission: openWord(Admission, 'all-wait'),
    /** a point on each line; absent: none */
    agenda: z.string().optional(),
    /** to a guest: for how many days after it they may read what it left behind; absent: nothing is shown to guests */
    recordDays: z.number().int().positive().optional(),
    grant: CallGrant,
  }),
  /** a knock is needed: the person is asked for a name, then comes again with it */
  z.object({ kind: z.literal('knock'), ...Heading }),
  /** the ticket stands in the header `Authorization: Bearer …`, in no URL */
  z.object({ kind: z.literal('waiting'), ...Heading, ticket: z.string().max(200), state: ReportedTicketState }),
]);
export type EntryAnswer = z.infer<typeof EntryAnswer>;

export const admissionApi = {
  enterAsGuest: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/guest-entries',
    access: anyone,
    summary: 'Come in by an invite, at once or by a knock',
    body: z.strictObject({
      invite: z.string().max(4096),
      endedCallId: Id.optional(),
      entryId: EntryId.optional(),
      knock: Knock.optional(),
    }),
    response: EntryAnswer,
  },
  enterAsMember: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/entries',
    access: settled,
    summary: 'Come in as who is signed in, at once or by a knock',
    params: z.object({ meetingId: Id }),
    body: z.strictObject({ endedCallId: Id.optional(), knock: z.literal(true).optional() }),
    response: EntryAnswer,
  },
  ticketChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/waiting/changes',
    access: waits,
    summary: 'What became of a knock: at once, and each time that it changes',
    events: { ticket: z.object({ state: ReportedTicketState, hostName: z.string(), sinceMs: EpochMs }) },
  },
  enterAdmitted: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/waiting/entries',
    access: waits,
    summary: 'Come in on an admitted knock; again after a lost line, until the meeting is over',
    body: z.strictObject({ endedCallId: Id.optional() }),
    response: EntryAnswer,
  },
  stopWaiting: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/waiting',
    access: waits,
    summary: 'Go away',
    response: z.object({}),
  },
  meetingWaiting: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/waiting',
    access: ofHostInCall,
    summary: 'Who waits to be let into a meeting, whole, each time it changes',
    params: z.object({ meetingId: Id }),
    events: { waiting: WaitingList },
  },
  decideWaiting: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/waiting-decisions',
    access: ofHostInCall,
    summary: 'Admit or decline who waits',
    params: z.object({ meetingId: Id }),
    body: WaitingDecision,
    response: z.object({}),
  },
} as const satisfies RouteTable;
