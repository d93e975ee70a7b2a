import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Permission, RoleGrant, Scope } from '#contract/http/permissions.ts';
import { hashOf } from '../store/index.ts';
import { ADMINISTRATOR, MEMBER, PeopleUnderTest, refusalOf } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await fleet.stop();
});

const ORGANISATION: Scope = { kind: 'organisation' };
const asked = (scope: Scope, ...permissions: Permission[]) => ({
  tokenName: 'Script',
  permissions,
  scope,
  expiresInDays: 30,
});

test('a token holds no more than its maker has in its scope', async () => {
  const seoul = await fleet.people.placeChanges.create({ kind: 'site', placeName: 'Seoul', parentId: null }, 'test');
  const [inSeoul, elsewhere] = [await fleet.room('Maple', seoul), await fleet.room('Oak')];
  const operator: RoleGrant = { role: 'operator', scope: { kind: 'place', placeId: seoul } };
  const mina = await fleet.account('mina', operator, MEMBER);
  const made = (scope: Scope, ...permissions: Permission[]) =>
    refusalOf(fleet.people.apiTokens.create(mina, asked(scope, ...permissions)));
  expect(await made(operator.scope, 'rooms.view', 'documents.manage')).toBe('not refused');
  expect(await made({ kind: 'room', roomId: inSeoul }, 'rooms.view')).toBe('not refused');
  expect(await made(ORGANISATION, 'meetings.create')).toBe('not refused');
  expect(await made(ORGANISATION, 'rooms.view')).toBe('forbidden');
  expect(await made({ kind: 'room', roomId: elsewhere }, 'rooms.view')).toBe('forbidden');
  expect(await made(operator.scope, 'rooms.view', 'rooms.manage')).toBe('forbidden');
  expect(await made({ kind: 'place', placeId: inSeoul }, 'rooms.view')).toBe('forbidden');
});

test('a token is shown once, kept as a hash, and ends: by its date, revoked, by nobody else', async () => {
  const { apiTokens } = fleet.people;
  const [mina, other] = [await fleet.account('mina', ADMINISTRATOR), await fleet.account('other', MEMBER)];
  const { token, secret } = await apiTokens.create(mina, asked(ORGANISATION, 'rooms.view'));
  expect(secret).toMatch(/^maru_[\w-]{43}$/);
  const stored = JSON.stringify(await fleet.store.read.selectFrom('apiToken').selectAll().execute());
  expect(stored).toContain(hashOf(secret));
  expect(stored).not.toContain(secret.slice(5));
  expect(token.lastUsedAtMs).toBeNull();
  expect(await apiTokens.of(secret)).toMatchObject({ accountId: mina.accountId, permissions: ['rooms.view'] });
  expect((await apiTokens.listOf(mina.accountId))[0]!.lastUsedAtMs).toBeCloseTo(Date.now(), -4);
  expect(await apiTokens.listOf(other.accountId)).toEqual([]);
  expect(await refusalOf(apiTokens.of('maru_made-up'))).toBe('token-invalid');
  expect(await refusalOf(apiTokens.revoke(other.accountId, token.tokenId, 'test'))).toBe('not-found');
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(token.expiresAtMs);
  expect(await refusalOf(apiTokens.of(secret))).toBe('token-expired');
  expect(await apiTokens.listOf(mina.accountId)).toEqual([]);
  vi.useRealTimers();
  await apiTokens.revoke(mina.accountId, token.tokenId, 'test');
  expect(await refusalOf(apiTokens.of(secret))).toBe('token-invalid');
  expect(await refusalOf(apiTokens.revoke(mina.accountId, token.tokenId, 'test'))).toBe('not-found');
  expect(await fleet.audit(`api-token:${token.tokenId}`)).toEqual(['api-token-created', 'api-token-revoked']);
});

test('a permission that was removed from Maru opens nothing, and an account has 50 tokens at most', async () => {
  const { apiTokens } = fleet.people;
  const mina = await fleet.account('mina', ADMINISTRATOR);
  const { secret } = await apiTokens.create(mina, asked(ORGANISATION, 'rooms.view'));
  await fleet.store.write((trx) => trx.updateTable('apiToken').set({ permissions: '["rooms.view","gone"]' }).execute());
  expect((await apiTokens.of(secret)).permissions).toEqual(['rooms.view']);
  for (let i = 1; i < 50; i += 1) await apiTokens.create(mina, asked(ORGANISATION, 'rooms.view'));
  expect(await refusalOf(apiTokens.create(mina, asked(ORGANISATION, 'rooms.view')))).toBe('forbidden');
});
