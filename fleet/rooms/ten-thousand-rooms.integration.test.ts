/** What the console does, timed, with 10,000 rooms in the databases, of which 200 are connected and change. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '#contract/http/all-routes.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { ChangingRooms, enrolRooms, inCall, writeRooms } from '../many-rooms-under-test.ts';

const ROOMS = 10_000;
const CONNECTED = 200;
const MOST_MS = 1_000;

let fleet: FleetUnderTest;
let rooms: ChangingRooms;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  const enrolled = await enrolRooms(fleet, CONNECTED);
  await fleet.kill();
  await writeRooms(fleet.dataDir, ROOMS - CONNECTED);
  await fleet.startServer();
  await fleet.register();
  rooms = new ChangingRooms(enrolled);
  await rooms.connect(fleet);
  rooms.change(1_000);
}, 180_000);
afterAll(async () => {
  rooms?.stop();
  await fleet.stop();
});

test('the list opens within a second', async () => {
  // who connected first may have been silent for long by then
  await expect.poll(async () => (await list('health=trouble&limit=1')).total).toBe(ROOMS - CONNECTED);
  for (let i = 0; i < 5; i += 1) {
    const startedAtMs = performance.now();
    const stream = await watch();
    const [troubled, all] = await Promise.all([list('health=trouble&limit=20'), list('limit=100')]);
    const tookMs = performance.now() - startedAtMs;
    stream.close();
    expect(all.rows).toHaveLength(100);
    expect([all.total, troubled.total]).toEqual([ROOMS, ROOMS - CONNECTED]);
    expect(JSON.stringify(all).length).toBeLessThan(60_000);
    expect(tookMs).toBeLessThan(MOST_MS);
  }
});

test('a change appears within a second, though all of the others change too', async () => {
  const stream = await watch();
  const before = rooms.changeCount;
  const room = rooms.rooms[0]!;
  for (let i = 0; i < 10; i += 1) {
    const title = `Change ${i}`;
    const startedAtMs = performance.now();
    await room.sayState({ phase: inCall(title, 2) });
    await stream.until(
      ({ name, data }) => name === 'changed' && data.rows.some((row: Json) => row.call?.meetingTitle === title),
    );
    expect(performance.now() - startedAtMs).toBeLessThan(MOST_MS);
  }
  // the others did change
  expect(rooms.changeCount - before).toBeGreaterThan(100);
  stream.close();
});

test('whoever searches and turns pages finds each room once', async () => {
  const found = await list('text=room%20777&limit=5');
  expect(found.total).toBe(11);
  const next = await list(`text=room%20777&limit=200&cursor=${found.nextCursor}`);
  const names = [...found.rows, ...next.rows].map(({ roomName }: Json) => roomName);
  expect(names).toEqual(['Room 777', ...Array.from({ length: 10 }, (_, n) => `Room ${7770 + n}`)]);
  expect(next.nextCursor).toBeNull();
});

async function list(query: string): Promise<Json> {
  const { status, body } = await fleet.api(
    'GET',
    `${allRoutes.listRooms.path}?${query}`,
    undefined,
    fleet.admin.cookie,
  );
  expect(status).toBe(200);
  return body;
}

/** The stream of changes, once it is ready. */
async function watch() {
  const ending = new AbortController();
  const answer = await fetch(new URL(allRoutes.roomChanges.path, fleet.ready.fleetUrl), {
    headers: { cookie: fleet.admin.cookie },
    signal: ending.signal,
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<{ name: string; data: Json }> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += value;
        continue;
      }
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.event) return { name: fields.event, data: JSON.parse(fields.data!) };
    }
  };
  const until = async (isIt: (event: { name: string; data: Json }) => boolean): Promise<void> => {
    while (!isIt(await next()));
  };
  await until(({ name }) => name === 'ready');
  return { until, close: () => ending.abort() };
}
