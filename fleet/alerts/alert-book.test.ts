import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignalName } from '#contract/signals.ts';
import { verifyAudit } from '../audit/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { AlertBook, type AlertChange, OF_ORGANISATION, ofPlace, ofRoom, type WatchedSubject } from './alert-book.ts';

let dataDir: string;
let store: AuthorityStore;
let nowMs = 1_000;
const site = newId();
const atSite = new Set<string>();
const opened = async () => {
  const book = new AlertBook({
    store,
    clock: { nowMs: () => nowMs },
    placesOf: (roomId) => (atSite.has(roomId) ? [site] : []),
  });
  await book.start();
  return book;
};
const room = (
  roomId: string,
  ...signals: (SignalName | [SignalName, Record<string, string | number>])[]
): WatchedSubject => ({
  subject: ofRoom(roomId),
  raised: new Map(
    signals.map((each) =>
      typeof each === 'string' ? [each, { facts: {}, sinceMs: 900 }] : [each[0], { facts: each[1], sinceMs: 900 }],
    ),
  ),
});
const changesOf = (book: AlertBook): string[] => {
  const seen: string[] = [];
  book.onChanged((changes) => seen.push(...changes.map(({ kind, alert }) => `${kind} ${alert.signal}`)));
  return seen;
};
const stored = () => store.read.selectFrom('alert').selectAll().orderBy('openedAtMs').execute();

beforeEach(async () => {
  nowMs = 1_000;
  atSite.clear();
  dataDir = mkdtempSync(join(tmpdir(), 'maru-alerts-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

test('one is open for each signal and room: it opens, changes and closes once, with audit lines', async () => {
  const book = await opened();
  const seen = changesOf(book);
  const roomId = newId();
  await book.settle([room(roomId, 'camera-failing')]);
  await book.settle([room(roomId, 'camera-failing')]);
  await Promise.all([
    book.settle([room(roomId, 'camera-failing', 'disk-low')]),
    book.settle([room(roomId, 'camera-failing', 'disk-low')]),
  ]);
  await book.settle([room(roomId, ['camera-failing', { reason: 'black' }], 'disk-low')]);
  expect(book.openCountOf(roomId)).toBe(2);
  nowMs = 2_000;
  await book.settle([room(roomId, 'disk-low')]);
  expect(seen).toEqual(['opened camera-failing', 'opened disk-low', 'changed camera-failing', 'closed camera-failing']);
  expect(await stored()).toMatchObject([
    {
      signal: 'camera-failing',
      severity: 'critical',
      sinceMs: 900,
      openedAtMs: 1_000,
      closedAtMs: 2_000,
      facts: '{"reason":"black"}',
    },
    { signal: 'disk-low', severity: 'warning', closedAtMs: null },
  ]);
  const audit = await store.read.selectFrom('audit').select(['kind', 'subject', 'details']).orderBy('seq').execute();
  expect(audit.map(({ kind, details }) => `${kind} ${JSON.parse(details).signal}`)).toEqual([
    'alert-opened camera-failing',
    'alert-opened disk-low',
    'alert-closed camera-failing',
  ]);
  expect(audit[0]!.subject).toBe(`room:${roomId}`);
  expect(await verifyAudit(store)).toMatchObject({ intact: true });
});

test('500 that are open over a restart: nothing opens again, nothing is notified, and they close', async () => {
  const before = await opened();
  const rooms = Array.from({ length: 500 }, () => newId());
  await before.settle(rooms.map((roomId) => room(roomId, 'kiosk-offline')));
  const book = await opened();
  const seen = changesOf(book);
  let notified = 0;
  book.onChangedIn(async () => {
    notified += 1;
  });
  await book.settle(rooms.map((roomId) => room(roomId, 'kiosk-offline')));
  expect([seen, notified, book.all.length]).toEqual([[], 0, 500]);
  await book.settle(rooms.map((roomId) => room(roomId)));
  expect([new Set(seen), seen.length, notified]).toEqual([new Set(['closed kiosk-offline']), 500, 1]);
});

test('what explains an alert is named in it from the start, and no more once it is over', async () => {
  const book = await opened();
  const roomId = newId();
  await book.settle([room(roomId, 'camera-failing', 'kiosk-offline')]);
  const cause = book.openOf(ofRoom(roomId)).get('kiosk-offline')!;
  expect(cause.inhibitedBy).toBeNull();
  expect(book.openOf(ofRoom(roomId)).get('camera-failing')!.inhibitedBy).toBe(cause.alertId);
  const seen = changesOf(book);
  await book.settle([room(roomId, 'camera-failing')]);
  expect(seen).toEqual(['closed kiosk-offline', 'released camera-failing']);
  expect((await stored()).find(({ signal }) => signal === 'camera-failing')!.inhibitedBy).toBeNull();
});

test('a site explains its rooms, those that were open before it too', async () => {
  const book = await opened();
  const [here, there] = [newId(), newId()];
  atSite.add(here);
  await book.settle([room(here, 'kiosk-offline'), room(there, 'kiosk-offline')]);
  const raised = new Map([['site-offline', { facts: {}, sinceMs: 900 }]] as const);
  await book.settle([{ subject: ofPlace(site), raised }]);
  const cause = book.openOf(ofPlace(site)).get('site-offline')!;
  const explained = (roomId: string) => book.openOf(ofRoom(roomId)).get('kiosk-offline')!.inhibitedBy;
  expect([explained(here), explained(there)]).toEqual([cause.alertId, null]);
  await book.settle([{ subject: ofPlace(site), raised: new Map() }]);
  expect(explained(here)).toBeNull();
});

test('who is notified is written in the same transaction: what fails there undoes it, and the next one makes it up', async () => {
  const book = await opened();
  const seen = changesOf(book);
  const roomId = newId();
  const inTransaction: AlertChange['kind'][] = [];
  let isFailing = true;
  book.onChangedIn(async (trx, changes) => {
    expect(await trx.selectFrom('alert').select('alertId').execute()).toHaveLength(1);
    if (isFailing) throw new Error('no outbox');
    inTransaction.push(...changes.map(({ kind }) => kind));
  });
  await expect(book.settle([room(roomId, 'disk-low')])).rejects.toThrow('no outbox');
  expect([book.openCountOf(roomId), await stored(), seen]).toEqual([0, [], []]);
  isFailing = false;
  await book.settle([room(roomId, 'disk-low')]);
  expect([book.openCountOf(roomId), inTransaction, seen]).toEqual([1, ['opened'], ['opened disk-low']]);
});

test('somebody looks after one, and takes it back; a closed one is looked after by nobody', async () => {
  const book = await opened();
  const roomId = newId();
  await book.settle([room(roomId, 'disk-low')]);
  const { alertId } = book.all[0]!;
  nowMs = 1_500;
  const acknowledged = { acknowledgedBy: 'account:a', acknowledgedAtMs: 1_500, acknowledgedNote: 'on my way' };
  expect(await book.acknowledge(alertId, 'account:a', 'on my way')).toMatchObject(acknowledged);
  // it stays so while its facts change
  await book.settle([room(roomId, ['disk-low', { freePercent: 1 }])]);
  expect((await opened()).all[0]).toMatchObject({ ...acknowledged, facts: '{"freePercent":1}' });
  expect(await book.takeAcknowledgementBack(alertId, 'account:b')).toMatchObject({ acknowledgedBy: null });
  await book.settle([room(roomId)]);
  await expect(book.acknowledge(alertId, 'account:a', '')).rejects.toMatchObject({ code: 'not-found' });
});

test('a call for help is raised and cleared by name, and no watch closes it', async () => {
  const book = await opened();
  const roomId = newId();
  await book.raise('help-called', ofRoom(roomId), { topic: 'sound' });
  await book.raise('help-called', ofRoom(roomId), { topic: 'sound' });
  await book.settle([room(roomId)]);
  expect(book.openCountOf(roomId)).toBe(1);
  await expect(
    book.clear('help-called', ofRoom(roomId), async () => {
      throw new Error('not written');
    }),
  ).rejects.toThrow('not written');
  expect(book.openCountOf(roomId)).toBe(1);
  await book.clear('help-called', ofRoom(roomId));
  expect(book.openCountOf(roomId)).toBe(0);
  await book.raise('help-called', ofRoom(roomId), {});
  await book.closeAllOf(ofRoom(roomId));
  expect(book.all).toEqual([]);
  expect(await stored()).toHaveLength(2);
});

test('an alert of the organisation is open once over restarts, and is nobody else’s', async () => {
  const book = await opened();
  await book.raise('rollout-halted', OF_ORGANISATION, { reason: 'failed-rooms' });
  await (await opened()).raise('rollout-halted', OF_ORGANISATION, { reason: 'silent-rooms' });
  const again = await opened();
  expect(again.all).toMatchObject([{ signal: 'rollout-halted', roomId: null, placeId: null, inhibitedBy: null }]);
  expect(again.openOf(OF_ORGANISATION).size).toBe(1);
  await again.settle([{ subject: OF_ORGANISATION, raised: new Map() }]);
  expect(again.all).toHaveLength(1);
  await again.clear('rollout-halted', OF_ORGANISATION);
  expect(again.all).toEqual([]);
  const audit = await store.read.selectFrom('audit').select('subject').execute();
  expect(audit.map(({ subject }) => subject)).toEqual(['organisation', 'organisation']);
});
