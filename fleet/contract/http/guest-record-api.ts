/** What a meeting left behind, for its guests: by the link that they came by, as long as policy allows. */
import { CallPoll } from '../polls.ts';
import { EpochMs, Id, ShownTitle, z } from '../schema.ts';
import { MAX_DOCUMENT_PAGES } from '../shared-document.ts';
import { PageSize } from './documents-api.ts';
import { EntryId } from './meetings-api.ts';
import { MeetingMinutes } from './record-api.ts';
import { anyone, type RouteTable } from './route.ts';

/** Names as everybody in the call saw them: nobody's address, account or key. */
export const GuestRecordPost = z.object({
  displayName: z.string(),
  isGuest: z.boolean(),
  /** empty: it was recalled */
  text: z.string(),
  atMs: EpochMs,
});
export type GuestRecordPost = z.infer<typeof GuestRecordPost>;

export const GuestRecordDocument = z.object({ documentId: Id, title: ShownTitle, pageCount: z.number().int().min(1) });
export type GuestRecordDocument = z.infer<typeof GuestRecordDocument>;

export const MAX_GUEST_RECORD_MINUTES = 50;
export const MAX_GUEST_RECORD_POSTS = 500;
export const MAX_GUEST_RECORD_POLLS = 50;
export const MAX_GUEST_RECORD_DOCUMENTS = 100;
/** As the meeting's page has it, but for drafts, and for what other sittings left behind. */
export const GuestRecord = z.object({
  meetingTitle: z.string(),
  hostName: z.string(),
  /** from the first who came into the first call that is shown to the last who left the last one, as minutes have it */
  heldFromMs: EpochMs,
  heldUntilMs: EpochMs,
  /** a point on each line; '' for none */
  agenda: z.string(),
  /** from then on nothing is shown, at the latest */
  untilMs: EpochMs,
  /** a host deleted it, or its time to be kept is over */
  isDeleted: z.boolean(),
  /** the newest first; none: not sent yet */
  minutes: z
    .array(MeetingMinutes.pick({ minutesId: true, startedAtMs: true, endedAtMs: true, text: true }))
    .max(MAX_GUEST_RECORD_MINUTES),
  /** of the calls that the guest was in; absent: not shown */
  chat: z.array(GuestRecordPost).max(MAX_GUEST_RECORD_POSTS).optional(),
  polls: z.array(CallPoll).max(MAX_GUEST_RECORD_POLLS).optional(),
  /** that could be opened in the calls that the guest was in, and are kept; the newest first. Absent: not shown */
  documents: z.array(GuestRecordDocument).max(MAX_GUEST_RECORD_DOCUMENTS).optional(),
});
export type GuestRecord = z.infer<typeof GuestRecord>;

/** The invite stands in the body, in no URL. A link that many have is good for who was let in by it: `entryId` knows them again. */
const ByInvite = { invite: z.string().max(4096), entryId: EntryId.optional() };

export const guestRecordApi = {
  guestRecord: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/guest-records',
    access: anyone,
    summary:
      'What guests see of a meeting afterwards: agenda and minutes that were sent; chat, polls and documents where policy allows',
    body: z.strictObject(ByInvite),
    response: GuestRecord,
  },
  guestMinutesPdf: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/guest-records/minutes-pdf',
    access: anyone,
    summary: 'Minutes that a guest may read as a PDF file, made when it is asked for',
    body: z.strictObject({ ...ByInvite, minutesId: Id }),
    /** base64 */
    response: z.object({ pdf: z.string() }),
  },
  guestDocumentPage: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/guest-records/document-page',
    access: anyone,
    summary: 'The picture of a page of a document that a guest may open after the meeting',
    body: z.strictObject({
      ...ByInvite,
      documentId: Id,
      page: z.number().int().min(1).max(MAX_DOCUMENT_PAGES),
      size: PageSize,
    }),
    /** WebP, in base64 */
    response: z.object({ picture: z.string() }),
  },
} as const satisfies RouteTable;
