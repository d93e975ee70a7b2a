import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { appendAudit, type AuditVerdict } from './audit-log.ts';
import { AUDIT_HEAD_FILE, AuditWatch } from './audit-watch.ts';

let dataDir: string;
let store: AuthorityStore;
let watch: AuditWatch | null = null;
const onVerdict = vi.fn<(verdict: AuditVerdict) => Promise<void>>(async () => {});
const logger = { info: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-audit-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  onVerdict.mockClear();
  logger.error.mockClear();
});
afterEach(async () => {
  await watch?.stop();
  watch = null;
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const append = (count: number): Promise<void> =>
  store.write(async (trx) => {
    for (let n = 0; n < count; n += 1)
      await appendAudit(trx, { kind: 'signed-in', actor: `account:${n}`, subject: `account:${n}` });
  });
/** As somebody with the file would, with the server away. */
function behindOurBack(sql: string): void {
  const database = new SqliteDatabase(join(dataDir, 'authority.sqlite'));
  database.exec(sql);
  database.close();
}
async function looked(anchoredEachMs?: number): Promise<AuditVerdict> {
  await watch?.stop();
  watch = new AuditWatch({ store, dataDir, logger, onVerdict, ...(anchoredEachMs && { anchoredEachMs }) });
  const before = onVerdict.mock.calls.length;
  watch.start();
  await vi.waitFor(() => expect(onVerdict.mock.calls.length).toBeGreaterThan(before));
  return onVerdict.mock.calls.at(-1)![0];
}

test('a log that nobody touched is whole, from its first entry on', async () => {
  expect(await looked()).toEqual({ intact: true, entries: 0 });
  await append(3);
  expect(await looked()).toEqual({ intact: true, entries: 3 });
  expect(await looked()).toEqual({ intact: true, entries: 3 });
});

test('a changed entry shows', async () => {
  await append(5);
  behindOurBack("update audit set actor = 'account:nobody' where seq = 2");
  expect(await looked()).toEqual({ intact: false, firstBrokenSeq: 2 });
  expect(logger.error).toHaveBeenCalledTimes(1);
});

test('a tail that was cut off shows, and goes on showing when others were appended', async () => {
  await append(5);
  await looked();
  behindOurBack('delete from audit where seq > 3');
  expect(await looked()).toEqual({ intact: false, firstBrokenSeq: 4 });
  await append(4);
  expect(await looked()).toEqual({ intact: false, firstBrokenSeq: 5 });
});

test('what was appended since the last look is anchored within a minute, and at the end', async () => {
  const anchored = () => JSON.parse(readFileSync(join(dataDir, AUDIT_HEAD_FILE), 'utf8')).seq as number;
  await append(1);
  await looked(20);
  await append(2);
  await vi.waitFor(() => expect(anchored()).toBe(3));
  await looked();
  await append(1);
  await watch!.stop();
  expect(anchored()).toBe(4);
});
