/** Rollouts over whole fleets by a virtual clock: good releases reach everybody, bad ones nobody beyond their ring. */
import { expect, test } from 'vitest';
import { BoxUnderTest } from './box-under-test.ts';
import {
  fleetOfBoxes,
  harmsOf,
  NEW_RELEASE,
  OLD_RELEASE,
  planUnderTest,
  rolloutUnderTest,
  runRollout,
  seededLife,
} from './rollout-under-test.ts';

/** clocks are set in Berlin and Lord Howe, in New York, and in none of them, within the days that follow */
const STARTS = ['2026-10-22', '2027-03-11', '2027-03-25', '2027-04-01', '2026-06-15'].map((day) => Date.parse(day));
const FLEETS = 5;
const DAYS = 8;

// a busy machine is slow at it
const WITHIN = { timeout: 120_000 };

test.each(Array.from({ length: FLEETS }, (_, seed) => seed))('a healthy fleet ends done (seed %i)', WITHIN, (seed) => {
  const random = seededLife(seed);
  const startMs = STARTS[seed % STARTS.length]!;
  const rooms = fleetOfBoxes({ random, rooms: 40, startMs, days: DAYS });
  const { rollout } = runRollout({
    rollout: rolloutUnderTest(rooms, planUnderTest(), startMs),
    rooms,
    startMs,
    days: DAYS,
  });
  expect(rollout.state, JSON.stringify(rollout.halt)).toBe('done');
  for (const room of rooms) {
    expect(room.box.runs).toBe(NEW_RELEASE);
    expect(harmsOf(room)).toBe(0);
  }
});

test.each(['proof-fails', 'hangs', 'refused', 'vanish', 'ignores'] as const)(
  'a release that %s never leaves its ring',
  WITHIN,
  (behaviour) => {
    for (let seed = 0; seed < 2; seed += 1) {
      const startMs = STARTS[seed]!;
      const rooms = fleetOfBoxes({
        random: seededLife(seed),
        rooms: 40,
        startMs,
        days: DAYS,
        behaviourOf: () => behaviour,
      });
      const begun = rolloutUnderTest(rooms, planUnderTest(), startMs);
      const { rollout } = runRollout({ rollout: begun, rooms, startMs, days: DAYS });
      expect(rollout.state).toBe('halted');
      for (const { roomId, box } of rooms) {
        expect(box.runs).toBe(OLD_RELEASE);
        if (rollout.rooms.get(roomId)!.ring > 0) expect(box.changes).toEqual([]);
      }
    }
  },
);

test(
  'a release that fails on one rare hardware model alone is halted in the first ring, which has each model',
  WITHIN,
  () => {
    const startMs = STARTS[0]!;
    for (let seed = 0; seed < 3; seed += 1) {
      const rooms = fleetOfBoxes({ random: seededLife(seed), rooms: 60, startMs, days: DAYS });
      const last = rooms.pop()!;
      const box = new BoxUnderTest({ ...last.box.life, off: [], behaviour: 'proof-fails' }, OLD_RELEASE, startMs);
      rooms.push({ ...last, model: 'Rare', box });
      const plan = planUnderTest({ haltAtFailedPercent: 0 });
      const { rollout } = runRollout({ rollout: rolloutUnderTest(rooms, plan, startMs), rooms, startMs, days: DAYS });
      expect(rollout).toMatchObject({ state: 'halted', halt: { reason: 'failed-rooms' } });
      for (const each of rooms) if (rollout.rooms.get(each.roomId)!.ring > 0) expect(each.box.changes).toEqual([]);
    }
  },
);
