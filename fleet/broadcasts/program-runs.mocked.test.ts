/** When a program that sends what is not the call is replaced: by a played process, and a machine that is as busy as the test wants. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromProgram, ProgramShow, ToProgram } from '#contract/program-link.ts';
import type { ProcessLinkOptions, ProcessStatus } from '#edge/process-link.ts';
import type { CallGrant } from '#contract/grants.ts';
import { ProgramRuns } from './program-runs.ts';

const played = vi.hoisted(() => ({
  load: 0,
  sent: [] as unknown[],
  options: null as unknown,
}));
vi.mock('#edge/process-link.ts', () => ({
  ProcessLink: class {
    status: ProcessStatus = { is: 'there' };
    constructor(options: unknown) {
      played.options = options;
    }
    start(): void {}
    stop(): void {}
    send(message: unknown): void {
      played.sent.push(message);
    }
  },
}));
vi.mock('#edge/busy-machine.ts', async (original) => ({
  ...(await original<typeof import('#edge/busy-machine.ts')>()),
  loadPerCore: () => played.load,
}));

const ID = '0193a0b0-0000-7000-8000-000000000001';
const SHOW: ProgramShow = {
  title: 'All hands',
  presenterName: 'Maple',
  language: 'en',
  card: null,
  liveAtMs: null,
  stage: { kind: 'everyone' },
  isLive: true,
};
const WHILE_MS = 1_000;

let runs: ProgramRuns;
const link = () => played.options as ProcessLinkOptions<FromProgram>;
const receive = (message: object): void =>
  link().onMessage({ broadcastId: ID, ...message } as Parameters<ReturnType<typeof link>['onMessage']>[0]);
const publishing = (): void => receive({ name: 'publishing', callId: ID, peerId: ID });
const replaced = (): number => (played.sent as ToProgram[]).filter(({ name }) => name === 'replace').length;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** The packager sends its health each half of a second. */
async function arrives(picture: 'good' | 'none' | 'black' | 'frozen', forMs: number): Promise<void> {
  for (let ms = 0; ms < forMs; ms += 500) {
    runs.arrives(ID, picture);
    await pass(500);
  }
}

beforeEach(async () => {
  vi.useFakeTimers();
  [played.load, played.sent] = [0, []];
  runs = new ProgramRuns({
    dataDir: '/nowhere',
    grantFor: async () => ({}) as CallGrant,
    onEvent: () => {},
    onStatus: () => {},
    logger: pino({ level: 'silent' }),
  });
  runs.start();
  runs.show(ID, 720, SHOW);
  await pass(0);
  publishing();
});
afterEach(() => {
  runs.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a picture that is not the call', () => {
  it.each(['none', 'black', 'frozen'] as const)('(%s) is replaced after a second, with its name', async (picture) => {
    runs.arrives(ID, picture);
    await pass(WHILE_MS - 1);
    expect(replaced()).toBe(0);
    await pass(1);
    expect(played.sent.at(-1)).toEqual({ name: 'replace', broadcastId: ID, why: picture });
  });

  it('is replaced by the name that it had last', async () => {
    runs.arrives(ID, 'frozen');
    runs.arrives(ID, 'black');
    await pass(WHILE_MS);
    expect(played.sent.at(-1)).toMatchObject({ name: 'replace', why: 'black' });
  });

  it('that is good again before is left alone', async () => {
    runs.arrives(ID, 'black');
    await pass(WHILE_MS - 1);
    runs.arrives(ID, 'good');
    await pass(60_000);
    expect(replaced()).toBe(0);
  });

  it('of a program that knows itself that it sends nothing is left to it', async () => {
    receive({ name: 'lost', why: 'its page crashed' });
    await arrives('none', 30_000);
    expect(replaced()).toBe(0);
  });

  it('is no fault in the first three seconds of a packager that has just opened it', async () => {
    runs.opened(ID);
    runs.arrives(ID, 'none');
    await pass(2_999);
    expect(replaced()).toBe(0);
    await pass(1);
    expect(replaced()).toBe(1);
  });

  it('is waited for up to ten times as long on a busy machine', async () => {
    played.load = 6;
    runs.arrives(ID, 'black');
    await pass(4 * WHILE_MS - 1);
    expect(replaced()).toBe(0);
    await pass(1);
    expect(replaced()).toBe(1);
  });

  it('and no longer than ten times', async () => {
    played.load = 100;
    runs.arrives(ID, 'black');
    await pass(10 * WHILE_MS);
    expect(replaced()).toBe(1);
  });
});

describe('fresh pages that do not help', () => {
  /** At which second each was ordered, of so many seconds. */
  async function ordered(seconds: number): Promise<number[]> {
    const at: number[] = [];
    for (let second = 1; second <= seconds; second += 1) {
      const before = replaced();
      await arrives('black', 1_000);
      if (replaced() > before) at.push(second);
    }
    return at;
  }

  it('follow each other in pauses that double, up to a minute', async () => {
    const at = await ordered(260);
    const pauses = at.slice(1).map((second, index) => second - at[index]!);
    expect(at[0]).toBe(1);
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  it('that come and go are not counted as help: the pause goes on growing', async () => {
    await ordered(7);
    expect(replaced()).toBe(2);
    await arrives('good', 20_000);
    await arrives('black', 1_000);
    expect(replaced()).toBe(3);
    const before = replaced();
    await arrives('black', 19_000);
    expect(replaced()).toBe(before);
  });

  it('begin anew after one that was good for more than twenty seconds', async () => {
    await ordered(7);
    await arrives('good', 21_000);
    await arrives('black', 1_000);
    expect(replaced()).toBe(3);
    await arrives('black', 5_000);
    expect(replaced()).toBe(4);
  });

  it('count the time of a silence as none that was good', async () => {
    await ordered(7);
    await arrives('good', 5_000);
    receive({ name: 'lost', why: 'its page crashed' });
    await pass(60_000);
    publishing();
    await arrives('black', 1_000);
    expect(replaced()).toBe(3);
    await arrives('black', 10_000);
    expect(replaced()).toBe(3);
  });
});

it('a broadcast that ended while it was to be replaced is left alone', async () => {
  runs.arrives(ID, 'black');
  runs.end(ID);
  await pass(60_000);
  expect([replaced(), played.sent.at(-1)]).toEqual([0, { name: 'stop', broadcastId: ID }]);
});
