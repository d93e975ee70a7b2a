/** Who leads while no host is there: never what only shows a screen. */
import { expect, test } from 'vitest';
import { CallRoles, type RolePeer } from './call-roles.ts';

const peer = (peerId: string, joinedAt: number, claims: Partial<RolePeer['claims']>): RolePeer => ({
  peerId,
  joinedAt,
  claims: { sub: peerId, role: 'member', isGuest: false, peerKind: 'person', issuedTo: null, ...claims },
});

test('a room’s laptop, though a presenter, leads no call once its room and the hosts are gone: a member does', () => {
  const issuedTo = { roomId: 'hall', issuedAt: 1 };
  const room = peer('hall', 0, { role: 'co-host', peerKind: 'room', issuedTo });
  const laptop = peer('laptop', 1, { role: 'presenter', issuedTo });
  const member = peer('mina', 2, { person: 'account:mina' });
  const roles = new CallRoles();
  roles.settle([room, laptop, member]);
  roles.settle([laptop, member]);
  expect([laptop, member].map(({ claims }) => roles.roleOf(claims))).toEqual(['presenter', 'host']);
  const alone = new CallRoles();
  alone.settle([room, laptop]);
  alone.settle([laptop]);
  expect(alone.roleOf(laptop.claims)).toBe('presenter');
});
