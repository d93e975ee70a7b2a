/** What a person asks of a meeting, checked against who and what there is: times, rooms, people. */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { MeetingDraft, NewMeeting } from '#contract/http/meetings-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import { MAX_REPEATED_MEETINGS, type MeetingRepetition, repetitionDays } from '#contract/meeting-repetition.ts';
import type { z } from '#contract/schema.ts';
import type { Selectable } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';

export type CheckedDraft = z.output<typeof MeetingDraft>;
export type CheckedNewMeeting = z.output<typeof NewMeeting>;
export type WantedPerson = CheckedDraft['people'][number];
export type PersonRow = Omit<Selectable<AuthorityTables['meetingPerson']>, 'isOfCalendar'>;
export type MeetingTimes = { startsAtMs: number | null; endsAtMs: number | null };
/** Of the people of a meeting: who stays, who comes, who is gone. */
export type PeopleChange = {
  kept: { row: PersonRow; role: PersonRow['role'] }[];
  added: WantedPerson[];
  removed: PersonRow[];
};

const MAX_AHEAD_MS = 3 * 366 * 86_400_000;

/** @throws UserError meeting-in-past: its end is over; ProtocolError bad-message: it is years away */
export function timesOf(
  { startsAtMs, durationMinutes }: Pick<CheckedDraft, 'startsAtMs' | 'durationMinutes'>,
  former: MeetingTimes | null,
): MeetingTimes {
  if (startsAtMs === null) return { startsAtMs: null, endsAtMs: null };
  const endsAtMs = startsAtMs + durationMinutes * 60_000;
  const isAsBefore = former?.startsAtMs === startsAtMs && former.endsAtMs === endsAtMs;
  if (!isAsBefore && endsAtMs <= Date.now()) throw new UserError('meeting-in-past');
  refuseFarAhead(startsAtMs);
  return { startsAtMs, endsAtMs };
}

/** @throws ProtocolError bad-message */
function refuseFarAhead(startsAtMs: number): void {
  if (startsAtMs > Date.now() + MAX_AHEAD_MS) throw new ProtocolError('bad-message', 'too far ahead');
}

/**
 * Of meetings that repeat: at the same hour of their zone, also over a change of its clocks. A time that is skipped there is taken by the
 * offset before.
 * @throws ProtocolError bad-message: no such zone, no time, too few or too many, or as `timesOf`; UserError meeting-in-past
 */
export function occurrenceTimesOf(
  draft: Pick<CheckedDraft, 'startsAtMs' | 'durationMinutes'>,
  repeats: MeetingRepetition,
): MeetingTimes[] {
  if (draft.startsAtMs === null) throw new ProtocolError('bad-message', 'what repeats has a time');
  // before its days are counted, in years of four digits
  refuseFarAhead(draft.startsAtMs);
  const first = timeInZone(draft.startsAtMs, repeats.timeZone);
  const days = repetitionDays(first.toPlainDate().toString(), repeats);
  if (days.length < 2 || days.length > MAX_REPEATED_MEETINGS)
    throw new ProtocolError('bad-message', 'fewer or more meetings than repeat');
  const [timeZone, plainTime] = [repeats.timeZone, first.toPlainTime()];
  return days.map((day) => {
    const at = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime });
    return timesOf({ ...draft, startsAtMs: at.epochMilliseconds }, null);
  });
}

export function timeInZone(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  } catch (error) {
    throw new ProtocolError('bad-message', 'no such time zone', { cause: error });
  }
}

/**
 * Each once. A room that there is not is refused like one that the person may not ask for. Rooms that the meeting has already stay.
 * @throws ProtocolError not-found
 */
export async function roomsFor(
  trx: AuthorityWrite,
  roomIds: readonly string[],
  reach: Reach,
  former: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(roomIds)];
  if (wanted.length === 0) return [];
  const rows = await trx
    .selectFrom('room')
    .select('roomId')
    .where('roomId', 'in', wanted)
    .where('removedAtMs', 'is', null)
    .execute();
  const there = new Set(rows.map(({ roomId }) => roomId));
  if (!wanted.every((roomId) => there.has(roomId) && (former.includes(roomId) || reaches(reach, roomId))))
    throw new ProtocolError('not-found', 'no such room');
  return wanted;
}

/** An account is itself; a guest stays the same by name and address. The host is nobody's guest. */
export function peopleChange(
  wanted: readonly WantedPerson[],
  former: readonly PersonRow[],
  hostAccountId: string | null,
): PeopleChange {
  const left = new Set(former);
  const accounts = new Set(hostAccountId === null ? [] : [hostAccountId]);
  const change: PeopleChange = { kept: [], added: [], removed: [] };
  for (const person of wanted) {
    if ('accountId' in person) {
      if (accounts.has(person.accountId)) continue;
      accounts.add(person.accountId);
    }
    const row = [...left].find((each) => isSamePerson(person, each));
    if (!row) change.added.push(person);
    else {
      left.delete(row);
      change.kept.push({ row, role: 'accountId' in person ? person.role : 'guest' });
    }
  }
  change.removed = [...left];
  return change;
}

/** Somebody becomes a host, or is one no more. */
export const changesHosts = ({ kept, added, removed }: PeopleChange): boolean =>
  kept.some(({ row, role }) => (row.role === 'host') !== (role === 'host')) ||
  added.some((person) => 'accountId' in person && person.role === 'host') ||
  removed.some(({ role }) => role === 'host');

export const isSamePerson = (person: WantedPerson, row: PersonRow): boolean =>
  'accountId' in person
    ? row.accountId === person.accountId
    : row.accountId === null && row.displayName === person.displayName && row.email === person.email;
