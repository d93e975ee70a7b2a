/** Meetings and broadcasts are published to rooms in the same way: what is held here holds for both. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TopicName } from '#contract/topics.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { PublishedBroadcasts } from './published-broadcasts.ts';
import { PublishedMeetings } from './published-meetings.ts';

const ROOMS = ['r1', 'r2'];
/** longer than either gathers changes */
const GATHERED_MS = 100;

/** What a room has is a text and the hour. A reading fails, or ends later, where the test says so. */
class Source {
  text = 'first';
  readonly failures: Error[] = [];
  readonly #held: Promise<void>[] = [];

  async read(nowMs: number): Promise<string> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    const found = `${this.text} ${Math.floor(nowMs / 3_600_000)}`;
    await this.#held.shift();
    return found;
  }
  /** The next reading ends when the function that comes back is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.push(promise);
    return resolve;
  }
}

type Wiring = { source: Source; broker: BrokerUnderTest; clock: WallClock };
type Publisher = { start: () => Promise<void>; stop: () => void; change: () => void };
const logger = pino({ level: 'silent' });
const registry = { all: async () => ROOMS.map((roomId) => ({ roomId })) };

function meetings({ source, broker, clock }: Wiring): Publisher {
  let change: (meetingId: string) => void = () => {};
  const published = new PublishedMeetings({
    registry,
    meetings: {
      onChanged: (handler: typeof change) => {
        change = handler;
      },
      people: { roomsOf: async () => ['r1'] },
      scheduledIn: async (roomId: string, nowMs: number) =>
        roomId === 'r1' ? [{ meetingId: await source.read(nowMs) }] : [],
    },
    broker,
    clock,
    logger,
  } as never);
  return { start: () => published.start(), stop: () => published.stop(), change: () => change('m') };
}
function broadcasts({ source, broker, clock }: Wiring): Publisher {
  let change = (): void => {};
  const published = new PublishedBroadcasts({
    registry,
    broadcasts: {
      onOffersChanged: (handler: typeof change) => {
        change = handler;
      },
      offers: async (nowMs: number) => {
        const broadcastId = await source.read(nowMs);
        return (roomId: string) => (roomId === 'r1' ? [{ broadcastId }] : []);
      },
    },
    broker,
    clock,
    logger,
  } as never);
  return { start: () => published.start(), stop: () => published.stop(), change: () => change() };
}

describe.each<[TopicName, (wiring: Wiring) => Publisher, number]>([
  ['meetings', meetings, 15 * 60_000],
  ['offeredBroadcasts', broadcasts, 15_000],
])('%s', (name, make, wholeMs) => {
  let wiring: Wiring;
  let publisher: Publisher;
  let hour: number;

  beforeEach(async () => {
    vi.useFakeTimers({ now: 1_000 * 3_600_000 });
    hour = 1_000;
    wiring = {
      source: new Source(),
      broker: new BrokerUnderTest(),
      clock: new WallClock({ steadyNowMs: () => performance.now() }),
    };
    publisher = make(wiring);
    await publisher.start();
  });
  afterEach(() => {
    publisher.stop();
    vi.useRealTimers();
  });

  /** `r1 TEXT HOUR` of each message, `r2` of an empty one. */
  const published = (): string[] =>
    wiring.broker.published.map(({ name: of, id, message }) => {
      const [list] = Object.values(message as Record<string, object[]>).filter(Array.isArray) as object[][];
      return [of === name ? id : of, ...list!.flatMap((each) => Object.values(each))].join(' ');
    });
  const gathered = () => vi.advanceTimersByTimeAsync(GATHERED_MS);

  test('each room gets its own at our start, then what changes, and nothing that it has', async () => {
    expect(published()).toEqual([`r1 first ${hour}`, 'r2']);
    publisher.change();
    await gathered();
    expect(published()).toHaveLength(2);
    wiring.source.text = 'second';
    publisher.change();
    await gathered();
    expect(published().slice(2)).toEqual([`r1 second ${hour}`]);
  });

  test('what changes by itself is published in its turn, and nothing after our stop', async () => {
    wiring.source.text = 'second';
    await vi.advanceTimersByTimeAsync(wholeMs - 1);
    expect(published()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1 + GATHERED_MS);
    expect(published().slice(2)).toEqual([`r1 second ${hour}`]);
    wiring.source.text = 'third';
    wiring.broker.connect('r2');
    publisher.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a room that comes back gets its own again, though it is the same; who else comes or goes gets nothing', async () => {
    wiring.broker.connect('r1', 'node');
    wiring.broker.disconnect('r1');
    await gathered();
    expect(published()).toHaveLength(2);
    wiring.broker.connect('r1');
    await gathered();
    expect(published().slice(2)).toEqual([`r1 first ${hour}`]);
  });

  test.each([2, -3])('a clock that is set by %d hours: what is due then is published at once', async (byHours) => {
    vi.setSystemTime(Date.now() + byHours * 3_600_000);
    wiring.clock.nowMs();
    await gathered();
    expect(published().slice(2)).toEqual([`r1 first ${hour + byHours}`]);
  });

  test('of two readings the later one is published last, however long the former one takes', async () => {
    const release = wiring.source.hold();
    wiring.broker.connect('r1');
    await gathered();
    wiring.source.text = 'second';
    publisher.change();
    await gathered();
    release();
    await gathered();
    expect(published().at(-1)).toBe(`r1 second ${hour}`);
  });

  test('a reading that fails keeps none of the next ones', async () => {
    wiring.source.failures.push(new Error('disk'));
    wiring.source.text = 'second';
    publisher.change();
    await gathered();
    expect(published()).toHaveLength(2);
    publisher.change();
    await gathered();
    expect(published().slice(2)).toEqual([`r1 second ${hour}`]);
  });
});

test.each([
  [
    'meetings',
    (deps: object) =>
      new PublishedMeetings({ ...deps, meetings: { onChanged: () => {}, scheduledIn: async () => [] } } as never),
  ],
  [
    'offered broadcasts',
    (deps: object) =>
      new PublishedBroadcasts({
        ...deps,
        broadcasts: { onOffersChanged: () => {}, offers: async () => () => [] },
      } as never),
  ],
])('of the %s of many rooms fifty are published in a row: others have their turn in between', async (_, make) => {
  const broker = new BrokerUnderTest();
  const many = Array.from({ length: 120 }, (_room, n) => ({ roomId: `r${n}` }));
  const clock = new WallClock({ steadyNowMs: () => performance.now() });
  const published = make({ registry: { all: async () => many }, broker, clock, logger });
  const seen: number[] = [];
  const look = (): void => {
    seen.push(broker.published.length);
    if (seen.length < 3) setImmediate(look);
  };
  setImmediate(look);
  await published.start();
  published.stop();
  await vi.waitFor(() => expect(seen).toEqual([50, 100, 120]));
});
