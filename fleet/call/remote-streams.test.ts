import { expect, it, vi } from 'vitest';
import type { ConsumerParameters } from '#contract/signaling.ts';
import { RemoteStreams } from './remote-streams.ts';
import { createFakeStream, fakeTrack } from './testing/fake-media.ts';

const consumer = (source: string, consumerId = source): ConsumerParameters =>
  ({ peerId: 'ana', source, consumerId, paused: false }) as unknown as ConsumerParameters;

it('a source that only newer clients send is shown nowhere', () => {
  const createStream = vi.fn(createFakeStream);
  const streams = new RemoteStreams(createStream);
  streams.announce(consumer('unknown'));
  streams.attach('unknown', fakeTrack('video'));
  expect([streams.snapshot().size, createStream.mock.calls.length]).toEqual([0, 0]);
});

it('a stream outlives its consumer: the last picture stands until the next one comes, or the peer goes', () => {
  const streams = new RemoteStreams(createFakeStream);
  streams.announce(consumer('camera', 'first'));
  expect(streams.snapshot().get('ana')?.camera?.state).toBe('off');
  streams.attach('first', fakeTrack('video'));
  const before = streams.snapshot().get('ana')?.camera;
  streams.detach('first');
  expect([before?.state, streams.snapshot().get('ana')?.camera?.state]).toEqual(['live', 'frozen']);
  streams.announce(consumer('camera', 'second'));
  streams.attach('second', fakeTrack('video'));
  const after = streams.snapshot().get('ana')?.camera;
  expect([after?.state, after?.stream === before?.stream]).toEqual(['live', true]);
  streams.setPaused('second', true);
  expect(streams.snapshot().get('ana')?.camera?.state).toBe('off');
  streams.keepPeers(new Set(['ben']));
  expect(streams.snapshot().size).toBe(0);
});
