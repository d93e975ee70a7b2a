/** Pairing a phone, and the rooms for those who run them: their names, kiosks and tablets. */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import type { PlaceTree } from '../people/index.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import { projectionFeed } from './projection-feed.ts';
import { ofEachRoom } from './of-each-room.ts';
import type { Rooms } from './rooms.ts';

/** @throws ProtocolError not-found */
function found<T>(answer: T | null | false): T {
  if (answer === null || answer === false) throw new ProtocolError('not-found', 'no such room');
  return answer;
}

export function roomRoutes({ rooms, places }: { rooms: Rooms; places: PlaceTree }): ServedRoute[] {
  const known = async (roomId: string): Promise<string> => found(await rooms.registry.byId(roomId)).roomId;
  return serve(roomsApi, {
    pair: async ({ body, network }) => {
      const { controllerToken, roomId, kind } = await rooms.pairings.pair(body.code, network);
      const room = found(await rooms.registry.byId(roomId));
      const lanUrl = rooms.reports.projections.get(roomId, 'equipment')?.lanUrl ?? null;
      return { controllerToken, roomId, roomName: room.roomName, kind, lanUrl };
    },
    pairLaptop: async ({ body, network }) => {
      const { controllerToken, roomId } = await rooms.pairings.pairLaptop(body.code, network);
      const { roomName } = found(await rooms.registry.byId(roomId));
      return { laptopToken: controllerToken, roomName };
    },
    askToJoin: async ({ body, network }) => ({
      joinUrl: await rooms.joinLink(await rooms.pairings.roomOfCode(body.code, network)),
    }),
    enterWithLaptop: async ({ body }) => ({ grant: await rooms.laptops.enter(body.laptopToken) }),
    listRooms: async ({ query, reach }) => rooms.list.page(query, reach),
    roomFacets: async ({ reach }) => rooms.list.facets(reach),
    placeHealth: async ({ reach }) => ({ places: rooms.list.byPlace(reach) }),
    roomChanges: async ({ reach, lastEventId }) => rooms.list.changes(reach, lastEventId),
    room: async ({ params: { roomId } }) => ({
      ...found(await rooms.list.view(roomId)),
      placeIds: places.pathOfRoom(roomId),
    }),
    roomProjections: async ({ params }) => projectionFeed(rooms.reports, await known(params.roomId)),
    createRoom: async (context) => {
      const created = await rooms.registry.create(context.body, actorOf(context));
      // its maker may have a role in its place alone
      await places.reload();
      return created;
    },
    renameRoom: async (context) => {
      found(await rooms.registry.rename(context.params.roomId, context.body.roomName, actorOf(context)));
      return {};
    },
    setRoomPlace: async (context) => {
      const { account, body, params } = context;
      if (!places.mayAt(account.grants, 'rooms.manage', body.placeId)) throw new UserError('forbidden');
      found(await rooms.registry.setPlace(params.roomId, body.placeId, actorOf(context)));
      await places.reload();
      return {};
    },
    setPlaceOfRooms: async (context) => {
      const { account, body, reach } = context;
      const { placeId } = body;
      if (!places.mayAt(account.grants, 'rooms.manage', placeId)) throw new UserError('forbidden');
      const answer = await ofEachRoom(body.roomIds, reach, async (roomId) => {
        found(await rooms.registry.setPlace(roomId, placeId, actorOf(context)));
      });
      await places.reload();
      return answer;
    },
    removeRoom: async (context) => {
      found(await rooms.remove(context.params.roomId, actorOf(context)));
      return {};
    },
    createClaim: async (context) => found(await rooms.registry.newClaim(context.params.roomId, actorOf(context))),
    revokeKiosk: async (context) => ({
      revokedCount: found(await rooms.registry.revokeKiosk(context.params.roomId, actorOf(context))),
    }),
    revokePairings: async (context) => {
      const roomId = await known(context.params.roomId);
      return { revokedCount: await rooms.pairings.revokeOfRoom(roomId, actorOf(context)) };
    },
    createTabletCode: async (context) =>
      rooms.pairings.makeTabletCode(await known(context.params.roomId), context.body.tabletName, actorOf(context)),
    listTablets: async ({ params }) => ({
      tablets: rooms.pairings
        .tabletsOf(await known(params.roomId))
        .map(({ tabletName, ...tablet }) => ({ ...tablet, tabletName: tabletName ?? '' })),
    }),
    revokeTablet: async (context) => {
      const { roomId, pairingId } = context.params;
      if (!(await rooms.pairings.revokeTablet(roomId, pairingId, actorOf(context))))
        throw new ProtocolError('not-found', 'no such tablet');
      return {};
    },
    listRoomEvents: async ({ params }) => ({ events: await rooms.events.list(await known(params.roomId)) }),
  });
}
