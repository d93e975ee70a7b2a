import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { appendAudit, RefusalRecord, verifyAudit } from './index.ts';

let dataDir: string;
let store: AuthorityStore;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-audit-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  for (let i = 1; i <= 5; i += 1)
    await store.write((trx) => appendAudit(trx, { kind: 'signed-in', actor: `account:${i}`, subject: 'session' }));
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

test('an untouched log is intact', async () => {
  expect(await verifyAudit(store)).toEqual({ intact: true, entries: 5 });
});

test('entries of one commit are chained too', async () => {
  await Promise.all(
    [6, 7, 8].map((i) =>
      store.write((trx) => appendAudit(trx, { kind: 'signed-out', actor: `account:${i}`, subject: 'session' })),
    ),
  );
  expect(await verifyAudit(store)).toEqual({ intact: true, entries: 8 });
});

test('a changed entry shows', async () => {
  await store.write((trx) => trx.updateTable('audit').set({ actor: 'account:9' }).where('seq', '=', 3).execute());
  expect(await verifyAudit(store)).toEqual({ intact: false, firstBrokenSeq: 3 });
});

test('a missing entry shows', async () => {
  await store.write((trx) => trx.deleteFrom('audit').where('seq', '=', 2).execute());
  expect(await verifyAudit(store)).toEqual({ intact: false, firstBrokenSeq: 2 });
});

test('a flood of refusals is one entry a minute for each who is refused', async () => {
  const refusals = new RefusalRecord({ store });
  const refusal = { identity: null, network: '192.0.2.1', code: 'forbidden', reason: 'x'.repeat(1000) };
  for (let atMs = 0; atMs < 60_000; atMs += 100) await refusals.record(refusal, atMs);
  await refusals.record({ ...refusal, network: '192.0.2.2' }, 0);
  expect(await verifyAudit(store)).toEqual({ intact: true, entries: 7 });
  await refusals.record(refusal, 60_000);
  expect(await verifyAudit(store)).toEqual({ intact: true, entries: 8 });
});
