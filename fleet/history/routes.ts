/** The fleet over time, for those who look at rooms. */
import { Readable } from 'node:stream';
import { ProtocolError } from '#contract/error-codes.ts';
import { fleetApi } from '#contract/http/fleet-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { PlaceTree } from '../people/index.ts';
import type { Rooms } from '../rooms/index.ts';
import { type HistoryReader, usageByPlace } from './history-reader.ts';
import { placeUsageFile, roomUsageFile } from './usage-file.ts';

type Served = {
  history: HistoryReader;
  rooms: Pick<Rooms, 'registry'>;
  places: Pick<PlaceTree, 'pathOf' | 'nameOf'>;
};

export function historyRoutes({ history, rooms, places }: Served): ServedRoute[] {
  /** @throws ProtocolError not-found */
  const known = async (roomId: string): Promise<string> => {
    if (!(await rooms.registry.byId(roomId))) throw new ProtocolError('not-found', 'no such room');
    return roomId;
  };
  return serve(fleetApi, {
    roomHealthSeries: async ({ params, query }) => history.series(await known(params.roomId), query),
    roomQualitySeries: async ({ params, query }) => history.qualitySeries(await known(params.roomId), query),
    roomCalls: async ({ params, query }) => ({ calls: await history.calls(await known(params.roomId), query) }),
    callQuality: async ({ params }) => ({
      points: await history.quality(await known(params.roomId), params.callId),
    }),
    usage: async ({ query, reach }) => {
      const found = await history.usage(query, reach);
      return { rooms: found, places: usageByPlace(found, places) };
    },
    usageFile: async ({ query, reach }) => {
      const found = await history.usage(query, reach);
      const byPlace = usageByPlace(found, places);
      const text = query.by === 'place' ? placeUsageFile(byPlace) : roomUsageFile(found, byPlace);
      return {
        stream: Readable.from([text]),
        contentType: 'text/csv; charset=utf-8',
        fileName: `maru-usage-${new Date(query.fromMs).toISOString().slice(0, 10)}.csv`,
        sizeBytes: null,
      };
    },
  });
}
