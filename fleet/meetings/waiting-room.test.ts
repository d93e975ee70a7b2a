/** Who is listed as waiting while a page comes and goes, or a write fails: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { meetingKnownIn, personKnownIn } from './admission-facts.ts';
import { LEASE_MS } from './ticket-leases.ts';
import type { NewKnock } from './tickets.ts';
import { type TicketView, WaitingRoom } from './waiting-room.ts';

let dataDir: string;
let store: AuthorityStore;
let room: WaitingRoom;
let meetingId: string;
let failed: unknown[];
let nowMs: number;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-waiting-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [failed, nowMs] = [[], 0];
  room = new WaitingRoom({ store, onFailed: (error) => failed.push(error), nowMs: () => nowMs });
  await room.start();
  meetingId = newId();
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
});
afterEach(async () => {
  room.stop();
  vi.restoreAllMocks();
  await room.looked();
  await store.stop();
  rmSync(dataDir, { recursive: true });
  expect(failed).toEqual([]);
});

const knockOf = (person: string, accountId: string | null = null): NewKnock => ({
  meetingId,
  person,
  inviteId: null,
  accountId,
  displayName: person,
  organisation: null,
  network: '192.0.2.1',
});
const knock = (person: string, accountId: string | null = null) =>
  room.knock(knockOf(person, accountId), async (trx) => {
    const meeting = (await meetingKnownIn(trx, meetingId))!;
    return { meeting, ...(await personKnownIn(trx, meeting, { ...knockOf(person, accountId), roomId: null })) };
  });
async function ticketOf(person: string): Promise<string> {
  const kept = await knock(person);
  return (await room.verify(kept!.secret)).ticketId;
}
const listed = async () => (await room.listOf(meetingId)).waiting.map(({ displayName }) => displayName);
/** Its first view is there. @returns ends it */
async function follow(ticketId: string): Promise<() => void> {
  const views: TicketView[] = [];
  const end = room.follow(ticketId, (view) => views.push(view));
  await vi.waitFor(() => expect(views.length).toBeGreaterThan(0));
  await room.looked();
  return end;
}
it('lists nobody whose knock was not written', async () => {
  const changed = vi.fn();
  room.onChanged(changed);
  const write = store.write.bind(store) as AuthorityStore['write'];
  vi.spyOn(store, 'write').mockImplementationOnce((work) =>
    write(async (trx) => {
      await work(trx);
      throw new Error('disk full');
    }),
  );
  await expect(knock('Ana')).rejects.toThrow('disk full');
  expect([room.meetingIds, changed.mock.calls]).toEqual([[], []]);
  await knock('Ana');
  expect(await listed()).toEqual(['Ana']);
});

it('lists no longer than a minute whose page goes while its first view is read, and sends it none', async () => {
  const ticketId = await ticketOf('Ana');
  const views: TicketView[] = [];
  room.follow(ticketId, (view) => views.push(view))();
  // read after it
  const endOther = await follow(await ticketOf('Ben'));
  expect(views).toEqual([]);
  nowMs += LEASE_MS;
  room.tick();
  expect(await listed()).toEqual(['Ben']);
  endOther();
});

it.each<[string, (ticketId: string) => Promise<void>]>([
  ['goes', (ticketId) => room.leave({ ticketId, meetingId })],
  ['is declined', (ticketId) => room.decide([meetingId], { name: 'decline', ticketId }, 'account:host')],
  ['is let in', () => room.decide([meetingId], { name: 'admit-all' }, 'account:host')],
])('lists who %s until that is written', async (_, act) => {
  const ticketId = await ticketOf('Ana');
  vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk full'));
  await expect(act(ticketId)).rejects.toThrow('disk full');
  await room.looked();
  expect(await listed()).toEqual(['Ana']);
  await act(ticketId);
  await room.looked();
  expect([await listed(), room.meetingIds]).toEqual([[], []]);
});

it('names whom the meeting knows as known, also one who comes while the list is read', async () => {
  await store.write((trx) =>
    trx
      .insertInto('account')
      .values({
        accountId: 'ana',
        issuer: 'local',
        subject: 'ana',
        userName: 'ana',
        displayName: 'Ana',
        createdAtMs: 1,
      })
      .execute(),
  );
  await knock('Ben');
  const write = store.write.bind(store) as AuthorityStore['write'];
  const [written, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  vi.spyOn(store, 'write').mockImplementationOnce(async (work) => {
    const result = await write(work);
    written.resolve();
    await goesOn.promise;
    return result;
  });
  const knocked = knock('Ana', 'ana');
  await written.promise;
  // her row is there, and her page is known once the list's rows are read
  const read = store.read.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (result.rows.some((row) => 'ticketHash' in row)) {
        goesOn.resolve();
        await knocked;
      }
      return result;
    },
  });
  vi.spyOn(store, 'read', 'get').mockReturnValue(read);
  const { waiting } = await room.listOf(meetingId);
  expect(waiting.map(({ displayName, isKnown }) => [displayName, isKnown])).toEqual([
    ['Ben', false],
    ['Ana', true],
  ]);
});
