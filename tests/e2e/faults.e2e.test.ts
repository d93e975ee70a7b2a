/**
 * Faults during a call, in quiet and at seeded instants of join, switch, share and reconnect: same peers, mute, layout and
 * page afterwards, nobody's page loaded again. Times fail at three times their limit here; chaos judges the limit itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallUnderFault } from '../chaos/call-under-fault.ts';
import { faults } from '../chaos/faults.ts';
import { moments, quiet } from '../chaos/moments.ts';
import { describeStruck, strike, tooLong } from '../chaos/strike.ts';
import { eventually } from '../simulators/eventually.ts';
import { seededRandom } from '../simulators/seeded-random.ts';
import { NOISE } from './bystanders.ts';
import type { Scene } from './scene.ts';

/** On a shared machine a picture stands for a second by itself. */
const STILL_MS = 1_500;
const seed = Number(process.env.MARU_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
const cases = [
  ...faults.map((fault) => ({ fault, moment: quiet })),
  ...moments.map((moment) => ({ fault: random.pick(faults), moment })),
].map(({ fault, moment }) => ({
  fault,
  moment,
  name: `${fault.name} at ${moment.name}`,
  instantMs: Math.round(random.between(0, moment.lastsMs)),
}));

describe(`faults during a call (MARU_SEED=${seed})`, () => {
  let call: CallUnderFault | null = null;

  beforeAll(async () => {
    console.log(`faults: MARU_SEED=${seed}`);
    call = await CallUnderFault.start(seed);
  });
  afterAll(() => call?.close());

  test.each(cases)('$name +$instantMs ms', async ({ fault, moment, instantMs }) => {
    call ??= await CallUnderFault.start(seed);
    // elsewhere its encoder may have stopped the layer before
    const untold = fault.name === 'uplink narrow' && moment === quiet ? untoldLayers(call.scene) : [];
    const struck = await strike(call, { fault, moment, instantMs, stillMs: STILL_MS });
    struck.problems.push(...tooLong(struck.times, NOISE), ...(await untold));
    console.log(describeStruck(struck));
    if (struck.problems.length > 0) {
      // the next fault must not inherit this one's damage
      console.error(call.scene.troubles());
      await call.close();
      call = null;
    }
    expect(struck.problems).toEqual([]);
  });
});

/** The sender's browser tells the node which layers its encoder stopped, and later that they are back. Else: why not. */
async function untoldLayers(scene: Scene): Promise<string[]> {
  try {
    for (const narrowed of [1, 0]) {
      await eventually(
        `${narrowed} narrowed`,
        () => scene.mediaMetrics(),
        (held) => held['carried narrowed'] === narrowed,
        { timeoutMs: 30_000, everyMs: 200 },
      );
    }
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
