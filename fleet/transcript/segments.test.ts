/** What nodes report of what was spoken, in any order and more than once, on a real store; and what is deleted of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SPOKEN_AT_ONCE } from '#contract/http/transcript-api.ts';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import {
  deleteSegment,
  deleteTranscript,
  recordTranscriptEvent,
  segmentsBefore,
  spokenIn,
  transcriptRevisionsOf,
} from './segments.ts';

let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
let callId: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-transcript-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [meetingId, callId] = [newId(), newId()];
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 1, roomId: null }).execute(),
  );
  await call(callId);
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function call(id: string): Promise<void> {
  const times = { createdAtMs: 1, openedAtMs: 1, endedAtMs: 2, endReason: null, callOrder: null };
  const row = { callId: id, meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'ended' as const, participantCount: 0 };
  await store.write((trx) =>
    trx
      .insertInto('call')
      .values({ ...row, ...times })
      .execute(),
  );
}
const of = (
  text: string,
  more: { segmentId?: string; fromMs?: number; callId?: string; displayName?: string } = {},
) => {
  const { segmentId = newId(), fromMs = 100, displayName = 'Mina' } = more;
  return {
    name: 'transcript-segment' as const,
    ...{ eventId: newId(), callId: more.callId ?? callId, meetingId, atMs: 5, person: 'account:mina' },
    segment: { segmentId, peerId: newId(), displayName, text, fromMs, untilMs: fromMs + 50 },
  };
};
const record = (event: ReturnType<typeof of>) => store.write((trx) => recordTranscriptEvent(trx, event, 0));
const all = async (beforeNumber: number | null = null, text: string | null = null) =>
  segmentsBefore(store.read, meetingId, { beforeNumber, text });
const texts = async (beforeNumber?: number, text?: string) =>
  (await all(beforeNumber, text)).rows.map((row) => row.text);
const revision = async () => (await transcriptRevisionsOf(store.read, [meetingId])).get(meetingId);

test('a segment counts once, and what was spoken first is read first', async () => {
  const late = of('Second', { fromMs: 200 });
  expect(await record(late)).toBe(true);
  await record(of('First', { fromMs: 100 }));
  expect(await record({ ...of('Changed'), segment: { ...late.segment, text: 'Changed' } })).toBe(false);
  expect(await texts()).toEqual(['First', 'Second']);
  expect(await revision()).toBe(2);
  // the ids of one call are not those of another
  const other = newId();
  await call(other);
  await record(of('Elsewhere', { segmentId: late.segment.segmentId, callId: other, fromMs: 300 }));
  expect(await texts()).toEqual(['First', 'Second', 'Elsewhere']);
  expect((await spokenIn(store.read, { meetingId, callId: other })).map(({ text }) => text)).toEqual(['Elsewhere']);
});

test('what was deleted is gone for good, also when its event comes again', async () => {
  const wrong = of('The price is forty');
  await record(wrong);
  await record(of('Good'));
  const { segmentId } = wrong.segment;
  expect(await store.write((trx) => deleteSegment(trx, { meetingId: newId(), callId, segmentId }, 'a'))).toBe(false);
  const remove = () => store.write((trx) => deleteSegment(trx, { meetingId, callId, segmentId }, 'account:mina'));
  expect(await remove()).toBe(true);
  expect(await remove()).toBe(false);
  await record(wrong);
  expect(await texts()).toEqual(['Good']);
  expect(await revision()).toBe(3);
  const row = await store.read.selectFrom('transcript').selectAll().where('segmentId', '=', segmentId).execute();
  expect(row).toMatchObject([{ text: '', displayName: '', person: null }]);
  const audit = await store.read.selectFrom('audit').selectAll().execute();
  expect(audit.map(({ kind }) => kind)).toEqual(['transcript-deleted']);
  expect(JSON.stringify(audit)).not.toContain('forty');
  await store.write((trx) => deleteTranscript(trx, meetingId, null));
  expect(await revision()).toBeUndefined();
});

test('pages and search', async () => {
  for (let n = 0; n < SPOKEN_AT_ONCE + 20; n++) await record(of(`No ${n}`, { fromMs: n }));
  const newest = await all();
  expect([newest.rows.length, newest.rows[0]!.number, newest.hasOlder]).toEqual([SPOKEN_AT_ONCE, 20, true]);
  const older = await all(20);
  expect([older.rows.length, older.hasOlder]).toEqual([20, false]);
  await record(of('100% sure_'));
  expect(await texts(undefined, '100% s')).toEqual(['100% sure_']);
  expect(await texts(undefined, '100_')).toEqual([]);
  await record(of('회의실 예약'.normalize('NFD')));
  expect(await texts(undefined, '예약')).toEqual(['회의실 예약']);
});

test('a node that lies is bounded', async () => {
  const { length } = '가'.repeat(50_000);
  await record(of('가'.repeat(length), { displayName: 'x'.repeat(5_000) }));
  expect(await record(of('\u200b\u0000 '))).toBe(false);
  const [row] = (await all()).rows;
  expect(row!.text.length).toBeLessThanOrEqual(MAX_SEGMENT_LETTERS);
  expect(row!.displayName.length).toBeLessThanOrEqual(80);
  const backwards = of('Backwards', { fromMs: 900 });
  await record({ ...backwards, segment: { ...backwards.segment, untilMs: 1 } });
  expect((await all()).rows.at(-1)).toMatchObject({ fromMs: 900, untilMs: 900 });
});

test('who turned it on stands in the audit log, without words', async () => {
  const turned = { name: 'transcript-turned' as const, eventId: newId(), callId, meetingId, atMs: 5 };
  const byPeerId = newId();
  await store.write((trx) => recordTranscriptEvent(trx, { ...turned, isOn: true, byPeerId }, 0));
  const [entry] = await store.read.selectFrom('audit').selectAll().execute();
  expect(entry).toMatchObject({
    kind: 'transcript-turned',
    actor: `peer:${byPeerId}`,
    subject: `meeting:${meetingId}`,
    details: JSON.stringify({ callId, turned: 'on' }),
  });
});

test('that nobody turned it off, but rules or the end of the call, stands in the audit log too', async () => {
  for (const because of ['not-possible', 'call-ended'] as const) {
    const stopped = { name: 'transcript-stopped' as const, eventId: newId(), callId, meetingId, atMs: 5, because };
    await store.write((trx) => recordTranscriptEvent(trx, stopped, 0));
  }
  expect(await store.read.selectFrom('audit').select(['kind', 'actor', 'details']).execute()).toEqual([
    {
      kind: 'transcript-turned',
      actor: 'fleet',
      details: JSON.stringify({ callId, turned: 'off', because: 'not-possible' }),
    },
    {
      kind: 'transcript-turned',
      actor: 'fleet',
      details: JSON.stringify({ callId, turned: 'off', because: 'call-ended' }),
    },
  ]);
});
