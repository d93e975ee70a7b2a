/** The same RTP through a worker of mediasoup, as a media node forwards it: its sender reports, and its answer to our requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorker, type types } from 'mediasoup';
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BroadcastUnderTest, complaintsOf, flashesAndBeeps } from './testing/broadcast-under-test.ts';
import { makeProgram } from './testing/program-media.ts';
import { ProgramSender } from './testing/program-sender.ts';

// real time and real processes, on machines that are busy with the rest of the suite
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
const eventually = <T>(look: () => T, interval = 50) => expect.poll(look, { timeout: 50_000, interval });

const LOOPBACK = { listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: true } as const;
const H264 = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };
const { program: pictureType, 'program-sound': soundType } = PROGRAM_PAYLOAD_TYPES;
const opus = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: soundType };
const h264 = { mimeType: 'video/H264', clockRate: 90_000, parameters: H264, payloadType: pictureType };

let worker: types.Worker;
let router: types.Router;
beforeAll(async () => {
  worker = await createWorker({ logLevel: 'none' });
  router = await worker.createRouter({
    mediaCodecs: [
      { ...opus, kind: 'audio', preferredPayloadType: soundType },
      { ...h264, kind: 'video', preferredPayloadType: pictureType },
    ],
  });
});
afterAll(() => worker.close());

test('sound and picture stay together, and a lost packet brings a key frame', async () => {
  const ssrc = 4_000;
  const from = await router.createPlainTransport({ ...LOOPBACK, comedia: true });
  const feedback = [{ type: 'nack', parameter: 'pli' }];
  const picture = await from.produce({
    kind: 'video',
    rtpParameters: { codecs: [{ ...h264, rtcpFeedback: feedback }], encodings: [{ ssrc }], rtcp: { cname: 'p' } },
  });
  const sound = await from.produce({
    kind: 'audio',
    rtpParameters: { codecs: [opus], encodings: [{ ssrc: ssrc + 1 }], rtcp: { cname: 'p' } },
  });
  const media = makeProgram({ seconds: 10 });
  const sender = new ProgramSender({ port: from.tuple.localPort, media, ssrc, pictureDelayMs: 130 });
  await sender.start();
  const under = new BroadcastUnderTest();
  try {
    const port = await under.start();
    const to = await router.createPlainTransport({ ...LOOPBACK, comedia: false });
    await to.connect({ ip: '127.0.0.1', port });
    const codecs = router.rtpCapabilities.codecs!.map((codec) => ({ ...codec, rtcpFeedback: [] }));
    for (const { id } of [sound, picture])
      await to.consume({ producerId: id, rtpCapabilities: { codecs, headerExtensions: [] } });
    await eventually(() => under.health.at(-1)).toMatchObject({ picture: 'good', hasSound: true });
    // it learns the sender's clock from its reports
    await sleep(8_000);
    under.broadcast.goLive();
    await eventually(() => under.parts).toBeGreaterThan(10);
    const asked = sender.keysAsked;
    sender.toLose = 1;
    await eventually(() => sender.keysAsked).toBeGreaterThan(asked);
    await sleep(2_500);
    sender.stop();
    await under.broadcast.end();
    expect(complaintsOf(under.recording)).toBe('');
    const { flashes, beeps } = flashesAndBeeps(under.recording);
    expect(beeps.length).toBeGreaterThan(4);
    const apart = beeps.map((beep) => Math.min(...flashes.map((flash) => Math.abs(flash - beep))) * 1_000);
    apart.sort((a, b) => a - b);
    expect(apart[Math.floor(apart.length / 2)]).toBeLessThan(80);
  } finally {
    sender.stop();
    await under.broadcast.stop();
    under.remove();
  }
});
