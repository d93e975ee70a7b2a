/** By what rooms can be told apart in lists: pure, from what their kiosks reported and what is raised there. */
import type { RouteAnswer } from '#contract/http/route.ts';
import type { roomsApi } from '#contract/http/rooms-api.ts';

export type RoomFacets = RouteAnswer<typeof roomsApi.roomFacets>;
type ToldApart = { version: string | null; model: string | null; signals: readonly string[] };

export const facetsOf = (rooms: readonly ToldApart[]): RoomFacets => ({
  versions: counted(rooms.flatMap(({ version }) => version ?? [])),
  models: counted(rooms.flatMap(({ model }) => model ?? [])),
  signals: counted(rooms.flatMap(({ signals }) => signals)),
});

/** The most frequent first. */
function counted(values: readonly string[]): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
