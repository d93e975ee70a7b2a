/** What a person fills in for a broadcast, and the plan that is sent. Dates and times are those of this device's time zone. Pure. */
import { AddressRange } from '#contract/address-range.ts';
import { type Audience, DEFAULT_QUALITY, WHOLE_STAFF } from '#contract/broadcast.ts';
import type { BroadcastPlan, PlannedBroadcast } from '#contract/http/broadcasts-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { localDateTime, startOf, titleLettersLeft } from './meeting-form.ts';

export type PlanForm = {
  title: string;
  /** false: somebody starts it by hand */
  hasTime: boolean;
  /** 2027-01-31 */
  date: string;
  /** 14:30 */
  time: string;
  isForAll: boolean;
  placeIds: readonly string[];
  groups: readonly string[];
  /** as typed, separated by commas */
  ranges: string;
  height: 720 | 1080;
  isNearLive: boolean;
};
export type PlanProblem = 'title' | 'title-too-long' | 'when' | 'past' | 'ranges';

const STEP_MS = 30 * 60_000;

/** Of a new one: the meeting's title, at its time where that is still to come. */
export function emptyPlan(meeting: { title: string; startsAtMs: number | null }, nowMs: number): PlanForm {
  const isToCome = meeting.startsAtMs !== null && meeting.startsAtMs > nowMs;
  return {
    title: meeting.title,
    hasTime: isToCome,
    ...localDateTime(isToCome ? meeting.startsAtMs! : Math.ceil(nowMs / STEP_MS) * STEP_MS),
    isForAll: true,
    placeIds: [],
    groups: [],
    ranges: '',
    height: DEFAULT_QUALITY.height,
    isNearLive: false,
  };
}

export function planFormOf(planned: PlannedBroadcast, nowMs: number): PlanForm {
  const { title, startsAtMs, audience, quality } = planned;
  const { placeIds, groups, allowedRanges } = audience;
  return {
    ...emptyPlan({ title, startsAtMs: null }, nowMs),
    hasTime: startsAtMs !== null,
    ...(startsAtMs !== null && localDateTime(startsAtMs)),
    isForAll: isWholeStaff(audience),
    placeIds,
    groups,
    ranges: allowedRanges.join(', '),
    height: quality.height,
    isNearLive: quality.partMs === 200,
  };
}

export const isWholeStaff = ({ placeIds, groups, allowedRanges }: Audience): boolean =>
  placeIds.length + groups.length + allowedRanges.length === 0;

const rangesOf = (form: PlanForm): string[] =>
  form.ranges
    .split(',')
    .map((range) => range.trim())
    .filter((range) => range !== '');

/** The first that is no range of addresses; null: all are. */
export const wrongRange = (form: PlanForm): string | null =>
  rangesOf(form).find((range) => !AddressRange.safeParse(range).success) ?? null;

/** @param isRunning its time can be changed no more */
export function planProblemsOf(form: PlanForm, nowMs: number, isRunning: boolean): ReadonlySet<PlanProblem> {
  const problems = new Set<PlanProblem>();
  const startsAtMs = startOf(form);
  if (shownText(form.title) === '') problems.add('title');
  if (titleLettersLeft(form.title) < 0) problems.add('title-too-long');
  if (!isRunning && form.hasTime && startsAtMs === null) problems.add('when');
  if (!isRunning && form.hasTime && startsAtMs !== null && startsAtMs <= nowMs) problems.add('past');
  if (!form.isForAll && wrongRange(form) !== null) problems.add('ranges');
  return problems;
}

/** Of a form without problems. */
export function broadcastPlanOf(form: PlanForm, isRunning: boolean): BroadcastPlan {
  const audience: Audience = form.isForAll
    ? WHOLE_STAFF
    : { placeIds: [...form.placeIds], groups: [...form.groups], allowedRanges: rangesOf(form) };
  const titled = { title: shownText(form.title), audience };
  if (isRunning) return titled;
  return {
    ...titled,
    startsAtMs: form.hasTime ? startOf(form) : null,
    quality: { height: form.height, partMs: form.isNearLive ? 200 : 500 },
  };
}
