import { describe, expect, test, vi } from 'vitest';
import { EventOutbox } from './event-outbox.ts';
import { parseMediaOptions } from './media-options.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { CallEvent } from '#contract/node-link.ts';

const onTooLarge = (): void => expect.unreachable();

test('memory forgets by time', () => {
  vi.useFakeTimers();
  const memory = new ExpiringMap<number>(1_000);
  memory.keep('a', 1);
  vi.advanceTimersByTime(999);
  expect(memory.get('a')).toBe(1);
  vi.advanceTimersByTime(1);
  expect(memory.has('a')).toBe(false);
  vi.useRealTimers();
});

test('memory that is kept anew is remembered from then on, and one may have a time of its own', () => {
  vi.useFakeTimers();
  const memory = new ExpiringMap<number>(1_000);
  memory.keep('a', 1);
  memory.keep('short', 1, 10);
  vi.advanceTimersByTime(9);
  expect(memory.has('short')).toBe(true);
  vi.advanceTimersByTime(1);
  expect(memory.has('short')).toBe(false);
  vi.advanceTimersByTime(490);
  memory.keep('a', 2);
  vi.advanceTimersByTime(999);
  memory.keep('b', 3);
  expect(memory.get('a')).toBe(2);
  vi.advanceTimersByTime(1);
  expect([memory.has('a'), memory.get('b')]).toEqual([false, 3]);
  vi.useRealTimers();
});

test('memory is bounded: the oldest are forgotten first', () => {
  const memory = new ExpiringMap<number>(60_000);
  for (let key = 0; key < 20_000; key++) memory.keep(`${key}`, key);
  memory.keep('0', 0);
  memory.keep('one more', 0);
  expect(['0', '1', '2', 'one more'].map((key) => memory.has(key))).toEqual([true, false, true, true]);
});

test('the outbox keeps ten thousand, and forgets the oldest first', () => {
  vi.useFakeTimers();
  const told: string[] = [];
  const outbox = new EventOutbox({
    publish: (events) => told.push(...events.map(({ eventId }) => eventId)),
    onTooLarge,
  });
  for (let eventId = 0; eventId < 10_002; eventId++) outbox.add({ eventId: `${eventId}` } as CallEvent);
  expect(outbox.size).toBe(10_000);
  outbox.resend();
  expect([told.length, told[0], told.at(-1)]).toEqual([10_000, '2', '10001']);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('the outbox tells what happens within a moment at once, and each once', () => {
  vi.useFakeTimers();
  const told: string[][] = [];
  const outbox = new EventOutbox({ publish: (events) => told.push(events.map(({ eventId }) => eventId)), onTooLarge });
  const add = (eventId: string) => outbox.add({ eventId } as CallEvent);
  add('a');
  vi.advanceTimersByTime(150);
  add('b');
  expect(told).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(told).toEqual([['a', 'b']]);
  add('c');
  outbox.resend();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c'],
  ]);
  add('d');
  outbox.flush();
  vi.advanceTimersByTime(1_000);
  expect(told.slice(2)).toEqual([['d']]);
  vi.useRealTimers();
});

test('the outbox tells until it is acknowledged, a hundred at a time, in order', () => {
  const told: string[][] = [];
  const outbox = new EventOutbox({ publish: (events) => told.push(events.map(({ eventId }) => eventId)), onTooLarge });
  const ids = Array.from({ length: 150 }, (_, index) => String(index));
  for (const eventId of ids) outbox.add({ eventId } as CallEvent);
  outbox.acknowledged(['0', '149']);
  outbox.resend();
  expect(told).toEqual([ids.slice(1, 101), ids.slice(101, 149)]);
  expect(outbox.size).toBe(148);
});

describe('options', () => {
  const needed = ['--credentials', 'd', '--mqtt-url', 'mqtts://127.0.0.1:1'];
  test('ports of the fleet unless said otherwise', () =>
    expect(parseMediaOptions(needed)).toMatchObject({
      signalingPort: 7403,
      mediaPortBase: 7410,
      listenAddress: '127.0.0.1',
      workers: null,
    }));
  test.each([
    [[]],
    [[...needed, '--tls-cert', 'c']],
    [[...needed, '--signaling-port', '70000']],
    [[...needed, '--workers', '0']],
    [[...needed, '--what']],
    [[...needed, '--trusted-proxy', 'proxy.example']],
  ])('refuses %j', (args) => expect(() => parseMediaOptions(args)).toThrow());
});
