/** What is wrong in this room at the moment, worst first: from what the agent says and from the screen's own devices. */
import type { RoomNotice } from '#contract/room-state.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import { failedLines } from '#ui/equipment/self-test.ts';
import type { DevicesState } from '../session/room-devices.ts';

export type Trouble = RoomNotice | 'agent-gone';

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
  'screen-missing',
  'storage-failing',
  'speakerphone-faulty',
  'speakerphone-unsupported',
  'self-test-failed',
  'calendar-faulty',
  'tv-faulty',
];

/** What no longer concerns a call once it was said: nothing of it is heard or seen by anybody. */
export const ofNoCall = (trouble: Trouble): boolean =>
  trouble === 'calendar-faulty' ||
  trouble === 'self-test-failed' ||
  trouble === 'tv-faulty' ||
  trouble === 'storage-failing';

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
  if (failedLines(view?.equipment).length > 0) found.add('self-test-failed');
  if (view?.agenda?.calendar.state === 'faulty') found.add('calendar-faulty');
  const speakerphone = view?.equipment?.speakerphone;
  if (speakerphone?.state === 'faulty')
    found.add(speakerphone.code === 'device-unsupported' ? 'speakerphone-unsupported' : 'speakerphone-faulty');
  if (view?.equipment?.tv.control === 'faulty') found.add('tv-faulty');
  if (agentDown) found.add('agent-gone');
  return WORST_FIRST.filter((trouble) => found.has(trouble));
}
