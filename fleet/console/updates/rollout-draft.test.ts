/** A plan as it is typed: what is wrong with it, and what is sent. */
import { describe, expect, it } from 'vitest';
import { idOf } from '../console-under-test.tsx';
import { numberIn, planOfDraft, ringProblemsOf, type RolloutDraft, usualDraft, withRing } from './rollout-draft.ts';

const RELEASE = '1.5.0-3fa9c01b77de4520';
const names = { canary: 'Canary', tenth: '10 percent', half: 'Half', rest: 'Everyone' };
const usual = () => usualDraft(RELEASE, names);
const withFirst = (changes: Partial<RolloutDraft['rings'][number]>, draft = usual()): RolloutDraft => ({
  ...draft,
  rings: draft.rings.map((ring, index) => (index === 0 ? { ...ring, ...changes } : ring)),
});
const named = [{ roomId: idOf(1), roomName: 'Maple' }];

describe('the usual rings', () => {
  it('lack nothing but the rooms of the first', () => {
    expect(usual().rings.map((_, index) => ringProblemsOf(usual(), index))).toEqual([['empty'], [], [], []]);
    expect(planOfDraft(usual())).toBeNull();
  });

  it('are sent as numbers, and the last takes all that are left', () => {
    const plan = planOfDraft(withFirst({ rooms: named, name: ' Canary ' }))!;
    expect(plan.rings.map(({ name, upToPercent }) => [name, upToPercent])).toEqual([
      ['Canary', 0],
      ['10 percent', 10],
      ['Half', 50],
      ['Everyone', 100],
    ]);
    expect(plan.rings[0]).toMatchObject({ roomIds: [idOf(1)], needsGo: true, soakMinutes: 1_440 });
    expect(plan).toMatchObject({ haltAtFailedPercent: 10, silentAfterMinutes: 30, deadlineHours: 72 });
  });
});

it.each([
  [{ name: ' ', rooms: named }, 'name'],
  [{ soakHours: '1.5', rooms: named }, { field: 'soakHours' }],
  [{ upToPercent: '101' }, { field: 'upToPercent' }],
  [{ upToPercent: '' }, { field: 'upToPercent' }],
] as const)('names what is wrong with %j', (changes, problem) => {
  const draft = withFirst(changes);
  expect(ringProblemsOf(draft, 0)).toContainEqual(problem);
  expect(planOfDraft(draft)).toBeNull();
});

it('lets no share fall below the one before, but for a ring of named rooms alone', () => {
  const draft = withFirst({ upToPercent: '20' });
  expect(ringProblemsOf(draft, 1)).toEqual([{ falling: 20 }]);
  const second = { ...draft.rings[1]!, upToPercent: '0', rooms: named };
  expect(ringProblemsOf({ ...draft, rings: [draft.rings[0]!, second, ...draft.rings.slice(2)] }, 1)).toEqual([]);
});

it('adds a ring before the last one, with a key of its own', () => {
  const { rings } = withRing(usual(), 'Ring 4');
  expect(rings.map(({ name }) => name)).toEqual(['Canary', '10 percent', 'Half', 'Ring 4', 'Everyone']);
  expect(new Set(rings.map(({ key }) => key)).size).toBe(5);
  expect(rings[3]!.upToPercent).toBe('50');
});

it.each([
  ['5', 5],
  [' 30 ', 30],
  ['4', null],
  ['1441', null],
  ['3e1', null],
  ['', null],
])('reads “%s” as %s minutes', (typed, value) => {
  expect(numberIn('silentAfterMinutes', typed)).toBe(value);
});
