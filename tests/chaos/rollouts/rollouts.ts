/**
 * `npm run simulate:rollouts`: rollouts over many simulated fleets by a virtual clock. Healthy fleets have to end done, a bad
 * release must not leave its ring, and no box may change its software in a meeting or shortly before a booking.
 */
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import type { ReleaseBehaviour } from '../../../fleet/updates/box-under-test.ts';
import {
  fleetOfBoxes,
  harmsOf,
  NEW_RELEASE,
  planUnderTest,
  rolloutUnderTest,
  runRollout,
  seededLife,
} from '../../../fleet/updates/rollout-under-test.ts';

const help = `Rollouts over simulated fleets, by a virtual clock. Half of the fleets get a good release, the others a bad one.

  npm run simulate:rollouts -- [options]

  --fleets N   how many (1000)
  --boxes N    in each of them (1000)
  --days N     a healthy fleet is to be through within these (8)
  --seed N     of the first fleet; the others count on from it (random, printed)`;

const options = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      fleets: { type: 'string', default: '1000' },
      boxes: { type: 'string', default: '1000' },
      days: { type: 'string', default: '8' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  return {
    fleets: wholeNumber('fleets', values.fleets, 1),
    boxes: wholeNumber('boxes', values.boxes, 10, 10_000),
    days: wholeNumber('days', values.days, 4, 60),
    seed: wholeNumber('seed', values.seed),
  };
});

const BAD: readonly ReleaseBehaviour[] = ['proof-fails', 'hangs', 'refused', 'vanish', 'ignores'];
/** clocks are set somewhere within the days that follow, but for the last */
const STARTS = ['2026-10-22', '2027-03-11', '2027-03-25', '2027-04-01', '2026-06-15'].map((day) => Date.parse(day));
const DAY_MS = 86_400_000;
const PROGRESS_EVERY_MS = 10_000;

/** @returns what is wrong, in words */
function rehearse(seed: number): { faults: string[]; deviceDays: number } {
  const { boxes, days } = options;
  const startMs = STARTS[seed % STARTS.length]!;
  const behaviour: ReleaseBehaviour = seed % 2 === 0 ? 'good' : BAD[((seed - 1) / 2) % BAD.length]!;
  const random = seededLife(seed);
  const rooms = fleetOfBoxes({ random, rooms: boxes, startMs, days, behaviourOf: () => behaviour });
  const begun = rolloutUnderTest(rooms, planUnderTest(), startMs);
  const { rollout, endedAtMs } = runRollout({ rollout: begun, rooms, startMs, days });
  const faults: string[] = [];
  const harms = rooms.reduce((sum, room) => sum + harmsOf(room), 0);
  if (harms > 0) faults.push(`${harms} changes in a meeting or shortly before a booking`);
  if (behaviour === 'good') {
    if (rollout.state !== 'done') faults.push(`a healthy fleet is ${rollout.state}: ${rollout.halt?.detail ?? ''}`);
    const left = rooms.filter(({ box }) => box.runs !== NEW_RELEASE).length;
    if (left > 0) faults.push(`${left} boxes run the old release at the end`);
  } else {
    const reached = rooms.filter(({ roomId, box }) => rollout.rooms.get(roomId)!.ring > 0 && box.changes.length > 0);
    if (reached.length > 0) faults.push(`a release that ${behaviour} reached ${reached.length} boxes beyond its ring`);
    if (rollout.state !== 'halted') faults.push(`a rollout of a release that ${behaviour} is ${rollout.state}`);
  }
  return { faults, deviceDays: (boxes * (endedAtMs - startMs)) / DAY_MS };
}

console.log(`seed ${options.seed}: ${options.fleets} fleets of ${options.boxes} boxes`);
let deviceDays = 0;
let failed = 0;
let saidAtMs = performance.now();
for (let n = 0; n < options.fleets; n += 1) {
  const seed = options.seed + n;
  const rehearsal = rehearse(seed);
  deviceDays += rehearsal.deviceDays;
  for (const fault of rehearsal.faults) console.error(`seed ${seed}: ${fault}`);
  if (rehearsal.faults.length > 0) failed += 1;
  if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) continue;
  saidAtMs = performance.now();
  console.log(`${n + 1} fleets, ${Math.round(deviceDays)} device-days`);
}
console.log(`${options.fleets} fleets, ${Math.round(deviceDays)} device-days, ${failed} with faults`);
process.exitCode = failed > 0 ? 1 : 0;
