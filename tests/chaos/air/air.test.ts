/** A short, seeded selection of `npm run chaos:air`, at three times its limits, and as many times more as this machine is slow or busy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';
import { seededRandom } from '../../simulators/seeded-random.ts';
import { airFaults } from './air-faults.ts';
import { AirUnderFault } from './air-under-fault.ts';
import { describeStruckAir, strikeAir } from './strike-air.ts';

const SEED = Number(process.env.MARU_SEED ?? 20_261_129);
const PATIENCE = 3;
const LOST_AT_MOST_S = 1;

describe(`a meeting on air (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  let air: AirUnderFault;

  beforeAll(async () => {
    air = await AirUnderFault.start(SEED);
    console.info(`this machine is ${air.slowness.toFixed(1)} times as slow as usual`);
  });
  afterAll(() => air?.close());

  test.each([
    'contributor cut for 300 ms',
    'program killed',
    'ffmpeg stopped',
    'packager killed',
    'fleet-server killed',
  ])('%s', async (name) => {
    const fault = airFaults.find((each) => each.name === name)!;
    await sleep(random.between(200, 2_000));
    const struck = await strikeAir(air, fault, () => PATIENCE * Math.max(air.slowness, patienceAt(loadPerCore())));
    if (struck.problems.length > 0) console.error(air.scene.troubles());
    expect(struck.problems, describeStruckAir(struck)).toEqual([]);
  });

  test('its recording plays through, and has all of it', async () => {
    const { fileS, onAirS } = await air.endAndCheckFile();
    expect(onAirS - fileS).toBeLessThan(LOST_AT_MOST_S);
  });
});
