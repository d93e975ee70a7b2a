/** Whether rooms are in service, for those who run them. */
import { roomServiceApi } from '#contract/http/fleet-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import { ofEachRoom } from './of-each-room.ts';
import type { RoomServices } from './room-services.ts';

export function roomServiceRoutes({ services }: { services: RoomServices }): ServedRoute[] {
  return serve(roomServiceApi, {
    setRoomService: (context) => services.set(context.params.roomId, context.body, actorOf(context)),
    setServiceOfRooms: async (context) => {
      const { roomIds, ...change } = context.body;
      return ofEachRoom(roomIds, context.reach, (roomId) => services.set(roomId, change, actorOf(context)));
    },
  });
}
