/** For tests: what presenters direct by, so that a field of the contract is added in one place. */
import type { BroadcastDesk, MeetingAir } from './broadcast.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const deskUnderTest = (of: Partial<BroadcastDesk> = {}): BroadcastDesk => ({
  broadcastId: id(700),
  meetingId: id(2),
  kind: 'broadcast',
  title: 'Weekly',
  phase: 'green-room',
  startsAtMs: null,
  liveAtMs: null,
  stage: { kind: 'everyone' },
  picture: 'good',
  loudnessDb: -20,
  isOnSlate: false,
  watching: 0,
  peakWatching: 0,
  troubles: [],
  ...of,
});

/** Of a meeting that may be put on air and recorded. */
export const airUnderTest = (of: Partial<MeetingAir> = {}): MeetingAir => ({
  broadcast: null,
  recording: null,
  mayBroadcast: true,
  mayRecord: true,
  people: null,
  ...of,
});
