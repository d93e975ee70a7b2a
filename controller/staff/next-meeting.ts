/** What is filled in for the next meeting of a series. Pure. */
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { type FormPerson, formOf, localDateTime, type MeetingForm } from './meeting-form.ts';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 7;
const MOST_DAYS = 366;

type NextOf = {
  /** whose form it is */
  accountId: string;
  /** when the meeting before this one began; null: there is none */
  previousAtMs: number | null;
  /** when the one after it begins; null: none is planned */
  nextAtMs: number | null;
  nowMs: number;
};

/** The same people, rooms and policy, without an agenda, as many days later as this one was after the one before. */
export function nextFormOf(meeting: MeetingDetail, { accountId, previousAtMs, nextAtMs, nowMs }: NextOf): MeetingForm {
  const { startsAtMs, hostAccountId, hostName } = meeting;
  const form = formOf(meeting, nowMs);
  const others = form.people.filter((person) => person.kind === 'guest' || person.accountId !== accountId);
  const host: FormPerson[] =
    hostAccountId === undefined || hostAccountId === accountId
      ? []
      : [{ kind: 'account', accountId: hostAccountId, displayName: hostName, role: 'host' }];
  const afterMs = Math.max(nowMs, nextAtMs ?? 0);
  return {
    ...form,
    ...(startsAtMs !== null && localDateTime(nextStart(startsAtMs, previousAtMs, afterMs))),
    people: [...host, ...others],
    agenda: '',
  };
}

/** At the same time of day, also over a change of the clock. */
export function nextStart(startsAtMs: number, previousAtMs: number | null, afterMs: number): number {
  const apart = previousAtMs === null ? 0 : Math.round((startsAtMs - previousAtMs) / DAY_MS);
  const days = apart >= 1 && apart <= MOST_DAYS ? apart : USUAL_DAYS;
  const at = new Date(startsAtMs);
  do at.setDate(at.getDate() + days);
  while (at.getTime() <= afterMs);
  return at.getTime();
}
