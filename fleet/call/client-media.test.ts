import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ClientMedia } from './client-media.ts';
import type { Media } from './media-session.ts';
import { FakeNode } from './testing/fake-node.ts';
import { createFakeStream, FakeMedia } from './testing/fake-media.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it.each([
  ['four seconds after the next', 4_000],
  ['with the call, where that ends before', 3_999],
])('a former set-up is closed once, %s', (_, endsAfterMs) => {
  const closed: string[] = [];
  const media = new ClientMedia({
    createMedia: (options) => {
      const made = new FakeMedia(options);
      made.close = () => void closed.push(made.transportId);
      return made as Media;
    },
    createStream: createFakeStream,
    ask: () => new Promise(() => {}),
    iceServers: () => [],
    onChange: () => {},
    onProducerRefused: () => {},
  });
  const node = new FakeNode();
  const former = media.start(node.setup());
  const next = media.start(node.setup());
  vi.advanceTimersByTime(endsAfterMs);
  expect(closed).toEqual(endsAfterMs === 4_000 ? [former.transportId] : []);
  media.close();
  expect(closed.toSorted()).toEqual([former.transportId, next.transportId].toSorted());
});
