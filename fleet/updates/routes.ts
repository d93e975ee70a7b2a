/** Updates for those who may: releases, rollouts and their acts, what each room runs. */
import { ProtocolError } from '#contract/error-codes.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { RolloutAsker } from './rollouts.ts';
import type { Updates } from './updates.ts';

type Asking = Parameters<typeof actorOf>[0] & { account: { displayName: string } };
const askerOf = (context: Asking): RolloutAsker => ({ actor: actorOf(context), name: context.account.displayName });

export function updateRoutes({ updates }: { updates: Updates }): ServedRoute[] {
  const { rollouts } = updates;
  const requireRoom = (roomId: string): void => {
    if (!updates.isRoom(roomId)) throw new ProtocolError('not-found', 'no such room');
  };
  return serve(updatesApi, {
    updatesOverview: async () => updates.overview(),
    updateChanges: async () => updates.feed(),
    previewRollout: async ({ body }) => updates.preview(body),
    startRollout: async (context) => updates.view(await rollouts.begin(context.body, askerOf(context))),
    rolloutRooms: async ({ params, query }) => updates.page(params.rolloutId, query),
    steerRollout: async (context) =>
      updates.view(await rollouts.steer(context.params.rolloutId, context.body.act, askerOf(context))),
    updateRoomNow: async (context) => {
      await rollouts.hurry(context.params.roomId, context.body.releaseId, askerOf(context));
      return {};
    },
    roomUpdate: async ({ params: { roomId } }) => {
      requireRoom(roomId);
      return { reported: updates.software.reportOf(roomId), history: await updates.history(roomId) };
    },
  });
}
