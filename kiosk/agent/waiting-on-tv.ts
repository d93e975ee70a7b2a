/** What the TV shows of those who wait to be let in. Pure. */
import type { ScreenFrame } from '#contract/screen-link.ts';
import type { WaitingList } from '#contract/waiting.ts';

/** null: nobody waits; or the fleet is gone, so that nobody can be let in and the list may be old. */
export function waitingOnTv(list: WaitingList | null, fleetOnline: boolean): ScreenFrame['waiting'] {
  const first = list?.waiting[0];
  return list === null || first === undefined || !fleetOnline
    ? null
    : { displayName: first.displayName, count: list.count };
}
