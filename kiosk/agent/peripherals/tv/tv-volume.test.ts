/** The TV's volume: the last wish wins, one order at a time, and an order that fails ends nothing. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { OperationalError } from '#contract/error-codes.ts';
import type { CecAdapter } from './cec-adapter.ts';
import { TvVolume } from './tv-volume.ts';

let orders: { name: string; done: () => void; fail: (error: unknown) => void }[];
let adapter: CecAdapter;
let volume: TvVolume;
beforeEach(() => {
  orders = [];
  const order = (name: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    orders.push({ name, done: resolve, fail: reject });
    return promise;
  };
  adapter = {
    mute: (muted: boolean) => order(muted ? 'mute' : 'unmute'),
    setVolume: (percent: number) => order(String(percent)),
  } as unknown as CecAdapter;
  volume = new TvVolume({ logger: pino({ level: 'silent' }) });
});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
/** The one order that is under way; it is done then. */
async function done(): Promise<string> {
  const [order, ...others] = orders.splice(0);
  expect(others).toEqual([]);
  order!.done();
  await turn();
  return order!.name;
}

test('of wishes that come while an order is under way, the last one alone follows it', async () => {
  volume.use(adapter);
  for (const percent of [30, 40, 50]) volume.want(percent);
  expect(await done()).toBe('30');
  expect(await done()).toBe('50');
  volume.want(50);
  await turn();
  expect(orders).toEqual([]);
});

test('nothing is mute, and what comes after it sounds again', async () => {
  volume.use(adapter);
  volume.want(0);
  expect(await done()).toBe('mute');
  volume.want(20);
  expect([await done(), await done()]).toEqual(['unmute', '20']);
  volume.want(30);
  expect(await done()).toBe('30');
  expect(orders).toEqual([]);
});

test('a wish that the TV does not take is tried at the next wish, and no sooner', async () => {
  volume.use(adapter);
  volume.want(30);
  orders.shift()!.fail(new OperationalError('tv-not-answering'));
  await turn();
  expect(orders).toEqual([]);
  volume.want(30);
  await turn();
  expect(orders).toEqual([]);
  volume.want(40);
  expect(await done()).toBe('40');
});

test('a TV that comes on is brought to the last wish, whatever it was brought to before', async () => {
  volume.want(30);
  await turn();
  expect(orders).toEqual([]);
  volume.use(adapter);
  expect(await done()).toBe('30');
  volume.use(null);
  volume.want(60);
  await turn();
  expect(orders).toEqual([]);
  volume.use(adapter);
  expect(await done()).toBe('60');
});
