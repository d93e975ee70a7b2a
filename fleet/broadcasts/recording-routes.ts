/** Routes of recordings: started and ended by hand, fetched, deleted; all of them, and the organisation's policy. */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { broadcastsApi } from '#contract/http/broadcasts-api.ts';
import { actorOf, type RouteHandlers } from '../http/route.ts';
import type { Broadcasts } from './broadcasts.ts';

type RecordingRoute =
  | 'recordingFile'
  | 'broadcastCaptions'
  | 'deleteRecording'
  | 'startRecording'
  | 'stopRecording'
  | 'listBroadcasts'
  | 'endBroadcast'
  | 'recordingPolicy'
  | 'setRecordingPolicy';

export function recordingHandlers({
  broadcasts,
}: {
  broadcasts: Broadcasts;
}): Pick<RouteHandlers<typeof broadcastsApi>, RecordingRoute> {
  const { desk, recordings, list } = broadcasts;
  return {
    recordingFile: async (context) => {
      const { account, address, params } = context;
      const { broadcast, view } = await broadcasts.watchedBy(account.accountId, address, params.broadcastId);
      return recordings.open(broadcast, view.mayDownload, { actor: actorOf(context), key: account.accountId });
    },
    broadcastCaptions: async ({ account, address, params }) => {
      const { broadcast } = await broadcasts.watchedBy(account.accountId, address, params.broadcastId);
      return recordings.captions(broadcast);
    },
    deleteRecording: async (context) => {
      const { account, params } = context;
      const { view } = await broadcasts.watchedBy(account.accountId, null, params.broadcastId);
      if (!view.mayDelete) throw new UserError('forbidden');
      await recordings.delete(params.broadcastId, actorOf(context));
      return {};
    },
    startRecording: async (context) => {
      const { meetingId } = context.params;
      const rights = await broadcasts.rightsOf(context, meetingId);
      if (!rights.mayRecord) throw new UserError('recording-not-allowed');
      await desk.record(meetingId, actorOf(context));
      return { air: await broadcasts.airOf(meetingId, rights) };
    },
    // who may end the call may end what is kept of it, whatever the policy is by now
    stopRecording: async (context) => {
      const { meetingId } = context.params;
      await desk.endRecording(meetingId, actorOf(context));
      return { air: await broadcasts.airOf(meetingId, await broadcasts.rightsOf(context, meetingId)) };
    },
    listBroadcasts: async ({ query }) => list.page(query),
    endBroadcast: async (context) => {
      const broadcast = await broadcasts.byId(context.params.broadcastId);
      if (!broadcast) throw new ProtocolError('not-found', 'no such broadcast');
      const { broadcastId, meetingId, kind, phase } = broadcast;
      if (kind === 'recording') await desk.endRecording(meetingId, actorOf(context));
      else if (phase === 'planned') await desk.cancel(meetingId, broadcastId, actorOf(context));
      else await desk.act(meetingId, { name: 'end' }, actorOf(context));
      return {};
    },
    recordingPolicy: async () => ({ policy: await recordings.policy() }),
    setRecordingPolicy: async (context) => {
      await recordings.setPolicy(context.body, actorOf(context));
      broadcasts.homes.changed();
      return { policy: context.body };
    },
  };
}
