import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { v7 } from 'uuid';
import { CallGrant, DELEGATION_AUDIENCE, DelegationClaims, JoinTokenClaims } from '#contract/grants.ts';
import { Delegation, mintGrant } from './delegation.ts';

const nowMs = Date.now();
const box = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyPem = box.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const fleet = generateKeyPairSync('ed25519');
const nodes = [1, 2].map((n) => ({ nodeId: v7(), signalingUrl: `wss://node-${n}.example:7403/signaling` }));

async function delegated(claims: Partial<DelegationClaims> = {}): Promise<string> {
  const iat = Math.floor(nowMs / 1_000);
  const whole: DelegationClaims = {
    iss: 'maru-fleet',
    aud: DELEGATION_AUDIENCE,
    sub: v7(),
    jti: v7(),
    iat,
    exp: iat + 72 * 3_600,
    documents: ['present', 'view'],
    cnf: { jwk: box.publicKey.export({ format: 'jwk' }) as DelegationClaims['cnf']['jwk'] },
    meetingId: v7(),
    meetingTitle: 'Standing',
    displayName: 'Room A',
    publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
    receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    rights: ['end', 'mute', 'remove'],
    nodes,
    ...claims,
  };
  return new SignJWT(whole).setProtectedHeader({ alg: 'EdDSA', kid: 'k' }).sign(fleet.privateKey);
}
const yes = async () => true;

test('a token for the first node that answers, signed with the box’s own key, a minute long', async () => {
  const delegation = await delegated();
  const asked: string[] = [];
  const grant = CallGrant.parse(
    await mintGrant({
      delegation,
      keyPem,
      nowMs: nowMs + 5_000,
      isReachable: async (url) => asked.push(url) === 2,
    }),
  );
  expect(asked).toEqual(nodes.map(({ signalingUrl }) => signalingUrl));
  const { meetingId } = decodeJwt(delegation) as { meetingId: string };
  expect(grant).toMatchObject({ meetingId, meetingTitle: 'Standing', signalingUrl: nodes[1]!.signalingUrl });
  const key = await importJWK(box.publicKey.export({ format: 'jwk' }), 'ES256');
  const { payload } = await jwtVerify(grant.joinToken, key, { algorithms: ['ES256'], audience: nodes[1]!.nodeId });
  const claims = JoinTokenClaims.parse(payload);
  expect(claims).toMatchObject({ sub: grant.peerId, callId: grant.callId, meetingId, peerKind: 'room' });
  // no more and no less than was delegated
  const { publishes, receives, rights } = DelegationClaims.parse(decodeJwt(delegation));
  expect(claims).toMatchObject({ publishes, receives, rights });
  // by the fleet's clock
  expect([claims.iat, claims.exp]).toEqual([0, 60].map((s) => Math.floor((nowMs + 5_000) / 1_000) + s));
  expect(decodeProtectedHeader(grant.joinToken)['maru-delegation']).toBe(delegation);
  expect(grant.joinToken.length).toBeLessThan(4_096);
  const other = await mintGrant({ delegation, keyPem, nowMs, isReachable: yes });
  expect([other.callId, other.peerId]).not.toEqual([grant.callId, grant.peerId]);
});

test('the longest delegation that the fleet signs still makes a token that a node takes', async () => {
  const delegation = `${await delegated()}${'x'.repeat(2_400)}`.slice(0, 2_400);
  await expect(mintGrant({ delegation, keyPem, nowMs, isReachable: yes })).resolves.toMatchObject({
    joinToken: expect.stringMatching(/^.{3000,4096}$/),
  });
});

test.each([
  ['no node answers', async () => ({ delegation: await delegated(), isReachable: async () => false })],
  ['it is over', async () => ({ delegation: await delegated({ exp: Math.floor(nowMs / 1_000) }) })],
  [
    'it is for the key of before the renewal',
    async () => {
      const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
      return { delegation: await delegated({ cnf: { jwk: jwk as DelegationClaims['cnf']['jwk'] } }) };
    },
  ],
])('where %s there is no way in', async (_why, given) => {
  await expect(mintGrant({ keyPem, nowMs, isReachable: yes, ...(await given()) })).rejects.toMatchObject({
    code: 'no-media-node',
  });
});

test('the newest is kept over restarts, and a word without one takes none away', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const values = new Map<string, string>();
  const opened = () =>
    new Delegation({
      store: {
        value: (key) => values.get(key) ?? null,
        keep: (key, value) => (value === null ? values.delete(key) : values.set(key, value)),
      },
      identity: () => ({ keyPem }),
      fleetNowMs: () => nowMs,
      logger: pino({ level: 'silent' }),
    });
  const delegation = opened();
  await expect(delegation.mint()).rejects.toMatchObject({ code: 'no-media-node' });
  expect(delegation.signalingUrls).toEqual([]);
  const signalingUrl = `ws://127.0.0.1:${port}/signaling`;
  delegation.receive({ delegation: await delegated({ nodes: [{ nodeId: v7(), signalingUrl: 'ws://127.0.0.1:1/' }] }) });
  await expect(delegation.mint()).rejects.toMatchObject({ code: 'no-media-node' });
  delegation.receive({ delegation: await delegated({ nodes: [{ nodeId: v7(), signalingUrl }] }) });
  delegation.receive({ delegation: null });
  delegation.receive({});
  await expect(opened().mint()).resolves.toMatchObject({ signalingUrl });
  expect(opened().signalingUrls).toEqual([signalingUrl]);
  delegation.receive({ delegation: 'not a token' });
  await expect(delegation.mint()).rejects.toMatchObject({ code: 'no-media-node' });
  expect(delegation.signalingUrls).toEqual([]);
  server.close();
});
