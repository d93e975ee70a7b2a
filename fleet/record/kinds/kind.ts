/**
 * What a meeting leaves behind is of several kinds, each a file here with a line in `kinds.ts`: how it is read for the export of a
 * meeting and of a person, how long it is kept, how it is deleted, and how a person is forgotten in it.
 */
import type { RecordKindName } from '#contract/record-policy.ts';
import type { Language } from '#contract/schema.ts';
import type { AuthorityStore, AuthorityWrite } from '../../store/index.ts';

export type RecordReader = AuthorityStore['read'];
/** When the first thing of it was written that goes when its time is over. */
export type OldestOfMeeting = { meetingId: string; atMs: number };
/** `displayName`: of the account, as it is now. */
export type PersonOfRecord = { accountId: string; displayName: string };

export type RecordKind = {
  /** whose period it has */
  keptAs: RecordKindName;
  /** fields of a meeting's export */
  read: (db: RecordReader, meetingId: string, nowMs: number) => Promise<Record<string, unknown>>;
  /** of these meetings those that have any */
  oldest: (db: Pick<AuthorityWrite, 'selectFrom'>, meetingIds: readonly string[]) => Promise<OldestOfMeeting[]>;
  /** For good. @param upToMs what is newer stays; null: all of it */
  remove: (trx: AuthorityWrite, meetingId: string, upToMs: number | null) => Promise<void>;
  /** fields of a person's export: own words and doings. @param isOwn for themselves, who see also what others wrote for them */
  ofPerson?: (db: RecordReader, person: PersonOfRecord, isOwn: boolean) => Promise<Record<string, unknown>>;
  /** Own words go, and the name is replaced, in the language of each meeting. */
  forget?: (trx: AuthorityWrite, person: PersonOfRecord, nameIn: Record<Language, string>) => Promise<void>;
};
