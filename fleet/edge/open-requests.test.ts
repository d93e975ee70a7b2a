import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OpenRequests } from './open-requests.ts';

let requests: OpenRequests<string>;
let replies: string[];
const late = { afterMs: 1_000, reply: 'late' };
const add = (id: string, within?: typeof late) => requests.add(id, (reply) => replies.push(`${id} ${reply}`), within);

beforeEach(() => {
  vi.useFakeTimers();
  requests = new OpenRequests();
  replies = [];
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a reply reaches the request with its id, once', () => {
  add('one', late);
  add('two', late);
  expect(requests.settle('two', 'done')).toBe(true);
  expect(requests.settle('two', 'done again')).toBe(false);
  expect(requests.settle('three', 'done')).toBe(false);
  expect(requests.settle('one', 'refused')).toBe(true);
  expect(replies).toEqual(['two done', 'one refused']);
});

test('a request without a reply ends after its time, and not before', () => {
  add('one', late);
  add('patient');
  vi.advanceTimersByTime(999);
  expect(replies).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(replies).toEqual(['one late']);
  expect(requests.settle('one', 'done')).toBe(false);
  vi.advanceTimersByTime(1_000_000);
  expect(requests.settle('patient', 'done')).toBe(true);
});

test('a forgotten request has no reply', () => {
  add('one', late);
  requests.forget('one');
  requests.forget('one');
  vi.advanceTimersByTime(1_000);
  expect(requests.settle('one', 'done')).toBe(false);
  expect(replies).toEqual([]);
});

test('a reply may lead to the same request again', () => {
  requests.add('one', () => add('one', late), late);
  requests.settle('one', 'first');
  requests.settle('one', 'second');
  expect(replies).toEqual(['one second']);
});
