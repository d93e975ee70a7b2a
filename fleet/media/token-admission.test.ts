import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { PeerKind } from '#contract/grants.ts';
import type { Right } from '#contract/call-order.ts';
import type { MediaSource } from '#contract/media-source.ts';
import { TestFleet } from './testing/test-node.ts';
import { TokenAdmission } from './token-admission.ts';

const fleet = new TestFleet();
function admissionOf(keys = fleet.keys): TokenAdmission {
  const admission = new TokenAdmission({ nodeId: fleet.nodeId, fleetSilenceMs: 60_000 });
  admission.setKeys(keys);
  return admission;
}
const seconds = Math.floor(Date.now() / 1_000);

describe('a join token', () => {
  test('for this node, in time, lets in once', async () => {
    const admission = admissionOf();
    const claims = await admission.verify(await fleet.token({ displayName: 'Mina', rights: ['mute'] }));
    expect(claims).toMatchObject({ displayName: 'Mina', rights: ['mute'] });
    admission.use(claims);
    expect(() => admission.use(claims)).toThrow(expect.objectContaining({ code: 'token-used' }));
  });

  test('of a newer fleet permits what this node knows of it, and is listed for all to see', async () => {
    const publishes = ['camera', 'hologram'] as MediaSource[];
    const receives = ['scent', 'screen'] as MediaSource[];
    const claims = await admissionOf().verify(
      await fleet.token({ publishes, receives, rights: ['mute', 'knight'] as Right[], peerKind: 'robot' as PeerKind }),
    );
    expect(claims).toMatchObject({
      publishes: ['camera'],
      receives: ['screen'],
      rights: ['mute'],
      peerKind: 'person',
    });
  });

  test.each(['publishes', 'receives', 'rights'] as const)('without %s lets nobody in', async (list) => {
    const token = await fleet.token({ [list]: undefined });
    await expect(admissionOf().verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  test.each([
    ['of another node', 'token-invalid', () => fleet.token({ aud: uuidv7() })],
    ['expired', 'token-expired', () => fleet.token({ iat: seconds - 120, exp: seconds - 60 })],
    [
      'of another fleet',
      'token-invalid',
      () => Object.assign(new TestFleet(), { nodeId: fleet.nodeId }).token({ aud: fleet.nodeId }),
    ],
    ['with claims that are none', 'token-invalid', () => fleet.token({ callId: 'call' })],
    ['of another issuer', 'token-invalid', () => fleet.token({ iss: 'someone' as 'maru-fleet' })],
    ['that is none', 'token-invalid', async () => 'not.a.token'],
    [
      'without a signature',
      'token-invalid',
      async () => {
        const [, body] = (await fleet.token()).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
      },
    ],
    [
      'signed with the public key as a secret',
      'token-invalid',
      async () => {
        const { x } = fleet.keys.keys[0] as unknown as { x: string };
        return new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'test' }).sign(Buffer.from(x, 'base64url'));
      },
    ],
  ])('%s is refused: %s', async (_name, code, make) => {
    await expect(admissionOf().verify(await make())).rejects.toMatchObject({ code });
  });

  test('issued to a room whose kiosk was revoked since is refused, later ones and other rooms’ are not', async () => {
    const roomId = uuidv7();
    const admission = admissionOf({ ...fleet.keys, revokedRooms: [{ roomId, issuedUpTo: seconds - 10 }] });
    const ofRoom = (id: string, iat: number) => fleet.token({ peerKind: 'room', roomId: id, iat, exp: seconds + 50 });
    await expect(admission.verify(await ofRoom(roomId, seconds - 10))).rejects.toMatchObject({ code: 'token-invalid' });
    const later = await admission.verify(await ofRoom(roomId, seconds - 9));
    expect(later.issuedTo).toEqual({ roomId, issuedAt: seconds - 9 });
    await expect(admission.verify(await ofRoom(uuidv7(), seconds - 10))).resolves.toMatchObject({ byRoom: false });
    await expect(admission.verify(await fleet.token())).resolves.toMatchObject({ issuedTo: null });
  });

  test('without the keys of a fleet nobody is told that the token is bad', async () => {
    const admission = new TokenAdmission({ nodeId: fleet.nodeId, fleetSilenceMs: 60_000 });
    await expect(admission.verify(await fleet.token())).rejects.toMatchObject({ code: 'media-failed' });
  });
});
