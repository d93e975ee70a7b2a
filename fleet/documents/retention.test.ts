import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import type { DocumentRow } from './document-rows.ts';
import {
  CALL_RETURNS_WITHIN_MS,
  KEPT_UNUSED_MS,
  type MeetingOfDocuments,
  Retention,
  type RetentionDependencies,
  UNUSED_MS,
  whyDue,
} from './retention.ts';

const NOW_MS = 10_000_000_000;
const document = (changes: Partial<DocumentRow> = {}): DocumentRow => ({
  documentId: 'd',
  meetingId: 'm',
  uploader: 'u',
  title: 'plan.pdf',
  state: 'ready',
  sizeBytes: 10,
  receivedBytes: 10,
  heldBytes: 10,
  pageCount: 1,
  failure: null,
  createdAtMs: NOW_MS - 1_000,
  usedAtMs: NOW_MS - 1_000,
  ...changes,
});
const meeting = (changes: Partial<MeetingOfDocuments> = {}): MeetingOfDocuments => ({
  isOver: false,
  isKept: false,
  hasOpenCall: false,
  endedCall: null,
  tv: { documentId: null, bookings: [] },
  ...changes,
});
const ended = (endedAtMs: number, isByFleet = false) => ({ endedCall: { endedAtMs, isByFleet } });
const booked = (startMs: number, changes: object = {}) => ({
  tv: { documentId: 'd', bookings: [{ startMs, state: 'upcoming', isAllDay: false, ...changes } as const] },
});
const longUnused = { createdAtMs: 0, usedAtMs: NOW_MS - UNUSED_MS };

test.each([
  ['one that is looked at stays', {}, {}, null],
  ['with the room its meeting goes', {}, { isOver: true, hasOpenCall: true, isKept: true }, 'meeting-over'],
  ['in a call it stays, however long nobody fetches a page', longUnused, { hasOpenCall: true }, null],
  ['with the end of its call it goes', {}, ended(NOW_MS - 10), 'call-ended'],
  ['a call that ended before it was there is not its call', {}, ended(NOW_MS - 2_000), null],
  ['another call is open meanwhile', {}, { ...ended(NOW_MS - 10), hasOpenCall: true }, null],
  ['people may come back to a call whose node was started anew', {}, ended(NOW_MS - 10, true), null],
  [
    'but not for long',
    { createdAtMs: NOW_MS - CALL_RETURNS_WITHIN_MS - 5 },
    ended(NOW_MS - CALL_RETURNS_WITHIN_MS, true),
    'call-ended',
  ],
  ['kept by policy', {}, { ...ended(NOW_MS - 10), isKept: true }, null],
  ['kept, until nobody has looked for long', { usedAtMs: NOW_MS - KEPT_UNUSED_MS }, { isKept: true }, 'unused'],
  ['an hour without use', longUnused, {}, 'unused'],
  ['less than an hour', { createdAtMs: 0, usedAtMs: NOW_MS - UNUSED_MS + 1 }, {}, null],
  ['the idle TV shows it', longUnused, { tv: { documentId: 'd', bookings: [] } }, null],
  ['the idle TV shows another', longUnused, { tv: { documentId: 'e', bookings: [] } }, 'unused'],
  ['a booking has begun since', {}, booked(NOW_MS - 10), 'booking-started'],
  ['a booking begins later', {}, booked(NOW_MS + 10), null],
  ['a booking had begun before', {}, booked(NOW_MS - 2_000), null],
  ['a booking that was released', {}, booked(NOW_MS - 10, { state: 'released' }), null],
  ['a booking of the whole day', {}, booked(NOW_MS - 10, { isAllDay: true }), null],
  ['an upload that brings nothing', { state: 'uploading', ...longUnused }, { hasOpenCall: true }, 'upload-abandoned'],
] as const)('%s', (_, of, at, reason) => {
  expect(whyDue(document(of), meeting(at as Partial<MeetingOfDocuments>), NOW_MS)).toBe(reason);
});

let dataDir: string;
let store: AuthorityStore;
const meetingId = newId();
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-retention-'));
  const onFatal = (error: Error) => {
    throw error;
  };
  store = authorityStore({ dataDir, onFatal });
  await store.start();
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
async function insert(documents: readonly DocumentRow[]): Promise<void> {
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 }).execute();
    for (const each of documents) await trx.insertInto('document').values(each).execute();
  });
}
const retention = (documents: RetentionDependencies['documents'], settledNowMs: () => Promise<number>): Retention =>
  new Retention({
    ...{ store, documents, clock: { settledNowMs } },
    meetings: { onChanged: () => {} },
    tvOf: () => ({ documentId: null, bookings: [] }),
    logger: pino({ enabled: false }),
  });

test('a document that cannot be deleted keeps no other from it', async () => {
  const due = [newId(), newId()];
  await insert(due.map((documentId) => document({ documentId, meetingId, usedAtMs: 0 })));
  const asked: string[] = [];
  const remove = async ({ documentId }: DocumentRow): Promise<never> => {
    asked.push(documentId);
    throw new Error('of the disk');
  };
  retention({ remove, removeOrphans: async () => {} }, async () => NOW_MS).look();
  await expect.poll(() => asked.toSorted()).toEqual(due.toSorted());
});

test('a clock that is set years ahead deletes nothing: times are read after they have moved', async () => {
  const documentId = newId();
  await insert([document({ documentId, meetingId })]);
  const yearsMs = 3 * 365 * 24 * 3_600_000;
  const removed: string[] = [];
  let looks = 0;
  const under = retention(
    { remove: async (row) => void removed.push(row.documentId), removeOrphans: async () => {} },
    async () => {
      looks += 1;
      if (looks === 1)
        await store.write((trx) =>
          trx
            .updateTable('document')
            .set((eb) => ({ createdAtMs: eb('createdAtMs', '+', yearsMs), usedAtMs: eb('usedAtMs', '+', yearsMs) }))
            .execute(),
        );
      // the second look has an old time, so that it is seen that it came
      return looks === 1 ? NOW_MS + yearsMs : NOW_MS + yearsMs + UNUSED_MS;
    },
  );
  under.look();
  await expect.poll(() => looks).toBe(1);
  under.look();
  await expect.poll(() => removed).toEqual([documentId]);
  expect(looks).toBe(2);
});
