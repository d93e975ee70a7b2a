/**
 * Who comes into each meeting: its own policy, else that of its place (of a room's meeting the room's, of a person's the
 * host's), else of the places above, else of the organisation.
 */
import { AddressRange } from '#contract/address-range.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import {
  DEFAULT_MEETING_POLICY,
  type GuestRecordRule,
  MeetingPolicy,
  narrowerGuestRecord,
} from '#contract/meeting-policy.ts';
import { checkRanges } from '#edge/address-ranges.ts';
import { appendAudit } from '../audit/index.ts';
import { ORGANISATION_POLICY_SETTING, ORGANISATION_RANGES_SETTING } from '../people/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;

export class MeetingPolicies {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** null: no such meeting. Also of one that is over. */
  async of(meetingId: string): Promise<MeetingPolicy | null> {
    return meetingPolicyIn(this.#store.read, meetingId);
  }

  /** @throws ProtocolError not-found */
  async set(meetingId: string, policy: MeetingPolicy, actor: string): Promise<void> {
    await this.#store.write((trx) => setMeetingPolicy(trx, meetingId, policy, actor));
  }
}

/** @throws ProtocolError not-found: no such meeting, or it is over; bad-message: a range that is none */
export async function setMeetingPolicy(
  trx: AuthorityWrite,
  meetingId: string,
  policy: MeetingPolicy,
  actor: string,
): Promise<void> {
  checkRanges(policy.allowedRanges);
  const text = JSON.stringify(policy);
  const { numUpdatedRows } = await trx
    .updateTable('meeting')
    .set({ policy: text })
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such meeting');
  const subject = `meeting:${meetingId}`;
  await appendAudit(trx, { kind: 'meeting-policy-changed', actor, subject, details: { policy: text } });
}

export type RulesOfMeeting = {
  policy: MeetingPolicy;
  /** where people may come from: of the organisation, of each place down to the meeting's, of the meeting. Each list holds */
  allowedRanges: string[][];
  /** by its place, the meeting may permit that what is spoken is written */
  isTranscriptPermitted: boolean;
  /** what is spoken may be written: by its place, and by the meeting where it has a policy of its own */
  mayTranscribe: boolean;
  /** by its place, what guests may see afterwards at most */
  guestRecordOfPlace: GuestRecordRule;
  /** what they see: by its place, and by the meeting where it has a policy of its own */
  guestRecord: GuestRecordRule;
};

export async function meetingPolicyIn(db: Reader, meetingId: string): Promise<MeetingPolicy | null> {
  return (await meetingRulesIn(db, meetingId))?.policy ?? null;
}

/** null: no such meeting */
export async function meetingRulesIn(db: Reader, meetingId: string): Promise<RulesOfMeeting | null> {
  const meeting = await db
    .selectFrom('meeting')
    .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
    .leftJoin('room as ownRoom', 'ownRoom.roomId', 'meeting.roomId')
    .leftJoin('room as bookedRoom', 'bookedRoom.roomId', 'bookingMeeting.roomId')
    .leftJoin('account as host', 'host.accountId', 'meeting.hostAccountId')
    .select([
      'meeting.policy',
      'ownRoom.placeId as ownPlaceId',
      'bookedRoom.placeId as bookedPlaceId',
      'host.placeId as hostPlaceId',
    ])
    .where('meeting.meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!meeting) return null;
  const placeId = meeting.ownPlaceId ?? meeting.bookedPlaceId ?? meeting.hostPlaceId ?? null;
  const ofPlace = await defaultPolicyAt(db, placeId);
  const policy = meeting.policy === null ? ofPlace : policyFrom(meeting.policy);
  const lists = [await organisationRanges(db), ...(await placeRanges(db, placeId)), policy.allowedRanges];
  return {
    policy,
    allowedRanges: lists.filter((ranges) => ranges.length > 0),
    isTranscriptPermitted: ofPlace.transcript,
    mayTranscribe: ofPlace.transcript && policy.transcript,
    guestRecordOfPlace: ofPlace.guestRecord,
    guestRecord: narrowerGuestRecord(ofPlace.guestRecord, policy.guestRecord),
  };
}

async function organisationRanges(db: Reader): Promise<string[]> {
  const setting = await db
    .selectFrom('setting')
    .select('value')
    .where('name', '=', ORGANISATION_RANGES_SETTING)
    .executeTakeFirst();
  return setting ? rangesFrom(setting.value) : [];
}

async function placeRanges(db: Reader, placeId: string | null): Promise<string[][]> {
  const lists: string[][] = [];
  for (let at = placeId; at !== null; ) {
    const place = await db
      .selectFrom('place')
      .select(['parentId', 'allowedRanges'])
      .where('placeId', '=', at)
      .executeTakeFirst();
    if (place) lists.unshift(rangesFrom(place.allowedRanges));
    at = place?.parentId ?? null;
  }
  return lists;
}

const rangesFrom = (text: string): string[] => AddressRange.array().parse(JSON.parse(text));

/** `placeId` null: directly below the organisation. */
export async function defaultPolicyAt(db: Reader, placeId: string | null): Promise<MeetingPolicy> {
  for (let at = placeId; at !== null; ) {
    const place = await db
      .selectFrom('place')
      .select(['parentId', 'meetingPolicy'])
      .where('placeId', '=', at)
      .executeTakeFirst();
    if (place && place.meetingPolicy !== null) return policyFrom(place.meetingPolicy);
    at = place?.parentId ?? null;
  }
  const setting = await db
    .selectFrom('setting')
    .select('value')
    .where('name', '=', ORGANISATION_POLICY_SETTING)
    .executeTakeFirst();
  return setting ? policyFrom(setting.value) : DEFAULT_MEETING_POLICY;
}

const policyFrom = (text: string): MeetingPolicy => MeetingPolicy.parse(JSON.parse(text));
