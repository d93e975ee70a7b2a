/** Pictures for idle TVs at the real fleet server: drawn again, kept once, fetched by the room that shows them, by its certificate alone. */
import { readdirSync } from 'node:fs';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EnrolledRoom, FleetUnderTest, type Json } from '../fleet-under-test.ts';

let fleet: FleetUnderTest;
let rooms: EnrolledRoom[];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  rooms = [await fleet.enrolRoom('Room A'), await fleet.enrolRoom('Room B')];
});
afterAll(() => fleet.stop());

const pictureOf = (background: string, width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background } });

async function add(
  file: Buffer,
  contentType = 'image/png',
  fileName = 'lobby.png',
): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${fleet.ready.fleetUrl}/api/v1/signage?fileName=${encodeURIComponent(fileName)}`, {
    method: 'POST',
    headers: { 'content-type': contentType, cookie: fleet.admin.cookie, origin: fleet.ready.fleetUrl },
    body: new Uint8Array(file),
  });
  return { status: answer.status, body: await answer.json() };
}
const list = async (): Promise<Json[]> =>
  (await fleet.api('GET', '/api/v1/signage', undefined, fleet.admin.cookie)).body.pictures;

async function fetchedBy(room: EnrolledRoom | null, signageKey: string): Promise<{ status: number; body: Buffer }> {
  const url = new URL(`/device/v1/signage/${signageKey}`, fleet.ready.deviceApiUrl);
  const call = request(url, {
    ca: rooms[0]!.credentials.ca,
    agent: false,
    ...(room && { key: room.credentials.key, cert: room.credentials.cert }),
  });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: await buffer(response) };
}

test('a picture is drawn again, kept once, and shown by the rooms whose settings name it', async () => {
  const withSecret = await pictureOf('red', 4_000, 3_000)
    .withExif({ IFD0: { Copyright: 'secret-place-7311' } })
    .jpeg()
    .toBuffer();
  const [first, again] = [await add(withSecret, 'image/jpeg'), await add(withSecret, 'image/jpeg', 'again.jpg')];
  expect(first.body).toMatchObject({ fileName: 'lobby.png', usedCount: 0 });
  expect(again.body).toEqual(first.body);
  const { signageKey } = first.body;
  const organisation = '/api/v1/organisation/settings';
  const body = { revision: 0, set: { idle: { signage: [signageKey] } } };
  expect((await fleet.api('PUT', organisation, body, fleet.admin.cookie)).status).toBe(200);
  // one room shows none
  const none = { revision: 0, set: { idle: { signage: [] } } };
  await fleet.api('PUT', `/api/v1/rooms/${rooms[1]!.roomId}/settings`, none, fleet.admin.cookie);
  const { status, body: file } = await fetchedBy(rooms[0]!, signageKey);
  expect(status).toBe(200);
  const { format, width, height } = await sharp(file).metadata();
  expect({ format, width, height }).toEqual({ format: 'webp', width: 1440, height: 1080 });
  expect(file.includes('secret-place-7311')).toBe(false);
  expect((await fetchedBy(rooms[1]!, signageKey)).status).toBe(404);
  expect((await fetchedBy(null, signageKey)).status).toBe(403);
  expect((await fetchedBy(rooms[0]!, '../../authority.sqlite')).status).toBe(404);
});

test('one that a scope shows is not removed; one that none shows goes with its file', async () => {
  const [shown] = await list();
  const remove = (key: string) => fleet.api('DELETE', `/api/v1/signage/${key}`, undefined, fleet.admin.cookie);
  expect(shown!.usedCount).toBe(1);
  expect((await remove(shown!.signageKey)).body.error.code).toBe('picture-in-use');
  await fleet.api(
    'PUT',
    '/api/v1/organisation/settings',
    { revision: 1, clear: { idle: ['signage'] } },
    fleet.admin.cookie,
  );
  expect((await remove(shown!.signageKey)).status).toBe(200);
  expect(await list()).toEqual([]);
  expect(readdirSync(join(fleet.dataDir, 'signage'))).toEqual([]);
  expect((await remove(shown!.signageKey)).status).toBe(404);
  // the version that showed it cannot come back without it
  const back = { revision: 2, toRevision: 1 };
  const answer = await fleet.api('POST', '/api/v1/organisation/settings-returns', back, fleet.admin.cookie);
  expect(answer.body.error.code).toBe('setting-invalid');
});

test('what is no picture, a picture of a script, half of one and one that is too large are refused, and nothing is kept', async () => {
  const good = await pictureOf('blue', 640, 480).png({ compressionLevel: 0 }).toBuffer();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  for (const file of [Buffer.from('not a picture'), svg, good.subarray(0, good.length / 2), Buffer.alloc(0)])
    expect((await add(file)).body.error?.code, String(file.subarray(0, 20))).toBe('picture-unreadable');
  const wide = await pictureOf('green', 16_000, 7_000).png({ compressionLevel: 9 }).toBuffer();
  expect((await add(wide)).body.error.code).toBe('picture-too-large');
  // refused by its length: the connection may be closed before all of it was sent
  const large = await add(Buffer.alloc(11 * 1024 * 1024)).catch(() => ({ status: 413 }));
  expect(large.status).toBe(413);
  expect((await add(svg, 'image/svg+xml')).status).toBe(400);
  expect((await add(good, 'image/png', '\u202e\u0000')).status).toBe(400);
  expect(await list()).toEqual([]);
  const script = `<script>'; drop table room; --.png`;
  expect((await add(good, 'image/png', script)).body.fileName).toBe(script);
});
