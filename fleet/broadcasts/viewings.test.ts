import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { Viewings } from './viewings.ts';

let dataDir: string;
let store: AuthorityStore;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-viewings-'));
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

test('what ends while a look runs is revoked by the look that was asked for then', async () => {
  const [viewingId, sessionId] = [newId(), newId()];
  const revoked: string[] = [];
  const open = new Set([sessionId]);
  const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: reading, resolve: reads } = Promise.withResolvers<void>();
  const viewings = new Viewings({
    store,
    keys: { sign: async () => '' },
    revoke: (ids) => revoked.push(...ids),
    watcherOf: async () => null,
    placePathOf: () => [],
    placePathOfRoom: () => [],
    openSessions: async () => {
      const read = new Set(open);
      reads();
      await wait;
      return read;
    },
    logger: pino({ level: 'silent' }),
  });
  const row = { viewingId, sessionId, accountId: null, roomId: null, broadcastIds: '[]', revokedAtMs: null };
  await store.write((trx) =>
    trx
      .insertInto('viewing')
      .values({ ...row, expiresAtMs: Date.now() + 60_000 })
      .execute(),
  );
  const first = viewings.look();
  await reading;
  open.clear();
  const second = viewings.look();
  goOn();
  await first;
  await second;
  expect(revoked).toEqual([viewingId]);
});
