/** Workers that die, hang, or come while the pool stops: the pool on a clock that is moved by hand, its workers without a process. */
import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MediaWorker } from './media-worker.ts';
import { WorkerPool } from './worker-pool.ts';

const createWorker = vi.hoisted(() => vi.fn<() => Promise<unknown>>());
vi.mock('mediasoup', () => ({ createWorker, errors: { WorkerClosedError: class extends Error {} } }));
// a module's own setTimeout is not the one that the test moves
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => void globalThis.setTimeout(resolve, ms)),
}));

/** beyond any that the system gives */
const FIRST_PID = 1_000_000_000;
const ANSWER_WITHIN_MS = 3_000;
const PORT_BASE = 7410;

class Worker extends EventEmitter {
  readonly pid = FIRST_PID + made.length;
  readonly observer = new EventEmitter();
  readonly ports = new Set<number>();
  died = false;
  closed = false;
  answers = true;
  createWebRtcServer = async ({ listenInfos }: { listenInfos: { port: number }[] }) => {
    if (isPortInUse) throw new Error('address in use');
    for (const { port } of listenInfos) this.ports.add(port);
    return {};
  };
  getResourceUsage = () =>
    this.closed
      ? Promise.reject(new Error('closed'))
      : new Promise((resolve, reject) => {
          this.observer.once('close', () => reject(new Error('closed')));
          if (this.answers) resolve({});
        });
  close(): void {
    this.closed = true;
    this.observer.emit('close');
  }
  die(): void {
    this.died = true;
    this.close();
    this.emit('died', new Error('killed'));
  }
}

let made: Worker[];
let isPortInUse: boolean;
let killed: number[];
let died: MediaWorker[];
let pool: WorkerPool;
const make = async () => {
  const worker = new Worker();
  made.push(worker);
  return worker;
};
beforeEach(async () => {
  vi.useFakeTimers();
  [made, killed, died, isPortInUse] = [[], [], [], false];
  createWorker.mockReset().mockImplementation(make);
  vi.spyOn(process, 'kill').mockImplementation((pid) => {
    killed.push(pid);
    made.find((worker) => worker.pid === pid)?.die();
    return true;
  });
  pool = new WorkerPool({
    count: 2,
    listen: { listenAddress: '127.0.0.1', announcedAddresses: [] },
    portBase: PORT_BASE,
    workerAnswerMs: ANSWER_WITHIN_MS,
    logger: pino({ level: 'silent' }),
  });
  pool.onDied = (worker) => died.push(worker);
  await pool.start();
});
afterEach(async () => {
  pool.stop();
  await pass(5_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a worker that died', () => {
  test('is replaced at once, on its own port, and those who have to know are notified before', async () => {
    let aliveThen = -1;
    pool.onDied = () => {
      aliveThen = pool.alive.length;
    };
    made[1]!.die();
    expect(aliveThen).toBe(1);
    await pass(0);
    expect(pool.alive.map(({ index, port, worker }) => [index, port, worker.pid])).toEqual([
      [0, PORT_BASE, FIRST_PID],
      [1, PORT_BASE + 1, FIRST_PID + 2],
    ]);
    expect([...made[2]!.ports]).toEqual([PORT_BASE + 1]);
    expect(pool.deaths).toBe(1);
  });

  test('is replaced as soon as that succeeds: tries come after growing pauses of three seconds at most', async () => {
    const triedAtMs: number[] = [];
    const diedAtMs = performance.now();
    createWorker.mockImplementation(async () => {
      triedAtMs.push(performance.now() - diedAtMs);
      throw new Error('no memory');
    });
    made[0]!.die();
    await pass(11_000);
    expect(triedAtMs).toEqual([0, 100, 600, 1_600, 4_600, 7_600, 10_600]);
    createWorker.mockImplementation(make);
    await pass(2_600);
    expect(pool.alive).toHaveLength(2);
    await pass(20_000);
    expect(made).toHaveLength(3);
  });

  test('leaves no process behind where its port is still in use', async () => {
    isPortInUse = true;
    made[0]!.die();
    await pass(100);
    expect(made.slice(2).map(({ closed }) => closed)).toEqual([true, true]);
    isPortInUse = false;
    await pass(500);
    expect(pool.alive).toHaveLength(2);
    expect(made.at(-1)!.closed).toBe(false);
  });
});

describe('as the pool stops', () => {
  test('a replacement that is being opened is closed', async () => {
    let opened: (worker: Worker) => void = () => {};
    createWorker.mockImplementation(
      () =>
        new Promise((resolve) => {
          opened = resolve;
        }),
    );
    made[0]!.die();
    await pass(0);
    pool.stop();
    const late = await make();
    opened(late);
    await pass(0);
    expect(late.closed).toBe(true);
    expect(pool.alive).toEqual([]);
  });

  test('a worker that dies is neither reported nor replaced, and no try goes on', async () => {
    createWorker.mockRejectedValue(new Error('no memory'));
    made[0]!.die();
    await pass(700);
    died.length = 0;
    const { length } = createWorker.mock.calls;
    pool.stop();
    made[1]!.die();
    await pass(20_000);
    expect(died).toEqual([]);
    expect(createWorker.mock.calls).toHaveLength(length);
  });
});

describe('who asks for a worker while there is none', () => {
  beforeEach(async () => {
    createWorker.mockRejectedValue(new Error('no memory'));
    for (const worker of [...made]) worker.die();
    await pass(0);
  });
  const asked = () =>
    pool.leastLoaded().then(
      ({ worker }) => worker.pid,
      ({ code }: { code: string }) => code,
    );

  test('gets the first that comes, and its patience ends with that', async () => {
    const answer = asked();
    await pass(50);
    createWorker.mockImplementationOnce(make);
    await pass(50);
    expect(await answer).toBe(made[2]!.pid);
    createWorker.mockImplementation(make);
    await pass(5_000);
    // the look at the workers alone
    expect(vi.getTimerCount()).toBe(1);
  });

  test('waits ten seconds, and no longer', async () => {
    let answer: unknown = null;
    void asked().then((code) => {
      answer = code;
    });
    await pass(9_999);
    expect(answer).toBeNull();
    await pass(1);
    expect(answer).toBe('media-failed');
  });

  test('is refused at once as the pool stops', async () => {
    const answer = asked();
    pool.stop();
    expect(await answer).toBe('media-failed');
  });
});

describe('a worker that is asked for a sign of life', () => {
  test('and gives it stays', async () => {
    await pass(60_000);
    expect(killed).toEqual([]);
  });

  test('and does not give it in time is killed and replaced, once', async () => {
    made[1]!.answers = false;
    await pass(2_000 + ANSWER_WITHIN_MS - 1);
    expect(killed).toEqual([]);
    await pass(1);
    expect(killed).toEqual([FIRST_PID + 1]);
    await pass(20_000);
    expect(killed).toHaveLength(1);
    expect(pool.alive.map(({ worker }) => worker.pid)).toEqual([FIRST_PID, FIRST_PID + 2]);
  });
});
