/** What stays of devices make of people: each person once, with the union of the times of all their devices. Pure. */
import type { Attendee, AttendeeKind } from '#contract/http/record-api.ts';

export type Interval = { fromMs: number; untilMs: number };
/** One device in a call. */
export type DeviceStay = Interval & {
  person: string;
  kind: AttendeeKind;
  displayName: string;
  /** it is there now, and `untilMs` is now */
  isThere: boolean;
};

/** Sorted, apart from each other, none empty. */
export function unionOf(intervals: readonly Interval[]): Interval[] {
  const union: Interval[] = [];
  for (const { fromMs, untilMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = union.at(-1);
    if (last && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else if (untilMs > fromMs) union.push({ fromMs, untilMs });
  }
  return union;
}

export const lengthOf = (intervals: readonly Interval[]): number =>
  unionOf(intervals).reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);

/** In the order in which they came, each under the name of their newest stay. */
export function attendeesOf(stays: readonly DeviceStay[]): Attendee[] {
  const byPerson = Map.groupBy(
    stays.toSorted((a, b) => a.fromMs - b.fromMs),
    ({ person }) => person,
  );
  return [...byPerson.values()].map((own) => ({
    displayName: own.at(-1)!.displayName,
    kind: own[0]!.kind,
    joinedAtMs: own[0]!.fromMs,
    leftAtMs: own.some(({ isThere }) => isThere) ? null : Math.max(...own.map(({ untilMs }) => untilMs)),
    presentMs: lengthOf(own),
  }));
}
