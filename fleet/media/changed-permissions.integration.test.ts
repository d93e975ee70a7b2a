/** Permissions that the fleet changes while people are in the call: what ends at once, what begins, and for whom. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { RIGHTS } from '#contract/call-order.ts';
import type { CallPermissions, JoinTokenClaims } from '#contract/grants.ts';
import { MediaSource } from '#contract/media-source.ts';
import type { DocumentAct } from '#contract/shared-document.ts';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const ALL: CallPermissions = {
  publishes: MediaSource.options,
  receives: MediaSource.options,
  rights: [],
  documents: ['present', 'view', 'view-unmarked'],
};
const documentId = uuidv7();
const show = { act: 'show', documentId, title: 'Plan.pptx', pageCount: 12, page: 2 } as const;

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { emptyCallMs: 60, resumeGraceMs: 500 } });
});
afterAll(() => it.stop());

/** Two people of one meeting: the second is about to be permitted something else. */
async function callOf(claims: Partial<JoinTokenClaims> = {}) {
  const place = { callId: uuidv7(), meetingId: uuidv7() };
  const host = await it.join({ ...place, ...ALL }, 'Host');
  const guest = await it.join({ ...place, ...ALL, ...claims }, 'Mina');
  const permit = (
    changed: Partial<CallPermissions>,
    to: string[] = [guest.hello!.peerId],
    meetingId = place.meetingId,
  ) =>
    it.node.registry.perform({
      name: 'set-permissions',
      meetingId,
      peerIds: to,
      roomIds: [],
      permissions: { ...ALL, ...changed },
    });
  return { place, host, guest, permit };
}
const present = (client: RawClient, act: DocumentAct) => client.request('present', { act });
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
const sees = async (client: RawClient) => {
  await client.request('ping', {});
  return client.document;
};
const leave = (...clients: RawClient[]) =>
  Promise.all(clients.map((client) => client.request('leave-call', {}).catch(() => {})));

test('who may view no more ends what is shown, for all and with the reason, and gets it again once it may', async () => {
  const { host, guest, permit } = await callOf();
  await present(host, show);
  permit({ documents: [] });
  for (const client of [host, guest])
    expect(await client.told('document-changed', ({ change }) => change === 'withdrawn')).toEqual({
      change: 'withdrawn',
      reason: 'outsider-in-call',
    });
  expect(await guest.told('permissions-changed')).toEqual({ ...ALL, role: 'member', documents: [], document: null });
  expect(await codeOf(present(host, show))).toBe('outsider-in-call');
  expect(await codeOf(present(guest, show))).toBe('forbidden');
  permit({});
  await guest.told('permissions-changed');
  await present(host, show);
  expect(await sees(guest)).toMatchObject({ documentId, page: 2 });
  await leave(host, guest);
});

test('who may view from now on gets what is shown with that message', async () => {
  // it receives nothing, and so is no outsider
  const { host, guest, permit } = await callOf({ receives: [], documents: [] });
  await present(host, show);
  expect(await sees(guest)).toBeNull();
  permit({});
  expect((await guest.told('permissions-changed')).document).toMatchObject({ documentId, page: 2 });
  await present(host, { act: 'turn-page', page: 3 });
  expect(await guest.told('document-changed')).toMatchObject({ act: { page: 3 } });
  await leave(host, guest);
});

test('a presenter who may present no more steers nothing, and what it showed stays', async () => {
  const { host, guest, permit } = await callOf();
  await present(guest, show);
  permit({ documents: ['view'] });
  await host.told('document-changed', ({ change }) => change === 'presenter-left');
  expect(await sees(guest)).toMatchObject({ documentId, presenter: null });
  expect(await codeOf(present(guest, { act: 'take' }))).toBe('forbidden');
  expect(await codeOf(present(host, { act: 'take' }))).toBe('done');
  await leave(host, guest);
});

test('what may be published no more is closed for all, and can be sent again once it may', async () => {
  const { host, guest, permit } = await callOf();
  for (const source of ['microphone', 'camera', 'screen'] as const) await guest.produce(source);
  await host.told('participant-changed', ({ participant }) => participant.sharesScreen);
  permit({ publishes: ['microphone'] });
  await host.told(
    'participant-changed',
    ({ participant: { sharesScreen, camera, microphone } }) =>
      !sharesScreen && camera === 'absent' && microphone === 'on',
  );
  const { all } = it.node.registry.calls.get(guest.hello!.callId)!.producers;
  expect([...all.values()].map(({ source }) => source)).toEqual(['microphone']);
  expect(await codeOf(guest.produce('screen'))).toBe('forbidden');
  permit({});
  expect(await codeOf(guest.produce('screen'))).toBe('done');
  await leave(host, guest);
});

test('rights over others follow the role, whatever the fleet permits otherwise', async () => {
  const { host, guest, permit } = await callOf({ role: 'co-host' });
  permit({ rights: [], documents: ['view'] });
  expect((await guest.told('permissions-changed')).rights).toEqual(RIGHTS['co-host']);
  expect(await codeOf(guest.request('mute-all', {}))).toBe('done');
  permit({ rights: ['mute'] }, [host.hello!.peerId]);
  expect(await codeOf(host.request('mute-all', {}))).toBe('forbidden');
  await leave(host, guest);
});

test('they outlast a reload and reach who comes later by an older token; the same again changes nothing', async () => {
  const { place, host, guest, permit } = await callOf();
  const later = uuidv7();
  const changed = { documents: ['view'] } satisfies Partial<CallPermissions>;
  permit(changed, [guest.hello!.peerId, later]);
  await guest.told('permissions-changed');
  permit(changed, [guest.hello!.peerId, later]);
  await guest.request('ping', {});
  expect(guest.notifications.filter(({ event }) => event === 'permissions-changed')).toEqual([]);
  const reloaded = await it.open();
  expect((await reloaded.resume(guest.hello!)).documents).toEqual(['view']);
  const newcomer = await it.prepare({ ...place, ...ALL, sub: later });
  expect(newcomer.hello!.documents).toEqual(['view']);
  permit({}, [later]);
  expect(await newcomer.told('permissions-changed')).toEqual({ ...ALL, role: 'member', document: null });
  await newcomer.join('Jun');
  expect(await codeOf(present(newcomer, show))).toBe('done');
  await leave(host, reloaded, newcomer);
});

test('a room’s reach the room and no laptop in it; another meeting’s reach nobody here', async () => {
  const { place, host, guest, permit } = await callOf();
  const roomId = uuidv7();
  const [room, laptop] = [
    await it.join({ ...place, ...ALL, peerKind: 'room', roomId, displayName: 'Hall' }),
    await it.join({ ...place, ...ALL, roomId }, 'Laptop'),
  ];
  permit({ documents: [] }, [guest.hello!.peerId], uuidv7());
  it.node.registry.perform({
    name: 'set-permissions',
    meetingId: place.meetingId,
    peerIds: [],
    roomIds: [roomId],
    permissions: { ...ALL, documents: ['present', 'view'] },
  });
  expect((await room.told('permissions-changed')).documents).toEqual(['present', 'view']);
  for (const client of [guest, laptop]) {
    await client.request('ping', {});
    expect(client.notifications.map(({ event }) => event)).not.toContain('permissions-changed');
  }
  await leave(host, guest, room, laptop);
});

test('a presenter who is renamed presents under the new name', async () => {
  const { place, host, guest } = await callOf();
  const roomId = uuidv7();
  const room = await it.join({ ...place, ...ALL, peerKind: 'room', roomId, displayName: 'Hall' });
  await present(room, show);
  it.node.registry.perform({ name: 'rename-room', roomId, roomName: 'Board room' });
  const presenter = { peerId: room.hello!.peerId, displayName: 'Board room' };
  for (const client of [host, guest, room]) expect((await sees(client))?.presenter).toEqual(presenter);
  await leave(host, guest, room);
});
