/** Until when a link is good, to the second: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { Invites } from './invites.ts';
import { SigningKeys } from './signing-keys.ts';

const NOW_MS = 1_800_000_000_000;
const meetingId = newId();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let dataDir: string;
let store: AuthorityStore;
let invites: Invites;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-invites-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  const keys = new SigningKeys({ directory: join(dataDir, 'keys') });
  await Promise.all([store.start(), keys.start({ isInUse: false })]);
  invites = new Invites({ store, keys, joinPageUrl: 'https://maru.example/join' });
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS + 999 });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const tokenIn = ({ joinUrl }: { joinUrl: string }): string => joinUrl.split('#')[1]!;
const create = (lifeMs: number, displayName: string | null = 'Ana') =>
  invites.create(meetingId, { displayName, seats: null, lifeMs }, 'account:mina');

test('a link ends its life after the second in which it was made, and not before', async () => {
  const made = await create(HOUR_MS);
  expect(made.invite.expiresAtMs).toBe(NOW_MS + HOUR_MS);
  expect(decodeJwt(tokenIn(made)).iat).toBe(NOW_MS / 1_000);
  const { createdAtMs } = await store.read.selectFrom('invite').select('createdAtMs').executeTakeFirstOrThrow();
  expect(createdAtMs).toBe(NOW_MS);
  vi.setSystemTime(NOW_MS + HOUR_MS - 1);
  expect(await invites.check(tokenIn(made))).toMatchObject({ jti: made.invite.inviteId, displayName: 'Ana' });
  vi.setSystemTime(NOW_MS + HOUR_MS);
  await expect(invites.check(tokenIn(made))).rejects.toMatchObject({ code: 'invite-expired' });
});

test('a link whose meeting is put off goes on as its row has it', async () => {
  const made = await create(HOUR_MS);
  await store.write((trx) =>
    trx
      .updateTable('invite')
      .set({ expiresAtMs: NOW_MS + 3 * 366 * DAY_MS })
      .execute(),
  );
  vi.setSystemTime(NOW_MS + 3 * 366 * DAY_MS - 1);
  expect(await invites.check(tokenIn(made))).toMatchObject({ jti: made.invite.inviteId });
});

test('a link for anyone is its maker’s newest that lives long enough; one that nobody made so is none', async () => {
  vi.setSystemTime(NOW_MS);
  await create(DAY_MS, 'Ana');
  expect(await invites.linkBy(meetingId, 'account:mina', HOUR_MS)).toBeNull();
  await create(2 * HOUR_MS, null);
  expect(await invites.linkBy(meetingId, 'account:mina', 2 * HOUR_MS)).toBeNull();
  expect(await invites.linkBy(meetingId, 'account:mina', 2 * HOUR_MS - 1)).toMatchObject({
    expiresAtMs: NOW_MS + 2 * HOUR_MS,
  });
  expect(await invites.linkBy(meetingId, 'account:joon', HOUR_MS)).toBeNull();
});

test('the link of one that works for a day more is found, and no other', async () => {
  vi.setSystemTime(NOW_MS);
  const { invite } = await create(DAY_MS + 1_000);
  expect(decodeJwt(tokenIn((await invites.findUsable(meetingId))!)).jti).toBe(invite.inviteId);
  vi.setSystemTime(NOW_MS + 1_000);
  expect(await invites.findUsable(meetingId)).toBeNull();
});
