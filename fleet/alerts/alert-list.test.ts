/** Lists of alerts over a real store: filters, order, pages, and what is seen with rights in some rooms alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertsApi } from '#contract/http/alerts-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { SignalName } from '#contract/signals.ts';
import { Accounts } from '../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { AlertBook, ofPlace, ofRoom } from './alert-book.ts';
import { AlertList } from './alert-list.ts';

const [maple, oak, site] = [newId(), newId(), newId()];
let dataDir: string;
let store: AuthorityStore;
let list: AlertList;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-alert-list-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const rooms = [
    { roomId: maple, roomName: 'Maple', placeId: site, createdAtMs: 1 },
    { roomId: oak, roomName: 'Oak', placeId: null, createdAtMs: 1 },
  ];
  await store.write((trx) =>
    trx
      .insertInto('place')
      .values({
        placeId: site,
        parentId: null,
        kind: 'site',
        placeName: 'Seoul',
        meetingPolicy: null,
        allowedRanges: '[]',
        createdAtMs: 1,
      })
      .execute(),
  );
  await store.write((trx) => trx.insertInto('room').values(rooms).execute());
  let nowMs = 0;
  const book = new AlertBook({
    store,
    clock: { nowMs: () => (nowMs += 1) },
    placesOf: (roomId) => (roomId === maple ? [site] : []),
  });
  await book.start();
  const raised = (...names: SignalName[]) => new Map(names.map((name) => [name, { facts: {}, sinceMs: 1 }]));
  await book.settle([{ subject: ofRoom(oak), raised: raised('camera-failing') }]);
  await book.settle([{ subject: ofRoom(oak), raised: raised('camera-failing', 'disk-low', 'clock-off') }]);
  await book.settle([{ subject: ofRoom(oak), raised: raised('camera-failing', 'disk-low') }]);
  await book.settle([{ subject: ofPlace(site), raised: raised('site-offline') }]);
  await book.settle([{ subject: ofRoom(maple), raised: raised('kiosk-offline') }]);
  const account = { userName: 'mina', displayName: 'Mina', password: newId(), grants: [], mustChangePassword: false };
  const { accountId } = await new Accounts({ store }).create(account);
  await book.acknowledge(book.openOf(ofRoom(oak)).get('disk-low')!.alertId, `account:${accountId}`, 'mine');
  list = new AlertList({
    store,
    book,
    places: { roomsUnder: (placeId) => (placeId === site ? [maple] : []), placesUnder: (placeId) => [placeId] },
  });
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const page = (query: object = {}, reach: Reach = 'organisation') =>
  list.page(alertsApi.listAlerts.query.parse(query), reach);
const signals = async (query: object, reach?: Reach) => (await page(query, reach)).rows.map(({ signal }) => signal);

test.each<[string, object, string[]]>([
  [
    'the critical first, then the newest',
    {},
    ['kiosk-offline', 'site-offline', 'camera-failing', 'clock-off', 'disk-low'],
  ],
  ['the newest', { sort: 'newest', severity: 'critical' }, ['kiosk-offline', 'site-offline', 'camera-failing']],
  ['open', { state: 'open' }, ['kiosk-offline', 'site-offline', 'camera-failing']],
  ['acknowledged', { state: 'acknowledged' }, ['disk-low']],
  ['closed', { state: 'closed' }, ['clock-off']],
  ['without the explained', { state: 'open', inhibited: 'false' }, ['site-offline', 'camera-failing']],
  ['of a room', { roomId: maple }, ['kiosk-offline']],
  ['of a place', { placeId: site }, ['kiosk-offline', 'site-offline']],
  ['of a signal', { signal: 'disk-low' }, ['disk-low']],
])('%s', async (_, query, expected) => {
  const found = await signals(query);
  expect([...found].sort()).toEqual([...expected].sort());
  if (!('sort' in query)) expect(found.slice(0, 3)).toEqual(expected.slice(0, 3));
});

test('each is on one page, in both orders, with names and counts', async () => {
  for (const sort of ['severity', 'newest']) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { rows, nextCursor, total, counts } = await page({ sort, limit: 2, ...(cursor && { cursor }) });
      expect([total, counts]).toEqual([5, { open: 3, acknowledged: 1, critical: 3 }]);
      found.push(...rows.map(({ alertId }) => alertId));
      cursor = nextCursor ?? undefined;
    } while (cursor);
    expect([found.length, new Set(found).size]).toEqual([5, 5]);
  }
  expect((await page({ roomId: maple })).rows[0]).toMatchObject({ roomName: 'Maple', placeId: site, state: 'open' });
});

test('who looks after one is shown by the present name', async () => {
  expect((await page({ state: 'acknowledged' })).rows).toMatchObject([{ acknowledged: { by: 'Mina', note: 'mine' } }]);
});

test('with rights in some rooms their alerts alone, and those of places where one of them is', async () => {
  expect((await signals({}, new Set([maple]))).sort()).toEqual(['kiosk-offline', 'site-offline']);
  expect(await signals({ severity: 'critical' }, new Set([oak]))).toEqual(['camera-failing']);
  expect((await page({}, new Set([oak]))).counts).toEqual({ open: 1, acknowledged: 1, critical: 1 });
  expect((await page({}, new Set())).total).toBe(0);
  await expect(page({ cursor: 'bm9uZQ' })).rejects.toMatchObject({ code: 'bad-message' });
});
