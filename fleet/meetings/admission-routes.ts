/** Coming into a meeting: by an invite, by a session, by a knock; and deciding on who waits. */
import { admissionApi } from '#contract/http/admission-api.ts';
import type { WaitingList } from '#contract/waiting.ts';
import { actorOf, type EventFeed, type ServedRoute, serve } from '../http/route.ts';
import type { Meetings } from './meetings.ts';
import type { TicketView } from './waiting-room.ts';

type Dependencies = { meetings: Pick<Meetings, 'admissions' | 'waitingRoom'>; onFailed: (error: unknown) => void };

export function admissionRoutes({ meetings, onFailed }: Dependencies): ServedRoute[] {
  const { admissions, waitingRoom } = meetings;
  return serve(admissionApi, {
    enterAsGuest: async ({ body: { invite, endedCallId = null, entryId = null, knock = null }, network, address }) =>
      admissions.byInvite(invite, { endedCallId, entryId, knock, network, address }),
    enterAsMember: async ({ account, params, body: { endedCallId = null, knock = false }, network, address }) =>
      admissions.byAccount(account, params.meetingId, { wantsToKnock: knock, endedCallId, network, address }),
    ticketChanges: async ({ ticket }) =>
      newestOf<TicketView, 'ticket'>('ticket', (onView) => waitingRoom.follow(ticket.ticketId, onView)),
    enterAdmitted: async ({ ticket, body: { endedCallId = null }, network, address }) =>
      admissions.byTicket({ ...ticket, network, address }, { endedCallId }),
    stopWaiting: async ({ ticket }) => {
      await waitingRoom.leave(ticket);
      return {};
    },
    meetingWaiting: async ({ params: { meetingId } }) =>
      newestOf<WaitingList, 'waiting'>('waiting', (onList) => followList({ waitingRoom, meetingId, onList, onFailed })),
    decideWaiting: async (context) => {
      await waitingRoom.decide([context.params.meetingId], context.body, actorOf(context));
      return {};
    },
  });
}

/** A client that is slow gets the newest alone. */
function newestOf<D, N extends string>(name: N, follow: (onData: (data: D) => void) => () => void) {
  return (wake: () => void): EventFeed<{ name: N; data: D }> => {
    let pending: { name: N; data: D } | null = null;
    let last = '';
    const close = follow((data) => {
      const text = JSON.stringify(data);
      if (text === last) return;
      last = text;
      pending = { name, data };
      wake();
    });
    const take = () => {
      const events = pending ? [pending] : [];
      pending = null;
      return events;
    };
    return { take, close };
  };
}

/** The list at once, and whole after each change. */
function followList({
  waitingRoom,
  meetingId,
  onList,
  onFailed,
}: {
  waitingRoom: Meetings['waitingRoom'];
  meetingId: string;
  onList: (list: WaitingList) => void;
  onFailed: (error: unknown) => void;
}): () => void {
  let isEnded = false;
  const send = async (): Promise<void> => {
    const list = await waitingRoom.listOf(meetingId);
    if (!isEnded) onList(list);
  };
  let sent = send().catch(onFailed);
  const unlisten = waitingRoom.onChanged((changed) => {
    if (changed === meetingId) sent = sent.then(send).catch(onFailed);
  });
  return () => {
    isEnded = true;
    unlisten();
  };
}
