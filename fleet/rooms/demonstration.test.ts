import { expect, it, vi } from 'vitest';
import { newId } from '../store/index.ts';
import { ensureDemonstration } from './demonstration.ts';
import { openAuthority } from './store-under-test.ts';

it('the demonstration is made once: a room that may broadcast and record, and a link for thirty days', async () => {
  const { store, end } = await openAuthority();
  const [roomId, meetingId] = [newId(), newId()];
  const presetBroadcasts = vi.fn(async () => {});
  const create = vi.fn(async () => ({ roomId }));
  const invite = vi.fn(async () => ({ joinUrl: 'https://fleet.test/j' }));
  let usable: { joinUrl: string } | null = null;
  const ensure = () =>
    ensureDemonstration({
      store,
      presetBroadcasts,
      rooms: {
        registry: {
          create,
          byId: async (id: string) => ({ roomId: id }),
          claimUnlessEnrolled: async () => null,
        },
      },
      meetings: {
        ofRoom: async () => ({ meetingId }),
        invites: { findUsable: async () => usable, create: invite },
      },
    } as never);
  const made = { roomId, claim: null, joinUrl: 'https://fleet.test/j' };
  expect(await ensure()).toEqual(made);
  expect(presetBroadcasts.mock.calls).toEqual([[roomId, { mayBroadcast: true, mayRecord: true }]]);
  const lifeMs = 30 * 24 * 3_600_000;
  expect(invite.mock.calls).toEqual([[meetingId, { displayName: null, seats: null, lifeMs }, 'fleet']]);
  usable = { joinUrl: 'https://fleet.test/j' };
  expect(await ensure()).toEqual(made);
  expect([create.mock.calls.length, invite.mock.calls.length]).toEqual([1, 1]);
  await end();
});
