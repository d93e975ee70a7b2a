/** What a queued mail holds: facts, of which `compose.ts` makes the mail when it is sent. */

type Recipient = { name: string; address: string };
/** A guest's link is signed when the mail is sent: no token of an invite is stored. */
export type MeetingMessage = {
  about: 'invited' | 'changed' | 'cancelled';
  to: Recipient;
  meetingId: string;
  title: string;
  hostName: string;
  startsAtMs: number | null;
  endsAtMs: number | null;
  roomNames: string[];
  sequence: number;
  /** of a guest; null: an account */
  inviteId: string | null;
  /** null: it has no time, and no calendar knows it */
  calendar: { method: 'REQUEST' | 'CANCEL'; startsAtMs: number; endsAtMs: number } | null;
};
/** The link opens an account: it is stored until the mail is sent or given up. */
export type AccountMessage = { about: 'account'; to: Recipient; inviteUrl: string };
export type MailMessage = MeetingMessage | AccountMessage;
