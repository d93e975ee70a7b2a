/** Who comes into a meeting, who waits, and what guests see of it afterwards. Stored with the meeting; a place's is the default of the meetings made there. */
import { AddressRange } from './address-range.ts';
import { openWord } from './open-words.ts';
import { KeptDays } from './record-policy.ts';
import { z } from './schema.ts';

/**
 * `all-enter`: everybody with a link or an invite comes in at once, as the demonstration has it, in words.
 * `links-wait`: members and people with an invite of their own come in; a link, the TV's QR and everybody else knock.
 * `all-wait`: only hosts, co-hosts and the meeting's rooms come in by themselves.
 */
export const Admission = z.enum(['all-enter', 'links-wait', 'all-wait']);
export type Admission = z.infer<typeof Admission>;

/**
 * What guests see of a meeting's calls afterwards, each with what stands before it. `minutes`: those that a host has sent, and the
 * agenda; `chat-and-polls`: also what was written and asked in the calls that the guest was in; `documents`: also the documents that
 * could be opened in these calls and are kept with the meeting.
 */
export const GuestRecordScope = z.enum(['nothing', 'minutes', 'chat-and-polls', 'documents']);
export type GuestRecordScope = z.infer<typeof GuestRecordScope>;

/** `days`: counted from the end of each call. What is deleted before is seen by nobody. */
export const GuestRecordRule = z.strictObject({ shows: GuestRecordScope, days: KeptDays });
export type GuestRecordRule = z.infer<typeof GuestRecordRule>;

export const NO_GUEST_RECORD: GuestRecordRule = { shows: 'nothing', days: 7 };

export const guestsSee = ({ shows }: Pick<GuestRecordRule, 'shows'>, scope: GuestRecordScope): boolean =>
  GuestRecordScope.options.indexOf(shows) >= GuestRecordScope.options.indexOf(scope);

/** Of two rules the less, and the shorter. */
export function narrowerGuestRecord(one: GuestRecordRule, other: GuestRecordRule): GuestRecordRule {
  const scopes = GuestRecordScope.options;
  const shows = scopes[Math.min(scopes.indexOf(one.shows), scopes.indexOf(other.shows))]!;
  return { shows, days: Math.min(one.days, other.days) };
}

export const MeetingPolicy = z.strictObject({
  admission: Admission,
  /** false: who would come in waits until a host, a co-host or a room of the meeting is in the call */
  joinBeforeHost: z.boolean(),
  /** false: nobody without an account comes in, by whatever link */
  guestsAllowed: z.boolean(),
  /** of whoever comes in or returns; empty: any. The organisation's and the place's ranges hold besides */
  allowedRanges: z.array(AddressRange).max(64),
  /**
   * What is spoken may be written, while a host has turned that on in the call. Of a meeting it counts only where its place permits
   * it too
   */
  transcript: z.boolean().default(false),
  /** Of a meeting it only narrows what its place permits */
  guestRecord: GuestRecordRule.default(NO_GUEST_RECORD),
});
export type MeetingPolicy = z.infer<typeof MeetingPolicy>;

/** As they are shown: of a newer server without what this release does not know, and its words as what lets in and shows the least. */
export const ShownGuestRecordRule = z.object({ shows: openWord(GuestRecordScope, 'nothing'), days: KeptDays });
export const ShownMeetingPolicy = z.object({
  ...MeetingPolicy.shape,
  admission: openWord(Admission, 'all-wait'),
  guestRecord: ShownGuestRecordRule.default(NO_GUEST_RECORD),
});

export const DEFAULT_MEETING_POLICY: MeetingPolicy = {
  admission: 'links-wait',
  joinBeforeHost: true,
  guestsAllowed: true,
  allowedRanges: [],
  transcript: false,
  guestRecord: NO_GUEST_RECORD,
};
