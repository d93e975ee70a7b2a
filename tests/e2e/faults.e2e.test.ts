/**
 * Faults during a call, in quiet and at seeded instants of join, switch, share and reconnect: same peers, mute, layout and
 * page afterwards, nobody's page loaded again. Times fail at three times their limit here; chaos judges the limit itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallUnderFault } from '../chaos/call-under-fault.ts';
import { faults, NARROW_BPS } from '../chaos/faults.ts';
import { moments, quiet } from '../chaos/moments.ts';
import { describeStruck, strike } from '../chaos/strike.ts';
import { eventually } from '../simulators/eventually.ts';
import { seededRandom } from '../simulators/seeded-random.ts';
import { NOISE } from './bystanders.ts';

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
    const struck = await strike(call, { fault, moment, instantMs, patience: NOISE });
    console.log(describeStruck(struck));
    if (struck.problems.length > 0) {
      // the next fault must not inherit this one's damage
      console.error(call.scene.troubles());
      await call.close();
      call = null;
    }
    expect(struck.problems).toEqual([]);
  });

  test('a browser tells which layers its narrow uplink stopped, and that they are back', async () => {
    call ??= await CallUnderFault.start(seed);
    const { network, scene } = call;
    const narrowed = (wanted: number) =>
      eventually(
        'layers told',
        () => scene.mediaMetrics(),
        (held) => held['carried narrowed'] === wanted,
        {
          timeoutMs: 30_000,
          everyMs: 200,
        },
      );
    await narrowed(0);
    network.impair({ upBps: NARROW_BPS });
    await narrowed(1);
    network.impair({ upBps: null });
    await narrowed(0);
  });
});
