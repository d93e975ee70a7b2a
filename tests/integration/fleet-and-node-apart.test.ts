/**
 * The line between fleet server and media node is cut for half a minute, with people in a call at the node: real server,
 * broker and node, the line a TCP port of the tests' network. The call goes on, nobody new is sent to it, and what happened
 * meanwhile is known to the fleet afterwards.
 */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { readCredentials } from '../../fleet/media/credentials.ts';
import { MediaNode } from '../../fleet/media/media-node.ts';
import { RawClient } from '../../fleet/media/testing/raw-client.ts';
import { RoomUnderTest } from '../../fleet/room-under-test.ts';
import { newId } from '../../fleet/store/index.ts';
import { NetworkProxy } from '../simulators/network/network-proxy.ts';

const CUT_MS = 30_000;
const line = new NetworkProxy({ seed: 7 });
const fleet = new FleetUnderTest();
let node: MediaNode;
let room: RoomUnderTest;

beforeAll(async () => {
  await fleet.start({
    startNode: async ({ mqttUrl, nodeCredentialsDir }) => {
      const port = await line.tcpPortTo('127.0.0.1', Number(new URL(mqttUrl).port));
      const credentials = await readCredentials(nodeCredentialsDir);
      const { promise: hasKeys, resolve: onKeys } = Promise.withResolvers<unknown>();
      node = new MediaNode({
        nodeId: credentials.nodeId,
        workers: 1,
        listenAddress: '127.0.0.1',
        announcedAddresses: [],
        publicHost: null,
        signalingPort: 0,
        mediaPortBase: 0,
        tls: null,
        trustedProxies: [],
        keys: null,
        onKeys,
        logger: pino({ level: 'silent' }),
        fleet: { mqttUrl: `mqtts://127.0.0.1:${port}`, credentials },
      });
      await node.start();
      // before that it lets in nobody
      await hasKeys;
    },
  });
  room = new RoomUnderTest(await fleet.enrolRoom('Maple'));
  await room.start(fleet);
});
afterAll(async () => {
  room?.stop();
  await node?.stop();
  line.stop();
  await fleet.stop();
});

async function makeInvite(displayName: string | null): Promise<{ inviteId: string; token: string }> {
  const path = `/api/v1/meetings/${room.room.meetingId}/invites`;
  const { body } = await fleet.api('POST', path, { displayName, expiresInMinutes: 60 }, fleet.admin.cookie);
  return { inviteId: body.invite.inviteId, token: body.joinUrl.split('#')[1] };
}
const enter = async (token: string): Promise<Json> =>
  (await fleet.api('POST', '/api/v1/guest-entries', { invite: token })).body;
async function join(grant: CallGrant, name: string): Promise<RawClient> {
  const client = await RawClient.open(grant.signalingUrl);
  await client.enter(grant.joinToken);
  await client.join(name);
  return client;
}
async function roomGrant(): Promise<CallGrant> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null }, false);
  const response = () => room.heard.find(({ message }) => message.id === id)?.message;
  await expect.poll(response, { timeout: 5_000 }).toBeDefined();
  return response().grant;
}

test('a cut of half a minute ends no call', async () => {
  const [mina, rude, guest] = [await makeInvite('Mina'), await makeInvite('Rude'), await makeInvite(null)];
  const tv = await join(await roomGrant(), 'Maple');
  const { grant } = await enter(mina.token);
  const inside = await join(grant, 'Mina');
  const intruder = await join((await enter(rude.token)).grant, 'Rude');
  await expect.poll(() => room.last('desired')?.meeting).toMatchObject({ underWay: true, participantCount: 3 });

  line.cut();
  const cutAtMs = performance.now();
  // the broker notices by the missing keepalive; from then on nobody new is sent there
  await expect
    .poll(async () => (await enter(guest.token)).error?.code, { timeout: 25_000, interval: 500 })
    .toBe('call-unreachable');
  // the call is its people's own meanwhile
  await tv.request('remove-participant', { peerId: intruder.hello!.peerId });
  expect(await intruder.closed()).toBe(4422);
  await expect
    .poll(async () => ((await inside.request('ping', {})) ? performance.now() - cutAtMs : 0), {
      timeout: CUT_MS + 5_000,
      interval: 1_000,
    })
    .toBeGreaterThan(CUT_MS);
  line.restore();

  await expect
    .poll(async () => (await enter(guest.token)).grant?.callId, { timeout: 20_000, interval: 500 })
    .toBe(grant.callId);
  const late = await join((await enter(guest.token)).grant, 'Late');
  await tv.told('participant-joined', ({ participant }) => participant.displayName === 'Late');
  await expect.poll(() => room.last('desired')?.meeting).toMatchObject({ underWay: true, participantCount: 3 });
  // who was removed meanwhile is known here as well
  await expect.poll(async () => (await enter(rude.token)).error?.code).toBe('removed-from-call');
  // longer than a sweep: the return ends nothing either
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect([tv, inside, late].map(({ closeCode }) => closeCode)).toEqual([null, null, null]);
}, 120_000);
