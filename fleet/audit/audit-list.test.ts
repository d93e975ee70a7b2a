/** The audit log as it is read: each entry once, filtered, with names; and as a file that no name can break. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditApi } from '#contract/http/audit-api.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { auditFile } from './audit-file.ts';
import { appendAudit, type AuditEntry, AuditList } from './index.ts';

let dataDir: string;
let store: AuthorityStore;
let list: AuditList;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-audit-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  list = new AuditList({ store });
  await store.write((trx) =>
    trx.insertInto('room').values({ roomId: 'r1', roomName: '=Maple, "3F"', placeId: null, createdAtMs: 1 }).execute(),
  );
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const append = (...entries: AuditEntry[]) =>
  store.write(async (trx) => {
    for (const entry of entries) await appendAudit(trx, entry);
  });
const page = (query: object) => list.page(auditApi.listAudit.query.parse(query));
const seqs = async (query: object) => (await page(query)).rows.map(({ seq }) => seq);
const signIn = (n: number): AuditEntry => ({ kind: 'signed-in', actor: `account:${n}`, subject: 'network:192.0.2.1' });

test('entries come newest first, each once, page by page, also while more are written', async () => {
  await append(...[1, 2, 3, 4, 5].map(signIn));
  const first = await page({ limit: 2 });
  expect(first).toMatchObject({ total: 5, counts: { all: 5 } });
  await append(signIn(6));
  const second = await page({ limit: 2, cursor: first.nextCursor! });
  const third = await page({ limit: 2, cursor: second.nextCursor! });
  expect([first, second, third].map(({ rows }) => rows.map(({ seq }) => seq))).toEqual([[5, 4], [3, 2], [1]]);
  expect(third.nextCursor).toBeNull();
});

test('an entry has the names of what it names; what has none stays a key', async () => {
  await append({ kind: 'room-renamed', actor: 'account:gone', subject: 'room:r1', details: { from: 'Oak' } });
  expect((await page({})).rows).toMatchObject([
    {
      actor: { key: 'account:gone', name: null },
      subject: { key: 'room:r1', name: '=Maple, "3F"' },
      details: { from: 'Oak' },
    },
  ]);
});

test('the filters narrow by kind, time, and a part of a name or key; what people type is no pattern', async () => {
  await append(signIn(1), { kind: 'room-renamed', actor: 'account:2', subject: 'room:r1' }, signIn(33));
  const [, renamed] = (await page({})).rows;
  expect(await seqs({ kind: 'signed-in' })).toEqual([3, 1]);
  expect(await seqs({ subject: 'MAPLE' })).toEqual([2]);
  expect(await seqs({ subject: '192.0.2' })).toEqual([3, 1]);
  expect(await seqs({ actor: 'account:3' })).toEqual([3]);
  expect(await seqs({ actor: '%' })).toEqual([]);
  expect(await seqs({ from: renamed!.atMs + 60_000 })).toEqual([]);
  expect(await seqs({ to: renamed!.atMs + 60_000, from: 0 })).toEqual([3, 2, 1]);
  expect((await page({ kind: 'signed-in' })).total).toBe(2);
});

test('the file has every entry that the filter leaves, and no cell is a formula', async () => {
  await append(...Array.from({ length: 2_001 }, (_, n) => signIn(n)));
  await append({ kind: 'room-renamed', actor: 'account:2', subject: 'room:r1', details: { from: 'Oak' } });
  let file = '';
  for await (const part of auditFile(list.parts({}))) file += part;
  const lines = file.split('\r\n');
  expect(lines).toHaveLength(2_001 + 1 + 2);
  expect(lines[0]).toBe('\uFEFFtime,kind,actor,actor name,subject,subject name,details');
  expect(lines[1]).toMatch(
    /^[\d-]+T[\d:.]+Z,room-renamed,account:2,,room:r1,"'=Maple, ""3F""","\{""from"":""Oak""\}"$/,
  );
  expect(new Set(lines.slice(2, -1)).size).toBeGreaterThan(1_999);
});
