/** Voices through a real worker: packets with audio levels go in, the active speaker and who is forwarded come out. */
import type { types } from 'mediasoup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { type CallProducer, callProducer } from './call-producer.ts';
import { CallRouters } from './call-routers.ts';
import { CallSound } from './call-sound.ts';
import { audioParameters } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const LEVEL_EXTENSION_ID = 10;
let it: TestNode;
beforeAll(async () => {
  it = await startTestNode();
});
afterAll(() => it.stop());

/** RFC 3550 with one RFC 6464 extension (one-byte header, RFC 8285). */
function voicePacket(ssrc: number, sequence: number, dBov: number): Buffer {
  const packet = Buffer.alloc(12 + 8 + 20);
  packet.writeUInt8(0x90, 0);
  packet.writeUInt8(111, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt16BE(0xbede, 12);
  packet.writeUInt16BE(1, 14);
  packet.writeUInt8(LEVEL_EXTENSION_ID << 4, 16);
  packet.writeUInt8(0x80 | -dBov, 17);
  return packet;
}

test('the louder voice is the active speaker, and the first to be forwarded', async () => {
  const producers = new Map<string, CallProducer>();
  const speakers: (string | null)[] = [];
  const sound = new CallSound({
    producers,
    audibleCount: 1,
    audibleHoldMs: 10_000,
    onSpeaker: (peerId) => speakers.push(peerId),
    onAudibleChanged: () => {},
  });
  const routers = new CallRouters({
    pool: it.node.pool,
    consumersPerWorker: 100,
    levelIntervalMs: 250,
    onOpened: (callRouter) => sound.listenTo(callRouter),
  });
  const callRouter = await routers.place();
  const direct = await callRouter.router.createDirectTransport();
  const speak = async (peerId: string): Promise<(sequence: number, dBov: number) => void> => {
    const rtpParameters = audioParameters() as types.RtpParameters;
    const producer = await direct.produce({ id: uuidv7(), kind: 'audio', rtpParameters });
    const made = callProducer(producer, peerId, 'microphone', callRouter);
    producers.set(producer.id, made);
    await sound.watch(made);
    return (sequence, dBov) => producer.send(voicePacket(rtpParameters.encodings![0]!.ssrc!, sequence, dBov));
  };
  const [quiet, loud] = [await speak('quiet'), await speak('loud')];
  let sequence = 1;
  const talking = setInterval(() => {
    sequence += 1;
    quiet(sequence, -50);
    loud(sequence, -10);
  }, 20);
  try {
    const loudOnes = () => sound.audible.map((producerId) => producers.get(producerId)!.peerId);
    await expect.poll(loudOnes, { timeout: 5_000 }).toEqual(['loud', 'quiet']);
    await expect.poll(() => speakers.at(-1), { timeout: 5_000 }).toBe('loud');
  } finally {
    clearInterval(talking);
  }
  routers.close();
  expect(await it.held()).toMatchObject({ routers: 0 });
});
