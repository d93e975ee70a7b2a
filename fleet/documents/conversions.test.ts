import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ConversionEvent, pageFileName } from '#contract/converter-link.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import type { ProcessStatus } from '#edge/process-link.ts';
import { Conversions } from './conversions.ts';
import { DocumentFiles } from './document-files.ts';
import { insertDocument } from './document-rows.ts';

const QUOTA_BYTES = 10_000;
const PATIENCE_MS = 60_000;
const meetingId = newId();
let dataDir: string;
let store: AuthorityStore;
let files: DocumentFiles;
let conversions: Conversions;
let handlers: { onEvent: (event: ConversionEvent) => void; onStatus: (status: ProcessStatus) => void };
const cancelled: string[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  cancelled.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), 'maru-conversions-'));
  const onFatal = (error: Error) => {
    throw error;
  };
  store = authorityStore({ dataDir, onFatal });
  await store.start();
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
  files = new DocumentFiles({ dataDir });
  await files.start();
  conversions = new Conversions({
    store,
    files,
    newConverter: (given) => {
      handlers = given;
      return { start() {}, stop() {}, convert() {}, cancel: (documentId) => cancelled.push(documentId), prepare() {} };
    },
    onChanged: () => {},
    onCounted: () => {},
    quotaBytes: QUOTA_BYTES,
    logger: pino({ enabled: false }),
  });
  await conversions.start();
});
afterEach(async () => {
  conversions.stop();
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function begun(sizeBytes = 1_000): Promise<string> {
  const documentId = newId();
  const announced = { documentId, meetingId, uploader: 'u', fileName: 'plan.pdf', sizeBytes };
  const row = await store.write((trx) => insertDocument(trx, announced, QUOTA_BYTES));
  await files.create(documentId);
  const waiting = store.write((trx) =>
    trx.updateTable('document').set({ state: 'waiting' }).where('documentId', '=', documentId).execute(),
  );
  await waiting;
  await conversions.begin(row);
  return documentId;
}
function makePage(documentId: string, page: number, sizeBytes: number): void {
  writeFileSync(join(files.pagesOf(documentId), pageFileName(page, 'tv')), Buffer.alloc(sizeBytes));
  handlers.onEvent({ name: 'page', documentId, page, size: 'tv' });
}
async function stateOf(documentId: string): Promise<string | null> {
  const row = store.read.selectFrom('document').select(['state', 'failure']).where('documentId', '=', documentId);
  const { state, failure } = await row.executeTakeFirstOrThrow();
  return failure === null ? state : `${state}: ${failure}`;
}

test('pages count: what grows beyond the quota is stopped, and its room is free again', async () => {
  const [small, large] = [await begun(), await begun()];
  makePage(small, 1, 3_000);
  makePage(small, 1, 3_000);
  makePage(large, 1, 4_000);
  await vi.waitFor(async () => expect(await stateOf(large)).toBe('converting'));
  expect(await stateOf(small)).toBe('converting');
  makePage(large, 2, 4_500);
  await vi.waitFor(async () => expect(await stateOf(large)).toBe('failed: quota-exceeded'));
  await vi.waitFor(() => expect(existsSync(files.pagesOf(large))).toBe(false));
  const larger = await begun();
  makePage(larger, 1, 8_500);
  await vi.waitFor(() => expect(existsSync(files.pagesOf(larger))).toBe(false));
  await conversions.cancel(larger);
  expect(await stateOf(larger)).toBe('failed: quota-exceeded');
  expect(await stateOf(small)).toBe('converting');
  expect(cancelled).toEqual([large, larger, larger]);
});

test('a converter that stays away fails what waits for it, and nothing new is announced until it is there', async () => {
  const documentId = await begun();
  expect(conversions.whyUnavailable).toBeNull();
  handlers.onStatus({ is: 'there' });
  handlers.onStatus({ is: 'away' });
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  expect(conversions.whyUnavailable).toBeNull();
  expect(await stateOf(documentId)).toBe('waiting');
  vi.advanceTimersByTime(1);
  expect(conversions.whyUnavailable).toMatch(/does not answer/);
  await vi.waitFor(async () => expect(await stateOf(documentId)).toBe('failed: converter-unavailable'));
  expect(cancelled).toEqual([documentId]);
  handlers.onStatus({ is: 'there' });
  expect(conversions.whyUnavailable).toBeNull();
});

test('a converter that is back in time fails nothing', async () => {
  const documentId = await begun();
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  handlers.onStatus({ is: 'there' });
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(conversions.whyUnavailable).toBeNull();
  expect(await stateOf(documentId)).toBe('waiting');
});

test('why this machine converts nothing is known from the converter', () => {
  handlers.onStatus({ is: 'unavailable', reason: 'bwrap is missing' });
  expect(conversions.whyUnavailable).toBe('bwrap is missing');
});
