/** A short, seeded selection of `npm run chaos:box`, at three times its limits: machines that test are busy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../simulators/seeded-random.ts';
import { BoxUnderFault } from './box-under-fault.ts';
import { lostEvents } from './lost-events.ts';
import { type BoxMoment, describeStruckBox, type Part, strikeBox } from './strike-box.ts';

const SEED = Number(process.env.MARU_SEED ?? 20_261_126);
const PATIENCE = 3;

describe(`a box whose parts are killed (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  let box: BoxUnderFault;

  beforeAll(async () => {
    box = await BoxUnderFault.start();
  });
  afterAll(() => box?.close());

  test.each<[Part, BoxMoment]>([
    ['agent', 'in a call'],
    ['screen', 'in a call'],
    ['shell', 'in a call'],
    ['agent', 'ending'],
    ['screen', 'starting'],
  ])('%s, %s', async (part, moment) => {
    const struck = await strikeBox(box, { part, moment, random, patience: PATIENCE });
    expect(struck.problems, describeStruckBox(struck)).toEqual([]);
  });

  test('no event is lost, none told twice', async () => {
    expect(await lostEvents(box)).toEqual([]);
  });
});
