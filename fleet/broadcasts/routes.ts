/** Broadcasts: for who watches, and for who directs the broadcast of a meeting. */
import type { MeetingAir } from '#contract/broadcast.ts';
import { UserError } from '#contract/error-codes.ts';
import { broadcastsApi, type PlannedBroadcast } from '#contract/http/broadcasts-api.ts';
import { watchUrl } from '#contract/http/page-paths.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import { checkRanges } from '#edge/address-ranges.ts';
import { actorOf, type EventFeed, type ServedRoute, serve } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { audienceChoicesIn } from './audience-choices.ts';
import type { PresentingAccount } from './broadcast-rights.ts';
import { ofMeetingIn, type StoredBroadcast } from './broadcast-rows.ts';
import type { Broadcasts } from './broadcasts.ts';
import { recordingHandlers } from './recording-routes.ts';

type Dependencies = {
  broadcasts: Broadcasts;
  store: AuthorityStore;
  fleetUrl: string;
  /** origin of the delivery, for a page that came by this host */
  liveUrl: (pageHost: string) => string;
  onFailed: (error: unknown) => void;
};
type AirEvent = RouteEvent<typeof broadcastsApi.meetingAir>;

export function broadcastRoutes(deps: Dependencies): ServedRoute[] {
  const { broadcasts, store, fleetUrl, liveUrl, onFailed } = deps;
  const { desk, viewings, homes } = broadcasts;
  /** @throws UserError broadcasting-not-allowed */
  const mustBroadcast = async (context: PresentingAccount, meetingId: string): Promise<void> => {
    const { mayBroadcast } = await broadcasts.rightsOf(context, meetingId);
    if (!mayBroadcast) throw new UserError('broadcasting-not-allowed');
  };
  const planned = ({
    broadcastId,
    title,
    phase,
    startsAtMs,
    audience,
    quality,
  }: StoredBroadcast): PlannedBroadcast => ({
    broadcastId,
    title,
    phase,
    startsAtMs,
    audience,
    quality,
    watchUrl: watchUrl(fleetUrl, broadcastId),
  });
  return serve(broadcastsApi, {
    ...recordingHandlers({ broadcasts }),
    watchHome: async ({ account: { accountId }, address }) =>
      homes.open({ watcherOf: () => broadcasts.watcherOf(accountId), address }),
    watchedBroadcast: async ({ account: { accountId }, address, params: { broadcastId } }) => ({
      broadcast: await broadcasts.detailFor(accountId, address, broadcastId),
    }),
    createViewing: async ({ account: { accountId }, session, address, pageHost, params, keepWatchToken }) => {
      const { sessionId } = session.current;
      const caller = { sessionId, accountId, address };
      const { viewing, token } = await viewings.forSession(caller, params.broadcastId, liveUrl(pageHost));
      keepWatchToken(token);
      return { viewing };
    },
    meetingAir: async (context) => {
      const { meetingId } = context.params;
      return airFeed((follower) =>
        broadcasts.followAir(meetingId, () => broadcasts.rightsNowOf(context, meetingId), {
          ...follower,
          onFailed,
          withPeople: true,
        }),
      );
    },
    audienceChoices: async (context) => {
      await mustBroadcast(context, context.params.meetingId);
      return audienceChoicesIn(store.read);
    },
    planBroadcast: async (context) => {
      const { meetingId } = context.params;
      await mustBroadcast(context, meetingId);
      checkRanges(context.body.audience?.allowedRanges ?? []);
      return { broadcast: planned(await desk.plan(meetingId, context.body, actorOf(context))) };
    },
    plannedBroadcasts: async (context) => {
      const { meetingId } = context.params;
      await mustBroadcast(context, meetingId);
      return { broadcasts: (await ofMeetingIn(store.read, meetingId)).map(planned) };
    },
    changeBroadcast: async (context) => {
      const { meetingId, broadcastId } = context.params;
      await mustBroadcast(context, meetingId);
      checkRanges(context.body.audience?.allowedRanges ?? []);
      const changed = await desk.change(meetingId, broadcastId, context.body, actorOf(context));
      // who is of it no more is out at once
      if (context.body.audience) await viewings.look();
      return { broadcast: planned(changed) };
    },
    cancelBroadcast: async (context) => {
      const { meetingId, broadcastId } = context.params;
      await mustBroadcast(context, meetingId);
      await desk.cancel(meetingId, broadcastId, actorOf(context));
      return {};
    },
    directBroadcast: async (context) => {
      const { meetingId } = context.params;
      const rights = await broadcasts.rightsOf(context, meetingId);
      if (!rights.mayBroadcast) throw new UserError('broadcasting-not-allowed');
      await desk.act(meetingId, context.body, actorOf(context));
      return { air: await broadcasts.airOf(meetingId, rights) };
    },
  });
}

type Follower = {
  onAir: (air: MeetingAir) => void;
  onPreview: (preview: { broadcastId: string; jpeg: string }) => void;
};

/** A client that is slow gets the newest of each alone. */
function airFeed(follow: (follower: Follower) => () => void): (wake: () => void) => EventFeed<AirEvent> {
  return (wake) => {
    const pending = new Map<AirEvent['name'], AirEvent>();
    const add = (event: AirEvent): void => {
      pending.set(event.name, event);
      wake();
    };
    const close = follow({
      onAir: (data) => add({ name: 'air', data }),
      onPreview: (data) => add({ name: 'preview', data }),
    });
    const take = (): AirEvent[] => {
      const events = [...pending.values()];
      pending.clear();
      return events;
    };
    return { take, close };
  };
}
