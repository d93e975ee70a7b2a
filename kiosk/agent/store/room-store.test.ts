import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from '#contract/schema.ts';
import { keptValue } from './kept-value.ts';
import { RoomDatabase } from './room-database.ts';
import { RoomStore } from './room-store.ts';

let folder: string;
let path: string;
const told: string[] = [];
const stores: RoomStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-store-'));
  path = join(folder, 'room.sqlite');
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  for (const store of stores.splice(0)) store.stop();
  rmSync(folder, { recursive: true });
});
function started(at = path): RoomStore {
  const store = new RoomStore({
    path: at,
    logger: pino({ level: 'silent' }),
    onStorage: (state) => told.push(state),
    onDamaged: (damagedPath) => told.push(`damaged ${existsSync(damagedPath)}`),
  });
  stores.push(store);
  store.start();
  return store;
}
const texts = (store: RoomStore) => [...store.events()].map(({ sequence, text }) => `${sequence} ${text}`);
const pairing = (pairingId: string) => ({
  pairingId,
  tokenSha256: `hash of ${pairingId}`,
  createdAtMs: 1,
  lastUsedAtMs: 2,
  revokedAtMs: null,
});

test('what was said is on disk before the next turn: another process finds it, though nobody stopped in order', () => {
  const store = started();
  store.keep('agenda', '1');
  store.keepPairing(pairing('p1'));
  store.keepPairing(pairing('p2'));
  store.addEvent('e1', 'one');
  store.addEvent('e2', 'two');
  store.forgetPairing('p1');
  const next = started();
  expect(next.value('agenda')).toBe('1');
  expect(next.pairings).toEqual([pairing('p2')]);
  expect(texts(next)).toEqual(['1 one', '2 two']);
  expect(told).toEqual([]);
});

test('the numbers of events go on over restarts, also when all were delivered', () => {
  const store = started();
  expect([store.addEvent('e1', 'one'), store.addEvent('e2', 'two')]).toEqual([1, 2]);
  store.removeEvents(['e1', 'e2', 'not there']);
  const next = started();
  expect(texts(next)).toEqual([]);
  expect(next.addEvent('e3', 'three')).toBe(3);
});

test('the file is for us alone', () => {
  started().keep('a', '1');
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
});

test('a commit is synced before it counts', () => {
  started();
  const database = new Database(path);
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('user_version', { simple: true })).toBe(2);
  database.close();
});

test('without a disk it goes on in memory and says so; once the disk is there both lives are one', () => {
  const before = started();
  before.addEvent('e1', 'one');
  before.keep('kept', 'before');
  before.keep('changed', 'before');
  before.stop();
  vi.useFakeTimers();
  const elsewhere = join(folder, 'away');
  const store = started(join(elsewhere, 'room.sqlite'));
  store.addEvent('e8', 'meanwhile');
  store.keep('changed', 'meanwhile');
  expect(told).toEqual(['failing']);
  expect(texts(store)).toEqual(['1 meanwhile']);
  // the disk is back, with what it had
  mkdirSync(elsewhere);
  new Database(path).exec(`vacuum into '${join(elsewhere, 'room.sqlite')}'`).close();
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['failing', 'working']);
  expect(texts(store)).toEqual(['1 one', '2 meanwhile']);
  expect([store.value('kept'), store.value('changed')]).toEqual(['before', 'meanwhile']);
  expect(store.addEvent('e9', 'after')).toBe(3);
  expect(texts(started(join(elsewhere, 'room.sqlite')))).toEqual(['1 one', '2 meanwhile', '3 after']);
});

test('stopped while the disk fails it tries no more, and what came meanwhile is tried once', () => {
  vi.useFakeTimers();
  const elsewhere = join(folder, 'away');
  const store = started(join(elsewhere, 'room.sqlite'));
  store.keep('a', '1');
  expect(vi.getTimerCount()).toBe(1);
  store.stop();
  expect(vi.getTimerCount()).toBe(0);
  const other = started(join(elsewhere, 'room.sqlite'));
  other.keep('a', '2');
  mkdirSync(elsewhere);
  other.stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(started(join(elsewhere, 'room.sqlite')).value('a')).toBe('2');
});

test('a damaged file is put aside, another begun, and it is told', () => {
  const store = started();
  for (let n = 0; n < 500; n += 1) store.addEvent(`e${n}`, 'x'.repeat(200));
  store.stop();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(8192, 0xaa), 0, 8192, 8192);
  closeSync(file);
  const next = started();
  expect(told).toEqual(['damaged true']);
  expect(texts(next)).toEqual([]);
  next.addEvent('n1', 'anew');
  expect(texts(started())).toEqual(['1 anew']);
  expect(readdirSync(folder).filter((name) => name.includes('damaged'))).not.toEqual([]);
});

test('a file that is no database at all is put aside too', () => {
  const file = openSync(path, 'w');
  writeSync(file, 'this is not SQLite. '.repeat(200));
  closeSync(file);
  const store = started();
  expect(told).toEqual(['damaged true']);
  store.keep('a', '1');
  expect(started().value('a')).toBe('1');
});

test('a file that breaks while we run loses nothing that is in memory', () => {
  vi.useFakeTimers();
  const store = started();
  // more than SQLite keeps in its cache
  for (let n = 0; n < 30; n += 1) store.addEvent(`e${n}`, 'x'.repeat(1_000_000));
  store.keepPairing(pairing('p1'));
  // what a dying disk gives back instead of our pages
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(8_000_000, 0xaa), 0, 8_000_000, 0);
  closeSync(file);
  truncateSync(`${path}-wal`, 0);
  store.removeEvents(['e0']);
  store.addEvent('last', 'last');
  vi.advanceTimersByTime(120_000);
  expect(told).toContain('damaged true');
  expect(store.state).toBe('working');
  const next = started();
  expect(next.eventCount).toBe(30);
  expect([...next.events()].at(-1)).toEqual({ sequence: 31, eventId: 'last', text: 'last' });
  expect(next.pairings).toEqual([pairing('p1')]);
  expect(next.addEvent('more', 'more')).toBe(32);
});

test('the database itself says what the disk does by one code', () => {
  const database = new RoomDatabase({ path: join(folder, 'nowhere', 'room.sqlite') });
  expect(() => database.open()).toThrow(expect.objectContaining({ code: 'storage-failed', kind: 'operational' }));
  expect(() => database.write([])).toThrow(expect.objectContaining({ code: 'storage-failed' }));
  const good = new RoomDatabase({ path });
  good.open();
  expect(() => good.write([{ sql: 'insert into nothing values (1)', parameters: [] }])).toThrow(
    expect.objectContaining({ code: 'storage-failed' }),
  );
  good.close();
});

test('a value is what its schema says, or nothing', () => {
  const store = started();
  const memory = keptValue(store, 'agenda', z.object({ bookingIds: z.array(z.string()) }));
  expect(memory.load()).toBeNull();
  memory.save({ bookingIds: ['b'] });
  expect(keptValue(started(), 'agenda', z.object({ bookingIds: z.array(z.string()) })).load()).toEqual({
    bookingIds: ['b'],
  });
  expect(keptValue(store, 'agenda', z.object({ other: z.string() })).load()).toBeNull();
  expect(keptValue(store, 'equipment', z.unknown()).load()).toBeNull();
  store.keep('odd', '{');
  expect(keptValue(store, 'odd', z.unknown()).load()).toBeNull();
  memory.save(null);
  expect(memory.load()).toBeNull();
});

test('an event of joining a call that an earlier release stored waits by the name that the fleet server knows', () => {
  started().stop();
  const file = new Database(path);
  // as the release before left it
  file.exec(
    `insert into room_event (sequence, event_id, event) values (1, 'e', '{"name":"call-entered"}'), (2, 'f', '{')`,
  );
  file.pragma('user_version = 1');
  file.close();
  expect(texts(started())).toEqual(['1 {"name":"call-joined"}', '2 {']);
});
