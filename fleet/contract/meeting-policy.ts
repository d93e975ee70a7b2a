/** Who comes into a meeting, and who waits. Stored with the meeting; a place's is the default of the meetings made there. */
import { AddressRange } from './address-range.ts';
import { z } from './schema.ts';

/**
 * `all-enter`: everybody with a link or an invite comes in at once, as the demonstration has it, in words.
 * `links-wait`: members and people with an invite of their own come in; a link, the TV's QR and everybody else knock.
 * `all-wait`: only hosts, co-hosts and the meeting's rooms come in by themselves.
 */
export const Admission = z.enum(['all-enter', 'links-wait', 'all-wait']);
export type Admission = z.infer<typeof Admission>;

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
});
export type MeetingPolicy = z.infer<typeof MeetingPolicy>;

export const DEFAULT_MEETING_POLICY: MeetingPolicy = {
  admission: 'links-wait',
  joinBeforeHost: true,
  guestsAllowed: true,
  allowedRanges: [],
  transcript: false,
};
