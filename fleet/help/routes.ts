/** Help from afar for those who may: actions on rooms, their files, and people's requests. */
import { ProtocolError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { helpApi } from '#contract/http/help-api.ts';
import { reaches } from '#contract/http/permissions.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { Rooms } from '../rooms/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { actionsPage, actionsSince } from './action-rows.ts';
import type { Help } from './help.ts';
import { helpFeed } from './help-feed.ts';
import type { ActionAsker } from './room-actions.ts';

export type HelpRoutesDependencies = { help: Help; rooms: Rooms; store: AuthorityStore };

const askerOf = (context: { account: Account; tokenId: string | null }): ActionAsker => ({
  actor: actorOf(context),
  name: context.account.displayName,
  accountId: context.account.accountId,
});

export function helpRoutes({ help, rooms, store }: HelpRoutesDependencies): ServedRoute[] {
  const { actions, requests } = help;
  /** @throws ProtocolError not-found */
  const nameOf = async (roomId: string): Promise<string> => {
    const room = await rooms.registry.byId(roomId);
    if (!room) throw new ProtocolError('not-found', 'no such room');
    return room.roomName;
  };
  return serve(helpApi, {
    askRoomAction: async (context) => actions.ask(context.params.roomId, context.body.action, askerOf(context)),
    askActionOfRooms: async (context) => {
      const { roomIds, action } = context.body;
      const beyond = roomIds.filter((roomId) => !reaches(context.reach, roomId));
      const within = roomIds.filter((roomId) => reaches(context.reach, roomId));
      const { begun, refused } = await actions.askOfMany(within, action, askerOf(context));
      return { begun, refused: [...refused, ...beyond.map((roomId) => ({ roomId, code: 'forbidden' as const }))] };
    },
    actionsSince: async ({ query: { actionId }, reach }) => ({ actions: await actionsSince(store, actionId, reach) }),
    listRoomActions: async ({ params: { roomId }, query }) => {
      await nameOf(roomId);
      return actionsPage(store, roomId, query);
    },
    roomActionChanges: async ({ params: { roomId } }) => {
      await nameOf(roomId);
      const known = await actions.newest(roomId);
      return (wake) => actions.feed.open(roomId, known, wake);
    },
    stopRoomAction: async (context) => {
      const { roomId, actionId } = context.params;
      return actions.cancel(roomId, actionId, askerOf(context));
    },
    roomActionFile: async ({ params: { roomId, actionId } }) =>
      actions.openFile(roomId, actionId, await nameOf(roomId)),
    listHelp: async ({ query, reach }) => requests.page(query, reach),
    helpChanges: async ({ reach }) => {
      const counts = await requests.counts(reach);
      return (wake) => helpFeed(requests, reach, counts, wake);
    },
    helpTicket: async (context) => requests.see(context.params.helpId, askerOf(context), context.reach),
    answerHelp: async (context) =>
      requests.answer(context.params.helpId, context.body.text, askerOf(context), context.reach),
    closeHelp: async (context) => {
      await requests.solve(context.params.helpId, askerOf(context), context.reach);
      return {};
    },
  });
}
