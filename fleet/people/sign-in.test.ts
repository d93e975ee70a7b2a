import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { Accounts } from './accounts.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { Passwords } from './passwords.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';

const grants: RoleGrant[] = [{ role: 'operator', scope: { kind: 'organisation' } }];
const PASSWORD = 'correct horse battery';
let dataDir: string;
let store: AuthorityStore;
let accounts: Accounts;
let passwords: Passwords;
let sessions: Sessions;
let signIn: SignIn;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-people-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  accounts = new Accounts({ store });
  passwords = new Passwords({ store });
  sessions = new Sessions({ store, clock: new WallClock({ steadyNowMs: () => Date.now() }) });
  // as the fleet's keys sign, without their mathematics
  const devices = new KnownBrowsers({
    keys: {
      sign: async (claims) => JSON.stringify(claims),
      verify: async (token) => JSON.parse(token) as JWTPayload,
    },
  });
  signIn = new SignIn({ store, accounts, passwords, sessions, devices, logger: pino({ level: 'silent' }) });
  await accounts.create({ userName: 'Mina', password: PASSWORD, grants, mustChangePassword: false });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const guess = (network: string, userName = 'mina') =>
  signIn
    .signIn(userName, 'wrong', { network, browser: 'a browser', deviceToken: null })
    .catch((error) => error.code as string);
const enter = (network: string, deviceToken: string | null = null) =>
  signIn.signIn('mina', PASSWORD, { network, browser: 'a browser', deviceToken });

test('whoever guesses at an account from everywhere locks out neither its owner nor anybody else', async () => {
  await enter('office');
  let last: unknown;
  for (let i = 0; i < 65; i += 1) last = await guess(`somewhere-${i}`);
  expect(last).toBe('too-many-attempts');
  // not even with the right password, from where the account was never used
  await expect(enter('somewhere-new')).rejects.toMatchObject({ code: 'too-many-attempts' });
  expect((await enter('office')).account.userName).toBe('mina');
});

test('strangers who guess next door leave an owner alone: known network, known device', async () => {
  const { deviceToken } = await enter('office');
  let last: unknown;
  for (let i = 0; i < 25; i += 1) last = await guess('office', `made up ${i}`);
  expect(last).toBe('too-many-attempts');
  expect((await enter('office')).account.userName).toBe('mina');
  for (let i = 0; i < 10; i += 1) last = await guess('office');
  expect(last).toBe('too-many-attempts');
  await expect(enter('office')).rejects.toMatchObject({ code: 'too-many-attempts' });
  expect((await enter('office', deviceToken)).account.userName).toBe('mina');
});

test('a clock that is set back refuses no right password', async () => {
  await guess('office');
  await guess('office');
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() - 3_600_000);
  expect((await enter('office')).account.userName).toBe('mina');
});

test('guesses made at the same instant are counted like those one after the other', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => guess('one network')));
  expect(answers.filter((code) => code === 'credentials-invalid').length).toBeLessThanOrEqual(6);
});

test('who is right never runs dry', async () => {
  for (let i = 0; i < 10; i += 1) await enter('office');
  expect((await enter('office')).account.grants).toEqual(grants);
});

test('a session ends after two hours alone and twelve at most', async () => {
  const { token, account } = await enter('office');
  vi.useFakeTimers({ toFake: ['Date'] });
  const hour = 3_600_000;
  const startMs = Date.now();
  for (let hours = 1; hours < 12; hours += 1) {
    vi.setSystemTime(startMs + hours * hour);
    expect((await sessions.of(token))?.accountId).toBe(account.accountId);
  }
  vi.setSystemTime(startMs + 12 * hour);
  expect(await sessions.of(token)).toBeNull();
  vi.setSystemTime(startMs);
  const left = await enter('office');
  vi.setSystemTime(startMs + 2 * hour);
  expect(await sessions.of(left.token)).toBeNull();
});

test('the first administrator is made once', async () => {
  expect(await accounts.createFirstAdmin()).toBeNull();
});

/** What happens right after the password was found right, before anything is done on the strength of it. */
function whileProving(happens: () => Promise<unknown>): void {
  const prove = passwords.prove.bind(passwords);
  vi.spyOn(passwords, 'prove').mockImplementationOnce(async (...asked) => {
    const proof = await prove(...asked);
    await happens();
    return proof;
  });
}
async function change(newPassword: string): Promise<void> {
  const { account, token } = await enter('office');
  const session = (await sessions.of(token))!;
  await passwords.change(account, newPassword, {
    provenHash: await signIn.confirm(session, PASSWORD, 'office'),
    within: (trx) => sessions.closeOthers(trx, session),
  });
}

test('a password that is changed while it is verified opens no session', async () => {
  await enter('office');
  whileProving(() => change('another long one'));
  await expect(enter('office')).rejects.toMatchObject({ code: 'credentials-invalid' });
  expect(await store.read.selectFrom('session').selectAll().execute()).toHaveLength(1);
});

test('of two changes at the same instant the second finds its proof void; a session that is over changes nothing', async () => {
  const { account, token } = await enter('office');
  const session = (await sessions.of(token))!;
  const provenHash = await signIn.confirm(session, PASSWORD, 'office');
  await change('another long one');
  const late = { provenHash, within: async () => {} };
  await expect(passwords.change(account, 'a third long one', late)).rejects.toMatchObject({
    code: 'credentials-invalid',
  });
  const provenNow = await signIn.confirm(session, 'another long one', 'office');
  const within = (trx: Parameters<typeof sessions.closeOthers>[0]) => sessions.closeOthers(trx, session);
  await expect(passwords.change(account, 'a fourth long one', { provenHash: provenNow, within })).rejects.toMatchObject(
    { code: 'not-signed-in' },
  );
  await expect(signIn.confirm(session, 'another long one', 'office')).resolves.toBe(provenNow);
});
