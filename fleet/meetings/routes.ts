/** Meetings that people make, the staff page's stream, links that guests come by, documents' policies, unreachable calls. */
import type { MeetingRole } from '#contract/call-order.ts';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import { hasAnywhere } from '#contract/http/permissions.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { PeopleFinder } from './find-people.ts';
import type { Meetings } from './meetings.ts';
import type { PeopleMeetings } from './people-meetings.ts';
import type { RoomFinder } from './rooms-for-meetings.ts';
import { dayOf, type StaffHomes } from './staff-home.ts';

export type MeetingRoutesDependencies = {
  meetings: Meetings;
  peopleMeetings: PeopleMeetings;
  peopleFinder: PeopleFinder;
  roomFinder: RoomFinder;
  staffHomes: StaffHomes;
};

export function meetingRoutes(deps: MeetingRoutesDependencies): ServedRoute[] {
  const { meetings, peopleMeetings, peopleFinder, roomFinder, staffHomes } = deps;
  const known = async (meetingId: string): Promise<string> => {
    if (!(await meetings.exists(meetingId))) throw new ProtocolError('not-found', 'no such meeting');
    return meetingId;
  };
  const viewerOf = ({ account, meetingRole }: { account: Account; meetingRole: MeetingRole | null }) => ({
    accountId: account.accountId,
    // who may manage the meeting without being one of its people
    role: meetingRole ?? ('co-host' as const),
  });
  return serve(meetingsApi, {
    staffHome: async ({ account, reach, query }) =>
      staffHomes.open({ accountId: account.accountId, placeId: account.placeId, reach, language: query.language }),
    findPeople: async ({ query }) => ({ people: await peopleFinder.find(query.text) }),
    findRooms: async ({ account, reach, query }) => {
      const { startsAtMs, endsAtMs, meetingId = null } = query;
      if (endsAtMs <= startsAtMs) throw new ProtocolError('bad-message', 'it ends before it begins');
      const { endOfDayMs } = dayOf(startsAtMs);
      const searched = { startsAtMs, endsAtMs, endOfDayMs, meetingId };
      return { rooms: await roomFinder.find(searched, { reach, placeId: account.placeId }) };
    },
    createMeeting: async ({ account, reach, body }) => ({
      meeting: await peopleMeetings.create(body, { account, reach }),
    }),
    planNextMeeting: async (context) => {
      const { account, body, params } = context;
      if (!hasAnywhere(account.grants, 'meetings.create')) throw new UserError('forbidden', 'makes no meetings');
      const by = { account, reach: context.reachOf('meetings.create') };
      return { meeting: await peopleMeetings.create(body, by, params.meetingId) };
    },
    meeting: async (context) => ({
      meeting: await peopleMeetings.detail(context.params.meetingId, viewerOf(context)),
    }),
    changeMeeting: async (context) => {
      const { account, params, body } = context;
      const reach = context.reachOf('meetings.create');
      const makesHosts = context.meetingRole !== 'co-host';
      const by = { account, reach, role: viewerOf(context).role, makesHosts };
      return { meeting: await peopleMeetings.change(params.meetingId, body, by) };
    },
    changeFollowing: async (context) => {
      const { account, params, body } = context;
      const by = { account, reach: context.reachOf('meetings.create'), role: viewerOf(context).role };
      return peopleMeetings.changeFollowing(params.meetingId, body, by);
    },
    cancelMeeting: async (context) => {
      await peopleMeetings.cancel(context.params.meetingId, actorOf(context));
      return {};
    },
    cancelFollowing: async ({ params, account }) => {
      await peopleMeetings.cancelFollowing(params.meetingId, account.accountId);
      return {};
    },
    setMeetingPolicy: async (context) => {
      await peopleMeetings.setPolicy(context.params.meetingId, context.body, actorOf(context));
      return {};
    },
    inviteLink: async ({ params }) => {
      const link = await meetings.invites.linkOf(params.meetingId, params.inviteId);
      if (!link) throw new ProtocolError('not-found', 'no such invite');
      return link;
    },
    resendInvite: async (context) => {
      const { meetingId, personId } = context.params;
      await peopleMeetings.resend(meetingId, personId, actorOf(context));
      return {};
    },
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
