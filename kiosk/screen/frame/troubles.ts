/** What is wrong in this room at the moment, worst first: from what the agent says and from the screen's own devices. */
import type { RoomNotice } from '#contract/room-state.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import type { DevicesState } from '../session/room-devices.ts';

export type Trouble = RoomNotice | 'agent-gone';

const WORST_FIRST: readonly Trouble[] = [
  'protocol-refused',
  'agent-gone',
  'media-unreachable',
  'fleet-unreachable',
  'microphone-missing',
  'microphone-refused',
  'camera-missing',
  'camera-refused',
  'screen-missing',
  'storage-failing',
  'speakerphone-faulty',
  'self-test-failed',
  'calendar-faulty',
  'tv-faulty',
];

export function troublesOf(view: ScreenView | null, devices: DevicesState, agentDown: boolean): Trouble[] {
  const found = new Set<Trouble>(view?.state.notices ?? []);
  // the tracks are this page's: it knows before the agent has said so
  for (const device of ['microphone', 'camera'] as const) {
    found.delete(`${device}-missing`);
    found.delete(`${device}-refused`);
    const problem = devices[`${device}Problem`];
    if (problem !== null) found.add(`${device}-${problem}`);
  }
  // this very page is the screen
  found.delete('screen-missing');
  if (view !== null && !view.fleetOnline) found.add('fleet-unreachable');
  if (agentDown) found.add('agent-gone');
  return WORST_FIRST.filter((trouble) => found.has(trouble));
}
