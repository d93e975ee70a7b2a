/** The union of stays by hand, and random ones against a reference that counts each moment. MARU_SEED repeats a run. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { attendeesOf, type DeviceStay, type Interval, lengthOf, unionOf } from './attended.ts';

const stay = (person: string, fromMs: number, untilMs: number, more: Partial<DeviceStay> = {}): DeviceStay => ({
  person,
  kind: 'account',
  displayName: person,
  fromMs,
  untilMs,
  isThere: false,
  ...more,
});

test.each<[string, [number, number][], [number, number][]]>([
  ['none', [], []],
  [
    'apart',
    [
      [5, 7],
      [1, 3],
    ],
    [
      [1, 3],
      [5, 7],
    ],
  ],
  [
    'touching',
    [
      [1, 3],
      [3, 5],
    ],
    [[1, 5]],
  ],
  [
    'one in another',
    [
      [1, 9],
      [2, 3],
      [8, 10],
    ],
    [[1, 10]],
  ],
  [
    'empty ones',
    [
      [4, 4],
      [1, 2],
      [2, 2],
    ],
    [[1, 2]],
  ],
])('the union of stays: %s', (_, given, union) => {
  const intervals = (pairs: [number, number][]) => pairs.map(([fromMs, untilMs]) => ({ fromMs, untilMs }));
  expect(unionOf(intervals(given))).toEqual(intervals(union));
});

test('a person with two devices is one; who is there on one of them is there', () => {
  const stays = [
    stay('mina', 0, 10),
    stay('mina', 5, 12, { isThere: true, displayName: '미나' }),
    stay('room', 3, 4, { kind: 'room' }),
  ];
  expect(attendeesOf(stays)).toEqual([
    { displayName: '미나', kind: 'account', joinedAtMs: 0, leftAtMs: null, presentMs: 12 },
    { displayName: 'room', kind: 'room', joinedAtMs: 3, leftAtMs: 4, presentMs: 1 },
  ]);
});

test('of random stays each moment counts once for each person', () => {
  const seed = Number(process.env.MARU_SEED ?? randomInt(2 ** 31));
  const next = randoms(seed);
  for (let run = 0; run < 500; run += 1) {
    const stays = Array.from({ length: next(12) }, () => {
      const fromMs = next(40);
      return stay(`p${next(3)}`, fromMs, fromMs + next(15));
    });
    const about = `MARU_SEED=${seed}, run ${run}`;
    expect(lengthOf(stays), about).toBe(momentsIn(stays).size);
    expect(
      unionOf(stays).every(({ fromMs }, n, all) => n === 0 || fromMs > all[n - 1]!.untilMs),
      about,
    ).toBe(true);
    const attendees = attendeesOf(stays);
    const own = (person: string) => stays.filter((each) => each.person === person);
    expect(attendees.map(({ displayName }) => displayName).sort(), about).toEqual(
      [...new Set(stays.map(({ person }) => person))].sort(),
    );
    for (const { displayName, presentMs, joinedAtMs, leftAtMs } of attendees) {
      expect(presentMs, about).toBe(momentsIn(own(displayName)).size);
      expect(joinedAtMs, about).toBe(Math.min(...own(displayName).map(({ fromMs }) => fromMs)));
      expect(leftAtMs, about).toBe(Math.max(...own(displayName).map(({ untilMs }) => untilMs)));
    }
  }
});

function momentsIn(intervals: readonly Interval[]): Set<number> {
  const moments = new Set<number>();
  for (const { fromMs, untilMs } of intervals) for (let at = fromMs; at < untilMs; at += 1) moments.add(at);
  return moments;
}

/** Whole numbers below a bound, the same for one seed. */
function randoms(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
