/**
 * What bad input gets, by bytes made by hand, on the wires of a call and of machines: a typed error to the sender, a line in the log, and no
 * effect on a call that runs beside it.
 */
import { describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { codeOfClose, type ErrorCode } from '#contract/error-codes.ts';
import { MAX_MQTT_PACKET_BYTES } from '#contract/limits.ts';
import type { RoomState } from '#contract/room-state.ts';
import { SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import { topicOf } from '#contract/topics.ts';
import { enterAsGuest } from '../simulators/participants/participants.ts';
import { targetOf } from '../simulators/raw/byte-stream.ts';
import { connectPacket, PACKET, packet, publishPacket, RawMqtt, subscribePacket } from '../simulators/raw/raw-mqtt.ts';
import { frame, OPCODE, RawWebSocket, RefusedUpgrade } from '../simulators/raw/raw-websocket.ts';
import { SimulatedRoom } from '../simulators/room/simulated-room.ts';
import { BadInputScene } from './bad-input-scene.ts';

const TEN_MEGABYTES = 10_000_000;

describe('bad input on the wires, beside a running call', () => {
  const bad = new BadInputScene();

  describe('signalling', () => {
    const openSignaling = async () => {
      const grant = await enterAsGuest({ joinUrl: bad.scene.product.addresses.joinUrl });
      return { grant, socket: await RawWebSocket.open(grant.signalingUrl, { localAddress: '127.0.0.5' }) };
    };
    const expectEnded = async (socket: RawWebSocket, code: ErrorCode) => {
      const { messages, code: closeCode } = await socket.untilClosed();
      expect(messages.at(-1)).toMatchObject({ ok: false, error: { code } });
      expect(codeOfClose(closeCode)).toBe(code);
      await bad.expectLogged(code);
    };
    const hello = (token: string, protocol = PROTOCOL_VERSION) => ({
      id: 1,
      method: 'hello',
      data: { protocol, admission: { kind: 'token', token } },
    });

    test('a forged token, a used one, another protocol number, no hello, no JSON', async () => {
      const first = await openSignaling();
      first.socket.sendJson(hello(first.grant.joinToken));
      expect(await first.socket.nextJson()).toMatchObject({ ok: true });
      const again = await openSignaling();
      again.socket.sendJson(hello(first.grant.joinToken));
      await expectEnded(again.socket, 'token-used');
      first.socket.close();
      const forged = await openSignaling();
      forged.socket.sendJson(hello(`${forged.grant.joinToken.slice(0, -8)}AAAAAAAA`));
      await expectEnded(forged.socket, 'token-invalid');
      const tooNew = await openSignaling();
      tooNew.socket.sendJson(hello(tooNew.grant.joinToken, 99));
      await expectEnded(tooNew.socket, 'server-too-old');
      const rude = await openSignaling();
      rude.socket.sendJson({ id: 1, method: 'leave-call', data: {} });
      await expectEnded(rude.socket, 'hello-expected');
      const garbled = await openSignaling();
      garbled.socket.sendText('hello?');
      await expectEnded(garbled.socket, 'bad-message');
    });

    test('within a call: an unknown method, what breaks its schema, and rights that a guest has not', async () => {
      const { grant, socket } = await openSignaling();
      socket.sendJson(hello(grant.joinToken));
      await socket.nextJson((message) => message.id === 1);
      const ask = async (id: number, method: string, data: object) => {
        socket.sendJson({ id, method, data });
        return (await socket.nextJson((message) => message.id === id)).error?.code as ErrorCode | undefined;
      };
      expect(await ask(2, 'become-host', {})).toBe('unknown-command');
      expect(await ask(3, 'produce', { kind: 'video' })).toBe('bad-message');
      expect(
        await ask(4, 'join-call', {
          displayName: 'Uninvited',
          rtpCapabilities: {},
          microphone: 'absent',
          camera: 'absent',
          view: { kind: 'auto', maxTiles: 0, tileHeightPx: 0 },
        }),
      ).toBeUndefined();
      const inCall = (count: number) => (state: RoomState) =>
        state.phase.name === 'in-call' && state.phase.participantCount === count;
      await bad.bystanders.phone.until(inCall(3));
      const { phase } = bad.bystanders.phone.state!;
      if (phase.name !== 'in-call') throw new Error('the call is over');
      expect(await ask(5, 'end-call', {})).toBe('forbidden');
      expect(await ask(6, 'remove-participant', { peerId: phase.peerId })).toBe('forbidden');
      expect(await ask(7, 'mute-all', {})).toBe('forbidden');
      expect(await ask(8, 'leave-call', {})).toBeUndefined();
      socket.close();
      await bad.bystanders.phone.until(inCall(2));
      await bad.expectLogged('forbidden');
    });

    test('10 MB is refused by its announced length', async () => {
      const { socket } = await openSignaling();
      socket.stream.write(frame(OPCODE.text, 'x'.repeat(1000), { claimedBytes: TEN_MEGABYTES }));
      expect(codeOfClose((await socket.untilClosed()).code)).toBe('too-large');
      await expect.poll(() => bad.logged()).toContain('signalling broken');
    });
  });

  describe('MQTT', () => {
    const openMqtt = (identity = bad.other) => {
      const { mqttUrl, caPem, certificatePem, keyPem } = identity;
      return RawMqtt.open({ ...targetOf(mqttUrl), tls: { ca: caPem, cert: certificatePem, key: keyPem } });
    };
    const topics = () => ({
      own: topicOf('state', bad.other.roomId),
      foreign: topicOf('state', bad.scene.product.addresses.roomId),
    });

    test('another room’s topics are closed, to write and to read', async () => {
      const writer = await openMqtt();
      expect(await writer.connect(`room:${bad.other.roomId}`)).toBe(0);
      writer.send(
        publishPacket({ topic: topics().foreign, payload: '{"phase":{"name":"idle"}}', packetId: 1, retain: true }),
      );
      await writer.stream.whenClosed();
      await bad.expectLogged('forbidden');
      const reader = await openMqtt();
      expect(await reader.connect(`room:${bad.other.roomId}`)).toBe(0);
      reader.send(subscribePacket({ topics: [topics().foreign, 'maru/1/#'], packetId: 2 }));
      expect([...(await reader.nextOf(PACKET.suback)).body.subarray(2)]).toEqual([0x80, 0x80]);
      reader.close();
    });

    test('a payload that breaks its schema is answered, and goes nowhere', async () => {
      const client = await openMqtt();
      expect(await client.connect(`room:${bad.other.roomId}`)).toBe(0);
      client.send(subscribePacket({ topics: [topicOf('requestReply', bad.other.roomId)], packetId: 1 }));
      await client.nextOf(PACKET.suback);
      client.send(publishPacket({ topic: topics().own, payload: '{"phase":"asleep"}', packetId: 2, retain: true }));
      expect(JSON.parse((await client.nextMessage()).payload)).toMatchObject({
        name: 'refused',
        error: { code: 'bad-message' },
      });
      await bad.expectLogged('bad-message');
      client.close();
    });

    test('a second connection of a living identity, and a state of a lower epoch', async () => {
      const room = new SimulatedRoom({ identity: bad.other, epoch: 7 });
      await room.start();
      const copy = await openMqtt();
      expect(await copy.connect(`room:${bad.other.roomId}`)).toBe(5);
      await bad.expectLogged('second-writer');
      await room.stop();
      const older = await openMqtt();
      expect(await older.connect(`room:${bad.other.roomId}`)).toBe(0);
      older.send(subscribePacket({ topics: [topicOf('requestReply', bad.other.roomId)], packetId: 1 }));
      await older.nextOf(PACKET.suback);
      older.send(
        publishPacket({
          topic: topics().own,
          payload: JSON.stringify({ ...room.state, epoch: 3 }),
          packetId: 2,
          retain: true,
        }),
      );
      expect(JSON.parse((await older.nextMessage()).payload)).toMatchObject({
        name: 'refused',
        error: { code: 'second-writer' },
      });
      older.close();
    });

    test('10 MB, and another protocol’s number, are closed on', async () => {
      const large = await openMqtt();
      expect(await large.connect(`room:${bad.other.roomId}`)).toBe(0);
      large.send(packet(PACKET.publish, 0b0010, Buffer.alloc(MAX_MQTT_PACKET_BYTES), TEN_MEGABYTES));
      await large.stream.whenClosed();
      await bad.expectLogged('too-large');
      const five = await openMqtt();
      five.send(connectPacket({ clientId: `room:${bad.other.roomId}`, protocolLevel: 5 }));
      await five.stream.whenClosed();
    });

    test('nobody without a certificate of the fleet’s gets as far as a packet', async () => {
      const bare = await RawMqtt.open({ ...targetOf(bad.other.mqttUrl), tls: { ca: bad.other.caPem } }).catch(
        (error: unknown) => error,
      );
      if (bare instanceof RawMqtt) {
        bare.send(connectPacket({ clientId: `room:${bad.other.roomId}` }));
        await bare.stream.whenClosed();
      }
      await expect.poll(() => bad.logged()).toContain('MQTT handshake refused');
    });
  });

  describe('the screen link', () => {
    const tv = () => new URL(bad.scene.product.addresses.tvUrl);
    const address = () => `ws://${tv().host}${SCREEN_LINK_PATH}`;
    const key = () => tv().hash.replace('#key=', '');
    const origin = () => tv().origin;

    test('a page of another origin gets no link', async () => {
      for (const stranger of ['http://elsewhere.example', undefined]) {
        const refusal = await RawWebSocket.open(address(), { origin: stranger }).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(RefusedUpgrade);
      }
    });

    test('a process of the box without the page’s key gets no view, no pairing code and no ticket', async () => {
      for (const guess of [undefined, 'A'.repeat(43)]) {
        const stranger = await RawWebSocket.open(address(), { origin: origin() });
        stranger.sendJson({ type: 'hello', key: guess, protocol: PROTOCOL_VERSION, screenId: v7(), inCall: null });
        const { messages } = await stranger.untilClosed();
        expect(messages).toEqual([{ type: 'error', code: guess === undefined ? 'bad-message' : 'forbidden' }]);
      }
      await bad.expectLogged('forbidden', 'kiosk');
      expect(bad.logged('kiosk')).not.toContain(key());
    });

    test('another protocol number, no JSON, 10 MB', async () => {
      const tooNew = await RawWebSocket.open(address(), { origin: origin() });
      tooNew.sendJson({ type: 'hello', key: key(), protocol: 99, screenId: v7(), inCall: null });
      expect((await tooNew.untilClosed()).messages.at(-1)).toMatchObject({ type: 'error', code: 'server-too-old' });
      await bad.expectLogged('server-too-old', 'kiosk');
      const garbled = await RawWebSocket.open(address(), { origin: origin() });
      garbled.sendText('hello?');
      expect((await garbled.untilClosed()).messages.at(-1)).toMatchObject({ type: 'error', code: 'bad-message' });
      const large = await RawWebSocket.open(address(), { origin: origin() });
      large.stream.write(frame(OPCODE.text, 'x'.repeat(1000), { claimedBytes: TEN_MEGABYTES }));
      expect(codeOfClose((await large.untilClosed()).code)).toBe('too-large');
      await expect.poll(() => bad.logged('kiosk')).toContain('broken frame');
    });
  });
});
