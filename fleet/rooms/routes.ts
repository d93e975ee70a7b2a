/** Pairing a phone, and the rooms for those who run them. */
import { ProtocolError } from '#contract/error-codes.ts';
import { actorOf, type RouteHandlers } from '../people/index.ts';
import type { Rooms } from './rooms.ts';

type Names = 'pair' | 'listRooms' | 'createRoom' | 'revokePairings' | 'listRoomEvents';

export function roomRoutes({ rooms }: { rooms: Rooms }): RouteHandlers<Names> {
  const known = async (roomId: string): Promise<string> => {
    if (!(await rooms.registry.byId(roomId))) throw new ProtocolError('not-found', 'no such room');
    return roomId;
  };
  return {
    pair: async ({ body, network }) => {
      const { controllerToken, roomId } = await rooms.pairings.pair(body.code, network);
      const room = await rooms.registry.byId(roomId);
      if (!room) throw new ProtocolError('not-found', 'no such room');
      return { controllerToken, roomId, roomName: room.roomName };
    },
    listRooms: async () => ({ rooms: await rooms.registry.list() }),
    createRoom: async (context) => rooms.registry.create(context.body.roomName, actorOf(context)),
    revokePairings: async (context) => {
      const roomId = await known(context.params.roomId);
      return { revokedCount: await rooms.pairings.revokeOfRoom(roomId, actorOf(context)) };
    },
    listRoomEvents: async ({ params }) => ({ events: await rooms.events.list(await known(params.roomId)) }),
  };
}
