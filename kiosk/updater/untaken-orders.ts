/** Orders that are not taken, whatever the feed offers; `place` and `switch` ask here first. */
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import type { UpdateOrder } from './update-order.ts';
import type { UpdaterState } from './updater-state.ts';

const TARGET = /^kiosk-(.+)\.json$/;

/** @throws FeedError not-offered: it is for another kind of machine */
export function releaseIdIn({ target }: Pick<UpdateOrder, 'target'>): string {
  const [, releaseId] = TARGET.exec(target) ?? [];
  if (releaseId === undefined)
    throw new FeedError('not-offered', 'this is a kiosk, and the release is for another role');
  return releaseId;
}

/** @returns the release of the order. @throws FeedError not-offered; Error: not now, or not in this attempt */
export function refuseUntaken(order: UpdateOrder, state: UpdaterState): string {
  const releaseId = releaseIdIn(order);
  // both slots are needed for the way back
  if (state.isOnTrial) throw new Error('a release is on trial: nothing is changed before it ends');
  const held = state.whyHeld(releaseId, order.attempt);
  if (held !== null) throw new Error(`${releaseId} is not taken: ${held}`);
  return releaseId;
}
