/** Which of the room's notices the TV shows, worst first. The agent derives them; the page adds only that the agent is gone. */
import type { RoomNotice } from '#contract/room-state.ts';

/** A page that shows notices is the screen that the room's first state may still miss. */
export type Trouble = Exclude<RoomNotice, 'screen-missing'> | 'agent-gone';

const WORST_FIRST: readonly Trouble[] = [
  'protocol-refused',
  'agent-gone',
  'media-unreachable',
  'signaling-untrusted',
  'signaling-unreachable',
  'media-blocked',
  'fleet-unreachable',
  'microphone-missing',
  'microphone-refused',
  'camera-missing',
  'camera-refused',
  'storage-failing',
  'part-failing',
  'speakerphone-faulty',
  'speakerphone-unsupported',
  'self-test-failed',
  'calendar-faulty',
  'tv-faulty',
];

/** Troubles that do not affect a call: in it they are shown once, and then no longer. */
export const ofNoCall = (trouble: Trouble): boolean =>
  trouble === 'calendar-faulty' ||
  trouble === 'self-test-failed' ||
  trouble === 'tv-faulty' ||
  trouble === 'storage-failing' ||
  trouble === 'part-failing';

export function troublesOf(notices: readonly RoomNotice[], agentDown: boolean): Trouble[] {
  const found = new Set<Trouble | RoomNotice>(notices);
  if (agentDown) found.add('agent-gone');
  return WORST_FIRST.filter((trouble) => found.has(trouble));
}
