/**
 * What bad input gets, by bytes made by hand, where people and pages knock: a typed error to the sender, a line in the log, and no
 * effect on a call that runs beside it.
 */
import { describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { codeOfClose, type ErrorCode } from '#contract/error-codes.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import { codeOf, pair } from '../simulators/phone/phone.ts';
import { ByteStream, targetOf } from '../simulators/raw/byte-stream.ts';
import { readHttpAnswer } from '../simulators/raw/raw-http.ts';
import { frame, OPCODE, RawWebSocket, RefusedUpgrade } from '../simulators/raw/raw-websocket.ts';
import { SimulatedRoom } from '../simulators/room/simulated-room.ts';
import { BadInputScene } from './bad-input-scene.ts';
import { Administrator } from './product/administrator.ts';

const TEN_MEGABYTES = 10_000_000;

describe('bad input at the door, beside a running call', () => {
  const bad = new BadInputScene();

  describe('pairing codes and links', () => {
    test('a wrong code, one of a wrong form, and a used one', async () => {
      await bad.expectRefused(await bad.post('/api/v1/pairings', { code: 'BBBBBBBB' }), 403, 'pairing-code-invalid');
      expect((await bad.post('/api/v1/pairings', { code: 'short' })).status).toBe(400);
      await bad.expectRefused(
        await bad.post('/api/v1/pairings', { code: codeOf(bad.scene.product.addresses.controllerUrl) }),
        403,
        'pairing-code-invalid',
      );
    });

    test('an expired code', async () => {
      const room = new SimulatedRoom({ identity: bad.other });
      await room.start();
      try {
        await room.offerPairing({ expiresAtMs: Date.now() - 1_000 });
        await bad.expectRefused(
          await bad.post('/api/v1/pairings', { code: room.pairingCode }),
          403,
          'pairing-code-invalid',
        );
        await room.offerPairing();
        await expect
          .poll(async () => (await bad.post('/api/v1/pairings', { code: room.pairingCode })).status)
          .toBe(200);
      } finally {
        await room.stop();
      }
    });

    test('a made-up guest link, one that was tampered with, and a revoked one', async () => {
      const invite = new URL(bad.scene.product.addresses.joinUrl).hash.slice(1);
      const [head, claims, signature] = invite.split('.');
      const forged = Buffer.from(
        JSON.stringify({ ...JSON.parse(Buffer.from(claims!, 'base64url').toString()), exp: 4_000_000_000 }),
      ).toString('base64url');
      for (const token of ['made-up', `${head}.${forged}.${signature}`])
        await bad.expectRefused(await bad.post('/api/v1/guest-entries', { invite: token }), 403, 'invite-invalid');
      const revoked = await bad.admin.createRevokedInvite(bad.scene.product.addresses.roomId);
      await bad.expectRefused(await bad.post('/api/v1/guest-entries', { invite: revoked }), 403, 'invite-invalid');
    });

    test('a flood of attempts is stopped for its network alone', async () => {
      const statuses: number[] = [];
      for (let n = 0; n < 30; n += 1)
        statuses.push(
          (await bad.post('/api/v1/pairings', { code: 'CCCCCCCC' }, { localAddress: '127.0.0.66' })).status,
        );
      expect(statuses.at(-1)).toBe(429);
      await bad.expectRefused(
        await bad.post('/api/v1/pairings', { code: 'CCCCCCCC' }, { localAddress: '127.0.0.66' }),
        429,
        'too-many-attempts',
      );
      expect((await bad.post('/api/v1/pairings', { code: 'CCCCCCCC' }, { localAddress: '127.0.0.67' })).status).toBe(
        403,
      );
    });
  });

  describe('HTTP', () => {
    test('bodies that are no JSON, or not the schema’s', async () => {
      await bad.expectRefused(await bad.post('/api/v1/pairings', '{"code":'), 400, 'bad-message');
      await bad.expectRefused(await bad.post('/api/v1/pairings', { code: 'BBBBBBBB', more: 1 }), 400, 'bad-message');
    });

    test('10 MB is refused by what it announces, before it is sent', async () => {
      const stream = await ByteStream.open(targetOf(bad.fleetUrl));
      stream.write(
        `POST /api/v1/pairings HTTP/1.1\r\nhost: ${new URL(bad.fleetUrl).host}\r\ncontent-type: application/json\r\ncontent-length: ${TEN_MEGABYTES}\r\n\r\n{`,
      );
      await bad.expectRefused(await readHttpAnswer(stream), 413, 'too-large');
      stream.close();
    });

    test('a page of another origin changes nothing', async () => {
      await bad.expectRefused(
        await bad.post('/api/v1/pairings', { code: 'BBBBBBBB' }, { headers: { origin: 'http://elsewhere.example' } }),
        403,
        'forbidden',
      );
    });
  });

  describe('the room link', () => {
    const openLink = () =>
      RawWebSocket.open(new URL(ROOM_LINK_PATH, bad.fleetUrl.replace('http', 'ws')).href, {
        origin: bad.fleetUrl,
        localAddress: '127.0.0.4',
      });
    async function pairedLink(): Promise<RawWebSocket> {
      const room = new SimulatedRoom({ identity: bad.other });
      await room.start();
      let token = '';
      await expect
        .poll(async () => {
          token = await pair({ fleetUrl: bad.fleetUrl, code: room.pairingCode }).then(
            ({ controllerToken }) => controllerToken,
            () => '',
          );
          return token;
        })
        .not.toBe('');
      await room.stop();
      const link = await openLink();
      link.sendJson({ type: 'hello', protocol: PROTOCOL_VERSION, token });
      await link.nextJson((message) => message.type === 'welcome');
      return link;
    }
    const expectEnded = async (link: RawWebSocket, code: ErrorCode) => {
      const { messages, code: closeCode } = await link.untilClosed();
      expect(messages.at(-1)).toMatchObject({ type: 'error', error: { code } });
      expect(codeOfClose(closeCode)).toBe(code);
      await bad.expectLogged(code);
    };

    test('a hello of another protocol number, a wrong token, and no hello', async () => {
      for (const [hello, code] of [
        [{ type: 'hello', protocol: 99, token: 'x' }, 'server-too-old'],
        [{ type: 'hello', protocol: PROTOCOL_VERSION, token: 'made-up' }, 'token-invalid'],
        [{ type: 'ping' }, 'hello-expected'],
      ] as const) {
        const link = await openLink();
        link.sendJson(hello);
        await expectEnded(link, code);
      }
    });

    test('an unknown command, one that breaks its schema, and one for another room', async () => {
      const link = await pairedLink();
      const ask = async (command: object, more: object = {}) => {
        const id = v7();
        link.sendJson({ type: 'command', id, command, ...more });
        return (await link.nextJson((message) => message.id === id)).error?.code as ErrorCode;
      };
      expect(await ask({ name: 'open-the-window' })).toBe('unknown-command');
      expect(await ask({ name: 'set-volume', percent: 400 })).toBe('bad-message');
      expect(await ask({ name: 'set-volume', percent: 10, loudly: true })).toBe('bad-message');
      // a token is good for one room: naming another is no field that there is
      expect(await ask({ name: 'end-call' }, { roomId: bad.scene.product.addresses.roomId })).toBe('bad-message');
      link.sendText('{"type":');
      expect(await link.nextJson((message) => message.type === 'error')).toMatchObject({
        error: { code: 'bad-message' },
      });
      await bad.expectLogged('unknown-command');
      link.close();
    });

    test('10 MB is refused by its announced length', async () => {
      const link = await pairedLink();
      link.stream.write(frame(OPCODE.text, 'x'.repeat(MAX_ROOM_LINK_MESSAGE_BYTES), { claimedBytes: TEN_MEGABYTES }));
      expect(codeOfClose((await link.untilClosed()).code)).toBe('too-large');
      await expect.poll(() => bad.logged()).toMatch(/too-large|exceed|max payload/i);
    });

    test('frames that are not WebSocket’s, and a page of another origin', async () => {
      const link = await pairedLink();
      link.stream.write(frame(OPCODE.text, 'no mask', { masked: false }));
      expect((await link.untilClosed()).code).toBe(1002);
      const refusal = await RawWebSocket.open(new URL(ROOM_LINK_PATH, bad.fleetUrl.replace('http', 'ws')).href, {
        origin: 'http://elsewhere.example',
      }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RefusedUpgrade);
      expect((refusal as RefusedUpgrade).status).toBe(403);
      await bad.expectLogged('forbidden');
    });
  });

  test('a sign-in that guesses is refused, and the owner still gets in', async () => {
    const guess = () =>
      bad.post(
        '/api/v1/sessions',
        { userName: bad.scene.product.addresses.adminUser, password: 'not this one' },
        { localAddress: '127.0.0.77' },
      );
    await bad.expectRefused(await guess(), 401, 'credentials-invalid');
    for (let n = 0; n < 8; n += 1) await guess();
    await bad.expectRefused(await guess(), 429, 'too-many-attempts');
    await Administrator.signIn(bad.scene.product.addresses);
  });
});
