/** What a change of one of meetings that repeat means for one after it: its people by what was added and removed, its time. Pure. */
import type { Selectable } from 'kysely';
import {
  isSamePerson,
  type MeetingTimes,
  type PeopleChange,
  type PersonRow,
  type WantedPerson,
  timeInZone,
} from './meeting-draft.ts';
import type { AuthorityTables } from '../store/index.ts';

type Repetition = Pick<Selectable<AuthorityTables['repetition']>, 'every' | 'timeZone' | 'durationMinutes'>;
type Repeated = MeetingTimes & { occurrenceAtMs: number | null };

/**
 * At the new hour of the repetition's zone, and as many days later or earlier as the changed one; on weekdays each stays on its day.
 * @param former of the one that is changed
 * @returns null: the later one keeps its time, which is another than they have, or the time was not changed
 */
export function followingTimes(
  former: Repeated,
  wanted: MeetingTimes,
  later: Repeated,
  repetition: Repetition,
): { startsAtMs: number } | null {
  const { every, timeZone } = repetition;
  if (wanted.startsAtMs === null || later.startsAtMs === null) return null;
  if (wanted.startsAtMs === former.startsAtMs && wanted.endsAtMs === former.endsAtMs) return null;
  if (!isAsPlanned(later, repetition) && !isAs(former, later, timeZone)) return null;
  const to = timeInZone(wanted.startsAtMs, timeZone);
  const days =
    every === 'weekday' ? 0 : daysBetween(former.startsAtMs ?? former.occurrenceAtMs!, wanted.startsAtMs, timeZone);
  const day = timeInZone(later.startsAtMs, timeZone).toPlainDate().add({ days });
  return { startsAtMs: day.toZonedDateTime({ timeZone, plainTime: to.toPlainTime() }).epochMilliseconds };
}

const isAsPlanned = ({ startsAtMs, endsAtMs, occurrenceAtMs }: Repeated, { durationMinutes }: Repetition): boolean =>
  startsAtMs === occurrenceAtMs && lengthOf({ startsAtMs, endsAtMs }) === durationMinutes * 60_000;

/** At the same hour, as long, and as far from the day that was planned, or on that day. */
function isAs(former: Repeated, later: Repeated, timeZone: string): boolean {
  if (former.startsAtMs === null || lengthOf(former) !== lengthOf(later)) return false;
  const plainTime = timeInZone(former.startsAtMs, timeZone).toPlainTime();
  const planned = timeInZone(later.occurrenceAtMs!, timeZone).toPlainDate();
  const moved = daysBetween(former.occurrenceAtMs!, former.startsAtMs, timeZone);
  return [0, moved].some(
    (days) => planned.add({ days }).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds === later.startsAtMs,
  );
}

const lengthOf = ({ startsAtMs, endsAtMs }: MeetingTimes): number | null =>
  startsAtMs === null || endsAtMs === null ? null : endsAtMs - startsAtMs;

/** By the calendar of the zone. */
const daysBetween = (fromMs: number, toMs: number, timeZone: string): number =>
  timeInZone(fromMs, timeZone).toPlainDate().until(timeInZone(toMs, timeZone).toPlainDate(), { largestUnit: 'days' })
    .days;

/**
 * Of a later one: with whom was added, without whom was removed, and with a new role where the person had the same as in the changed one.
 * @param change of the changed one
 */
export function followingPeople(
  { kept, added, removed }: PeopleChange,
  later: readonly PersonRow[],
): { wantedPeople: WantedPerson[]; isOther: boolean } {
  const left = new Set(later);
  const wantedPeople: WantedPerson[] = [];
  let isOther = false;
  const taken = (person: WantedPerson): PersonRow | undefined => {
    const found = [...left].find((each) => isSamePerson(person, each));
    if (found) left.delete(found);
    return found;
  };
  for (const { row, role } of kept) {
    const same = taken(asWanted(row));
    if (!same) continue;
    const isNew = role !== row.role && same.role === row.role;
    isOther ||= isNew;
    wantedPeople.push(asWanted(isNew ? { ...same, role } : same));
  }
  for (const row of removed) if (taken(asWanted(row))) isOther = true;
  for (const person of added) {
    const same = taken(person);
    isOther ||= !same;
    wantedPeople.push(same ? asWanted(same) : person);
  }
  return { wantedPeople: [...wantedPeople, ...[...left].map(asWanted)], isOther };
}

const asWanted = ({ accountId, displayName, email, role }: PersonRow): WantedPerson =>
  accountId === null
    ? { displayName, email }
    : // an account is never a guest
      { accountId, role: role === 'guest' ? 'member' : role };
