/** When a staff page is read again and sent: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomAvailability, StaffHome } from '#contract/http/meetings-api.ts';
import type { Booking } from '#contract/room-agenda.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { StaffHomes } from './staff-home.ts';

const NOW_MS = new Date(2030, 0, 15, 12).getTime();
const MINUTE_MS = 60_000;
let dataDir: string;
let store: AuthorityStore;
let homes: StaffHomes;
let bookings: Booking[];
let handlers: ((meetingId: string) => void)[];
let spokenHandlers: ((meetingId: string) => void)[];
let readHandlers: ((meetingId: string) => void)[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-pages-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  await store.write(async (trx) => {
    await trx.insertInto('room').values({ roomId: 'a', roomName: 'A', createdAtMs: 1, placeId: null }).execute();
    for (const hostAccountId of ['mina', 'joon']) {
      const account = { accountId: hostAccountId, issuer: 'local', subject: hostAccountId, userName: hostAccountId };
      await trx
        .insertInto('account')
        .values({ ...account, displayName: hostAccountId, createdAtMs: 1 })
        .execute();
      await trx
        .insertInto('meeting')
        .values({ meetingId: `of-${hostAccountId}`, roomId: null, title: 'M', createdAtMs: 1, hostAccountId })
        .execute();
    }
  });
  [bookings, handlers, spokenHandlers, readHandlers] = [[], [], [], []];
  // the store has clocks of its own
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: NOW_MS });
  homes = new StaffHomes({
    store,
    meetings: {
      onChanged: (handler: (meetingId: string) => void) => handlers.push(handler),
      onChatChanged: (handler: (meetingId: string) => void) => handlers.push(handler),
      onSpoken: (handler: (meetingId: string) => void) => spokenHandlers.push(handler),
      onChatRead: (handler: (meetingId: string) => void) => readHandlers.push(handler),
      waitingRoom: { onChanged: () => {}, listOf: async () => ({ count: 0 }) },
    } as never,
    reports: { bookingsOf: () => bookings, isInCall: () => false },
    logger: pino({ level: 'silent' }),
    spokenGatherMs: 100,
    readGatherMs: 50,
  });
  homes.start();
});
afterEach(async () => {
  homes.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function pageOf(accountId: string) {
  const wake = vi.fn();
  const feed = homes.open({ accountId, placeId: null, reach: 'organisation' })(wake);
  await until(() => wake.mock.calls.length > 0);
  return { ...feed, wake };
}
type Page = Awaited<ReturnType<typeof pageOf>>;
const roomIn = (page: Page) => page.take().map(({ data }) => (data as StaffHome).rooms[0]);
/** what vitest waits by moves the clock that is by hand */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await sleep(2);
}
async function shows(page: Page, room: Partial<RoomAvailability>): Promise<void> {
  let shown: ReturnType<typeof roomIn> = [];
  await until(() => {
    shown = roomIn(page);
    return shown.length > 0;
  });
  expect(shown).toMatchObject([room]);
}
const booking = (startMs: number, endMs: number): Booking =>
  ({ bookingId: 'x', startMs, endMs, isAllDay: false, state: 'upcoming' }) as Booking;

test('a room that a booking takes as time passes is shown busy within five seconds, without an event', async () => {
  const page = await pageOf('mina');
  bookings = [booking(NOW_MS + 1_000, NOW_MS + MINUTE_MS)];
  await shows(page, { isFree: true, untilMs: null });
  homes.roomChanged('a');
  await shows(page, { isFree: true, untilMs: NOW_MS + 1_000 });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(roomIn(page)).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await shows(page, { isFree: false, untilMs: NOW_MS + MINUTE_MS });
  page.close();
});

test('while nobody looks, the clock judges no room', async () => {
  const bookingsOf = vi.fn(() => []);
  homes.stop();
  homes = new StaffHomes({
    store,
    meetings: {
      onChanged: () => {},
      onChatChanged: () => {},
      onSpoken: () => {},
      onChatRead: () => {},
      waitingRoom: { onChanged: () => {} },
    } as never,
    reports: { bookingsOf, isInCall: () => false },
    logger: pino({ level: 'silent' }),
  });
  homes.start();
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(bookingsOf).not.toHaveBeenCalled();
});

test('a page is read again where a meeting of its own changes, and left alone where one of others does', async () => {
  const [mina, joon] = [await pageOf('mina'), await pageOf('joon')];
  for (const { wake } of [mina, joon]) wake.mockClear();
  // pages are read in the order in which they were opened
  for (const handler of handlers) handler('of-joon');
  await until(() => joon.wake.mock.calls.length > 0);
  expect(mina.wake).not.toHaveBeenCalled();
  for (const handler of handlers) handler('of-mina');
  await until(() => mina.wake.mock.calls.length > 0);
  for (const { wake } of [mina, joon]) expect(wake).toHaveBeenCalledOnce();
  for (const { close } of [mina, joon]) close();
});

test('who was mentioned sees it until it is read, and is here while a page is open and a while after', async () => {
  const page = await pageOf('joon');
  await shows(page, { isFree: true });
  const post = {
    meetingId: 'of-joon',
    messageId: 'post',
    number: 0,
    revision: 1,
    person: 'account:mina',
    isGuest: 0 as const,
  };
  await store.write(async (trx) => {
    await trx
      .insertInto('chatPost')
      .values({ ...post, displayName: 'Mina', text: 'Words', atMs: 1, mentioned: '[]' })
      .execute();
    await trx
      .insertInto('chatMention')
      .values({ meetingId: 'of-joon', messageId: 'post', accountId: 'joon', number: 0, atMs: 1 })
      .execute();
  });
  const mentions = async (): Promise<unknown> => {
    for (const handler of handlers) handler('of-joon');
    let taken: ReturnType<Page['take']> = [];
    await until(() => {
      taken = page.take();
      return taken.length > 0;
    });
    return (taken[0]!.data as StaffHome).mentions;
  };
  expect(await mentions()).toEqual([{ meetingId: 'of-joon', title: 'M', names: ['Mina'], count: 1 }]);
  await store.write((trx) => trx.deleteFrom('chatMention').execute());
  expect(await mentions()).toEqual([]);
  expect([homes.isHere('joon', MINUTE_MS), homes.isHere('mina', MINUTE_MS)]).toEqual([true, false]);
  page.close();
  await vi.advanceTimersByTimeAsync(MINUTE_MS - 1);
  expect(homes.isHere('joon', MINUTE_MS)).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(homes.isHere('joon', MINUTE_MS)).toBe(false);
});

test('the language of the page is kept with its account', async () => {
  const languageOf = async (accountId: string) =>
    (await store.read.selectFrom('account').select('language').where('accountId', '=', accountId).execute())[0]!
      .language;
  expect(await languageOf('mina')).toBeNull();
  for (const language of ['ko', 'en'] as const) {
    const wake = vi.fn();
    const feed = homes.open({ accountId: 'mina', placeId: null, reach: 'organisation', language })(wake);
    await until(() => wake.mock.calls.length > 0);
    feed.close();
    await vi.waitFor(async () => expect(await languageOf('mina')).toBe(language), 2_000);
  }
});

test('a disk that does not write keeps nobody from their page', async () => {
  const writing = vi.spyOn(store, 'write').mockReturnValue(new Promise(() => {}));
  const wake = vi.fn();
  const feed = homes.open({ accountId: 'mina', placeId: null, reach: 'organisation', language: 'ko' })(wake);
  await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 2_000);
  expect(feed.take()).toHaveLength(1);
  feed.close();
  writing.mockRestore();
});

test('a clock that is set back keeps nobody here who has left', async () => {
  const page = await pageOf('joon');
  page.close();
  expect(homes.isHere('joon', MINUTE_MS)).toBe(true);
  vi.setSystemTime(NOW_MS - 86_400_000);
  expect(homes.isHere('joon', MINUTE_MS)).toBe(false);
});

test('many sentences bring the people of the meeting one change, of a number, and read nobody’s page again', async () => {
  const [mina, joon] = [await pageOf('mina'), await pageOf('joon')];
  for (const page of [mina, joon]) {
    page.take();
    page.wake.mockClear();
  }
  const sentence = { callId: 'c', meetingId: 'of-mina', person: null, displayName: 'Mina', text: 'Words' };
  await store.write(async (trx) => {
    const call = { callId: 'c', meetingId: 'of-mina', nodeId: 'n', nodeInstanceId: 'i', state: 'open' as const };
    await trx
      .insertInto('call')
      .values({ ...call, participantCount: 1, createdAtMs: 1 })
      .execute();
    for (let number = 0; number < 20; number += 1)
      await trx
        .insertInto('transcript')
        .values({ ...sentence, segmentId: `s${number}`, number, revision: number + 1, fromMs: 1, untilMs: 2 })
        .execute();
  });
  const reading = vi.spyOn(store.read, 'selectFrom');
  for (let number = 0; number < 20; number += 1) for (const handler of spokenHandlers) handler('of-mina');
  await until(() => mina.wake.mock.calls.length > 0);
  expect(mina.take().map(({ data }) => (data as StaffHome).meetings[0]!.transcriptRevision)).toEqual([20]);
  expect(mina.wake).toHaveBeenCalledOnce();
  expect(reading.mock.calls.map(([table]) => String(table))).toEqual(['transcript']);
  expect(joon.wake).not.toHaveBeenCalled();
  reading.mockRestore();
  for (const { close } of [mina, joon]) close();
});

test('marks of readers come to pages of who wrote, many as one, and stay when the page is read again', async () => {
  await store.write((trx) =>
    trx
      .insertInto('chatPost')
      .values({
        ...{ meetingId: 'of-mina', messageId: 'post', number: 0, revision: 1, person: 'account:mina', isGuest: 0 },
        ...{ displayName: 'Mina', text: 'Words', atMs: 1, mentioned: '[]' },
      })
      .execute(),
  );
  const [mina, joon] = [await pageOf('mina'), await pageOf('joon')];
  const revisionOf = (page: Page) =>
    page.take().map(({ data }) => (data as StaffHome).meetings.map(({ chatReadRevision }) => chatReadRevision));
  expect(revisionOf(mina)).toEqual([[undefined]]);
  for (const { wake } of [mina, joon]) wake.mockClear();
  for (const handler of readHandlers)
    for (const meetingId of ['of-joon', 'of-mina', 'of-mina', 'of-mina']) handler(meetingId);
  await until(() => mina.wake.mock.calls.length > 0);
  expect(revisionOf(mina)).toEqual([[1]]);
  expect(mina.wake).toHaveBeenCalledOnce();
  expect(joon.wake).not.toHaveBeenCalled();
  for (const handler of handlers) handler('of-mina');
  await until(() => mina.wake.mock.calls.length > 1);
  expect(revisionOf(mina)).toEqual([]);
  for (const { close } of [mina, joon]) close();
});
