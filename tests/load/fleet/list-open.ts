/** The console's list as its page asks for it: the stream of changes, then the rooms in trouble and the first page, at once. */
import { allRoutes } from '#contract/http/all-routes.ts';

/** @throws Error where the list does not count every room */
export async function listOpenMs(fleetUrl: string, cookie: string, roomCount: number): Promise<number> {
  const ending = new AbortController();
  const startedAtMs = performance.now();
  const stream = await get(allRoutes.roomChanges.path);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes('event: ready'); ) {
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream of changes ended');
    text += value;
  }
  const lists = await Promise.all(['health=trouble&limit=20', 'limit=100'].map((query) => list(query)));
  const tookMs = performance.now() - startedAtMs;
  ending.abort();
  if (lists[1]!.total !== roomCount) throw new Error(`the list counts ${lists[1]!.total} of ${roomCount} rooms`);
  return tookMs;

  async function list(query: string): Promise<{ total: number }> {
    return (await get(`${allRoutes.listRooms.path}?${query}`)).json() as Promise<{ total: number }>;
  }
  async function get(path: string): Promise<Response> {
    const answer = await fetch(new URL(path, fleetUrl), { headers: { cookie }, signal: ending.signal });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }
}
