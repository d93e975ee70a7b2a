/** One room's projections for who runs the rooms: all of them, then the newest of each that has changed meanwhile. */
import type { roomsApi } from '#contract/http/rooms-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import { isReadBy } from '#contract/relayed-projections.ts';
import type { EventFeed } from '../http/route.ts';
import type { RoomReports } from './room-reports.ts';

type Feed = EventFeed<RouteEvent<typeof roomsApi.roomProjections>>;

export function projectionFeed(reports: Pick<RoomReports, 'projections' | 'listen'>, roomId: string) {
  return (wake: () => void): Feed => {
    const pending = new Map(Object.entries(reports.projections.relayedTo('console', roomId)));
    const close = reports.listen(roomId, {
      onProjection: (name, value) => {
        if (!isReadBy('console', name)) return;
        pending.set(name, value);
        wake();
      },
    });
    const take = () => {
      const events = [...pending].map(([name, value]) => ({ name: 'projection' as const, data: { name, value } }));
      pending.clear();
      return events;
    };
    return { take, close };
  };
}
