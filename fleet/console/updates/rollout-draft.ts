/** A plan as it is typed: the usual rings, what is wrong with it, and the plan that it makes. Pure. */
import { type RolloutPlan, RolloutPlan as RolloutPlanSchema } from '#contract/rollout.ts';

export type ChosenRoom = { roomId: string; roomName: string };
/** Numbers are as they are typed. */
export type RingDraft = {
  key: number;
  name: string;
  rooms: readonly ChosenRoom[];
  placeIds: readonly string[];
  upToPercent: string;
  soakHours: string;
  needsGo: boolean;
};
export type RolloutDraft = {
  releaseId: string;
  placeIds: readonly string[];
  rings: readonly RingDraft[];
  haltAtFailedPercent: string;
  silentAfterMinutes: string;
  deadlineHours: string;
};

export const MOST_RINGS = 8;
const SOAK_MAX_HOURS = 30 * 24;

/** Between which whole numbers a field is. */
export const DRAFT_RANGES = {
  upToPercent: [0, 100],
  soakHours: [0, SOAK_MAX_HOURS],
  haltAtFailedPercent: [0, 100],
  silentAfterMinutes: [5, 24 * 60],
  deadlineHours: [1, 30 * 24],
} as const satisfies Record<string, readonly [number, number]>;
export type NumberField = keyof typeof DRAFT_RANGES;

type RingNames = { canary: string; tenth: string; half: string; rest: string };

/** Named rooms, whose people know of it; a tenth; a half; all others. A day of soak holds one working day of meetings. */
export function usualDraft(releaseId: string, names: RingNames): RolloutDraft {
  const ring = (key: number, name: string, upToPercent: string, needsGo: boolean): RingDraft => ({
    ...{ key, name, upToPercent, needsGo },
    ...{ rooms: [], placeIds: [], soakHours: '24' },
  });
  return {
    releaseId,
    placeIds: [],
    rings: [
      ring(0, names.canary, '0', true),
      ring(1, names.tenth, '10', false),
      ring(2, names.half, '50', false),
      ring(3, names.rest, '100', false),
    ],
    haltAtFailedPercent: '10',
    silentAfterMinutes: '30',
    deadlineHours: '72',
  };
}

/** A ring before the last one, which takes all that are left. */
export function withRing(draft: RolloutDraft, name: string): RolloutDraft {
  const { rings } = draft;
  const before = rings.at(-2);
  const key = 1 + Math.max(...rings.map((ring) => ring.key));
  const added: RingDraft = {
    ...{ key, name, rooms: [], placeIds: [], needsGo: false },
    upToPercent: before?.upToPercent ?? '0',
    soakHours: before?.soakHours ?? '24',
  };
  return { ...draft, rings: [...rings.slice(0, -1), added, ...rings.slice(-1)] };
}

/** null: it is not a whole number in its range */
export function numberIn(field: NumberField, typed: string): number | null {
  const [min, max] = DRAFT_RANGES[field];
  const text = typed.trim();
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

export type RingProblem = 'name' | 'empty' | { falling: number } | { field: NumberField };

/** What is wrong with a ring; the last one needs no rooms of its own. */
export function ringProblemsOf(draft: RolloutDraft, index: number): RingProblem[] {
  const ring = draft.rings[index]!;
  const isLast = index === draft.rings.length - 1;
  const problems: RingProblem[] = [];
  if (ring.name.trim() === '') problems.push('name');
  if (numberIn('soakHours', ring.soakHours) === null) problems.push({ field: 'soakHours' });
  if (isLast) return problems;
  const percent = numberIn('upToPercent', ring.upToPercent);
  if (percent === null) return [...problems, { field: 'upToPercent' }];
  const before = Math.max(
    0,
    ...draft.rings.slice(0, index).map(({ upToPercent }) => numberIn('upToPercent', upToPercent) ?? 0),
  );
  if (percent !== 0 && percent < before) problems.push({ falling: before });
  if (percent === 0 && ring.rooms.length + ring.placeIds.length === 0) problems.push('empty');
  return problems;
}

/** null: something is wrong with it */
export function planOfDraft(draft: RolloutDraft): RolloutPlan | null {
  if (draft.rings.some((_, index) => ringProblemsOf(draft, index).length > 0)) return null;
  const plan = RolloutPlanSchema.safeParse({
    releaseId: draft.releaseId,
    placeIds: draft.placeIds,
    rings: draft.rings.map((ring, index) => ({
      name: ring.name.trim(),
      roomIds: ring.rooms.map(({ roomId }) => roomId),
      placeIds: ring.placeIds,
      upToPercent: index === draft.rings.length - 1 ? 100 : numberIn('upToPercent', ring.upToPercent),
      soakMinutes: 60 * (numberIn('soakHours', ring.soakHours) ?? 0),
      needsGo: ring.needsGo,
    })),
    haltAtFailedPercent: numberIn('haltAtFailedPercent', draft.haltAtFailedPercent),
    silentAfterMinutes: numberIn('silentAfterMinutes', draft.silentAfterMinutes),
    deadlineHours: numberIn('deadlineHours', draft.deadlineHours),
  });
  return plan.success ? plan.data : null;
}
