import { expect, test } from 'vitest';
import { reachOf, type Permission, type Role, type Scope } from '#contract/http/permissions.ts';
import type { Account } from '#contract/http/people-api.ts';
import { mayBroadcastAs } from './broadcast-rights.ts';

const HERE = '01900000-0000-7000-8000-000000000001';
const ELSEWHERE = '01900000-0000-7000-8000-000000000002';

function presenter(role: Role, scope: Scope, token?: readonly Permission[]) {
  const account = { grants: [{ role, scope }] } as Account;
  return {
    account,
    tokenId: token ? 'token' : null,
    reachOf: (permission: Permission) =>
      token && !token.includes(permission) ? new Set<string>() : reachOf(account.grants, permission, () => []),
  };
}
const all: Scope = { kind: 'organisation' };
const here: Scope = { kind: 'room', roomId: HERE };

test.each([
  ['a member', presenter('member', all), [HERE], false],
  ['a broadcaster', presenter('broadcaster', all), [HERE], true],
  ['a broadcaster of this room', presenter('broadcaster', here), [ELSEWHERE, HERE], true],
  ['a broadcaster of this room, elsewhere', presenter('broadcaster', here), [ELSEWHERE], false],
  ['a broadcaster of some room, in a meeting without rooms', presenter('broadcaster', here), [], true],
  ['an operator', presenter('operator', all), [], true],
  ['a token without the permission', presenter('operator', all, ['meetings.manage']), [], false],
  ['a token with it', presenter('operator', all, ['broadcasts.start']), [], true],
])('%s', (_, who, roomIds, may) => {
  expect(mayBroadcastAs(who, roomIds)).toBe(may);
});
