/**
 * The whole way of a sentence: real speech as Opus in RTP through a media worker, to the transcriber's own process and a real engine,
 * and back as a caption.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { types } from 'mediasoup';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';
import { startPocketsphinxEngine } from '../transcriber/testing/pocketsphinx-engine.ts';
import type { ScriptedEngine } from '../transcriber/testing/scripted-engine.ts';
import { goForward, opusPackets, PACKET_MS, silenceOf, TICKS_OF_PACKET } from '../transcriber/testing/speech-sound.ts';
import { transcriberBy } from './media-options.ts';
import { audioParameters } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

/** after the sentence's end, on a machine that has time for it */
const CAPTION_WITHIN_MS = 3_000;
let engine: ScriptedEngine;
let folder: string;
let it: TestNode;
/** made while nobody is in a call: this process stands still meanwhile, and a client with it */
let packets: Buffer[];
beforeAll(async () => {
  packets = opusPackets(Buffer.concat([goForward(), silenceOf(1_000)]));
  engine = await startPocketsphinxEngine();
  folder = mkdtempSync(join(tmpdir(), 'maru-speech-'));
  const speechConfig = join(folder, 'speech.json');
  writeFileSync(speechConfig, JSON.stringify({ kind: 'openai', url: engine.url, model: 'en-us' }), { mode: 0o600 });
  const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  it = await startTestNode({ startTranscriber: transcriberBy({ speechConfig, jsonLogs: true, logger }) });
});
afterAll(async () => {
  await it.stop();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

test('what is spoken is a caption soon after, and nothing that is spoken while it is off is sent to the engine', async () => {
  const [callId, meetingId] = [uuidv7(), uuidv7()];
  it.node.registry.perform({ name: 'allow-transcript', meetingId, isAllowed: true, language: 'en' });
  const host = await it.join({ callId, meetingId, displayName: 'Host', role: 'host' }, 'Host');
  const peer = it.node.registry.calls.get(callId)!.peers.get(host.hello!.peerId)!;
  const direct = await peer.media!.callRouter.router.createDirectTransport();
  const rtpParameters = audioParameters() as types.RtpParameters;
  const made: types.Producer[] = [];
  peer.media!.produce = async ({ producerId, kind, paused }) => {
    made.push(await direct.produce({ id: producerId, kind, paused, rtpParameters }));
    return made[0]!;
  };
  await host.produce('microphone');
  let sequence = 0;
  /** in real time; @returns when the recording's own sound ended */
  const speak = async (): Promise<number> => {
    const beganMs = performance.now();
    for (const [index, payload] of packets.entries()) {
      await delay(Math.max(0, beganMs + index * PACKET_MS - performance.now()));
      sequence += 1;
      made[0]!.send(rtp(rtpParameters.encodings![0]!.ssrc!, sequence, payload));
    }
    return Date.now() - 1_000;
  };
  await speak();
  expect(engine.requests).toEqual([]);
  await host.request('set-transcript', { isOn: true, language: 'en' });
  await host.told('transcript-changed', ({ isOn, isFailing }) => isOn && !isFailing, 30_000);
  const beganMs = Date.now();
  const [endedMs, caption] = await Promise.all([
    speak(),
    host.told('caption', () => true, 60_000).then((data) => ({ ...data, atMs: Date.now() })),
  ]);
  expect(caption).toMatchObject({ displayName: 'Host', text: 'go forward ten meters' });
  expect(caption.fromMs).toBeGreaterThan(beganMs);
  expect(caption.untilMs).toBeLessThanOrEqual(endedMs + 1_000);
  expect(caption.atMs - caption.untilMs).toBeLessThan(CAPTION_WITHIN_MS * patienceAt(loadPerCore()));
  await host.request('set-transcript', { isOn: false, language: 'en' });
  const asked = engine.requests.length;
  await speak();
  expect(engine.requests.length).toBe(asked);
});

function rtp(ssrc: number, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(111, 1);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE((sequence * TICKS_OF_PACKET) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}
