import { expect, it, vi } from 'vitest';
import { perform, type SignalingPeer } from './signaling-methods.ts';

it.each([
  ['room', 'ended-by-room'],
  ['person', 'ended-by-participant'],
])('a call that a %s ends is %s', async (peerKind, reason) => {
  const end = vi.fn();
  const peer = { stage: 'joined', claims: { peerKind }, permissions: { rights: ['end'] } };
  await perform({ call: { end }, peer } as unknown as SignalingPeer, 'end-call', {});
  expect(end.mock.calls).toEqual([[reason]]);
});
