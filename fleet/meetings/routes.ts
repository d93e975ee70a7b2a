/** Guests coming in, and the links that they come by. */
import { ProtocolError } from '#contract/error-codes.ts';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { Meetings } from './meetings.ts';

export function meetingRoutes({ meetings }: { meetings: Meetings }): ServedRoute[] {
  const known = async (meetingId: string): Promise<string> => {
    if (!(await meetings.exists(meetingId))) throw new ProtocolError('not-found', 'no such meeting');
    return meetingId;
  };
  return serve(meetingsApi, {
    enterAsGuest: async ({ body, network }) =>
      meetings.enterAsGuest(body.invite, {
        endedCallId: body.endedCallId ?? null,
        entryId: body.entryId ?? null,
        network,
      }),
    listInvites: async ({ params }) => ({ invites: await meetings.invites.list(await known(params.meetingId)) }),
    createInvite: async (context) => {
      const { displayName, seats = null, expiresInMinutes } = context.body;
      return meetings.invites.create(
        await known(context.params.meetingId),
        { displayName, seats, lifeMs: expiresInMinutes * 60_000 },
        actorOf(context),
      );
    },
    revokeInvite: async (context) => {
      const { meetingId, inviteId } = context.params;
      if (!(await meetings.revokeInvite(meetingId, inviteId, actorOf(context))))
        throw new ProtocolError('not-found', 'no such invite');
      return {};
    },
    documentPolicy: async ({ params }) => {
      const policy = await meetings.documentPolicies.of(params.meetingId);
      if (!policy) throw new ProtocolError('not-found', 'no such meeting');
      return { policy };
    },
    setDocumentPolicy: async (context) => {
      await meetings.setDocumentPolicy(context.params.meetingId, context.body, actorOf(context));
      return {};
    },
    giveUpCalls: async (context) => ({
      givenUpCount: await meetings.unreachable.giveUp(context.params.roomId, actorOf(context)),
    }),
  });
}
