/** Clients send mediasoup's structures. Whatever stands in them, the worker and its channel serve everybody else. */
import { chromiumMedia, firefoxMedia } from '#contract/browser-media-under-test.ts';
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '#contract/media-parameters.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { audioParameters, dtlsParameters, type RawClient, videoParameters } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const VIEW = { kind: 'auto', maxTiles: 9, tileHeightPx: 90 };
const junk: unknown[] = [
  null,
  -1,
  1.5,
  1e300,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  '',
  'x',
  // what the worker matches by a regular expression that recurses
  'L1T1'.padEnd(60_000, 'x'),
  '\u0000',
  '\ud800',
  [],
  {},
  [[]],
  [null],
  true,
  { toString: 1 },
  { ssrc: {} },
  256,
  70_000,
];

/** All that mediasoup reads, by the name of the list or field that holds it; and one name that it does not know. */
const fieldsOf: Record<string, string[]> = {
  '': ['mid', 'msid', 'codecs', 'headerExtensions', 'encodings', 'rtcp', 'role', 'fingerprints', 'later'],
  codecs: [
    ...['kind', 'mimeType', 'payloadType', 'preferredPayloadType', 'clockRate', 'channels'],
    ...['parameters', 'rtcpFeedback', 'later'],
  ],
  parameters: ['apt', 'packetization-mode', 'profile-level-id', 'later', '__proto__'],
  rtcpFeedback: ['type', 'parameter', 'later'],
  headerExtensions: [
    ...['kind', 'uri', 'id', 'encrypt', 'parameters', 'preferredId', 'preferredEncrypt', 'direction', 'later'],
  ],
  encodings: ['ssrc', 'rid', 'codecPayloadType', 'rtx', 'dtx', 'scalabilityMode', 'maxBitrate', 'later'],
  rtx: ['ssrc', 'later'],
  rtcp: ['cname', 'reducedSize', 'later'],
  fingerprints: ['algorithm', 'value', 'later'],
};

type Spot = { path: string[]; field: string };
/** Each field that one may spoil or add, in each object of the sample; of a list's entries the first and the last. */
function spotsOf(value: unknown, path: string[] = []): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).filter(
    ([key], index, all) => !Array.isArray(value) || [0, all.length - 1].includes(index) || key === '',
  );
  const own = path.findLast((key) => !/^\d+$/.test(key)) ?? '';
  return [
    ...(Array.isArray(value) ? [] : (fieldsOf[own] ?? []).map((field) => ({ path, field }))),
    ...inside.flatMap(([key, held]) => spotsOf(held, [...path, key])),
  ];
}

function spoil(value: unknown, { path, field }: Spot, put: unknown): unknown {
  const [key, ...rest] = path;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? spoil(item, { path: rest, field }, put) : item));
  const held = value as Record<string, unknown>;
  if (key !== undefined) return { ...held, [key]: spoil(held[key], { path: rest, field }, put) };
  return Object.defineProperty({ ...held }, field, { value: put, enumerable: true });
}

let it: TestNode;
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => void uncaught.push(error);
beforeAll(() => void process.on('uncaughtException', onUncaught));
afterAll(() => void process.off('uncaughtException', onUncaught));
beforeEach(async () => {
  uncaught.length = 0;
  it = await startTestNode({ settings: { requestBurst: 100_000, failedHellosPerMinute: 100_000 } });
});
afterEach(() => it.stop());

const ask = (client: RawClient, method: string, data: unknown): Promise<unknown> =>
  (client.request as (method: string, data: unknown) => Promise<unknown>).call(client, method, data);

/** @returns what became of it: `accepted`, or the code of the refusal. Nothing is left of it. */
async function produce(client: RawClient, kind: 'audio' | 'video', rtpParameters: unknown): Promise<string> {
  const producerId = uuidv7();
  const asked = ask(client, 'produce', {
    transportId: client.media.send.transportId,
    producerId,
    kind,
    source: kind === 'video' ? 'camera' : 'microphone',
    paused: false,
    rtpParameters,
  });
  const closed = ask(client, 'close-producer', { producerId });
  const [answer] = await Promise.allSettled([asked, closed]);
  return answer.status === 'fulfilled' ? 'accepted' : (answer.reason as { code: string }).code;
}

/** The worker does what is asked of it: for one who is in already, and for one who comes. */
async function expectService(witness: RawClient, callId: string): Promise<void> {
  await witness.request('restart-ice', { transportId: witness.media.send.transportId });
  const late = await it.prepare({ callId });
  const { consumers } = await late.join('Guest 2');
  expect(consumers.some(({ peerId }) => peerId === witness.hello!.peerId)).toBe(true);
  await late.request('connect-transport', { transportId: late.media.send.transportId, dtlsParameters });
  const producerId = await late.produce('camera');
  await witness.told('consumer-added', (added) => added.producerId === producerId);
  late.drop();
  await witness.told('participant-changed', ({ participant }) => participant.connection === 'away');
  expect([it.node.pool.deaths, uncaught]).toEqual([0, []]);
}

describe('mediasoup’s structures, spoilt by a client, harm nobody else', () => {
  const callId = uuidv7();
  let witness: RawClient;
  beforeEach(async () => {
    witness = await it.join({ callId });
    await witness.produce('camera');
    await witness.produce('microphone');
  });

  test.each(['audio', 'video'] as const)('each field of %s parameters, damaged or added', async (kind) => {
    const sample = kind === 'video' ? videoParameters(2) : audioParameters();
    const attacker = await it.join({ callId });
    for (const spot of spotsOf(sample)) {
      const answers = await Promise.all(junk.map((put) => produce(attacker, kind, spoil(sample, spot, put))));
      // a worker that answers somebody by this is asked no more
      expect(answers, JSON.stringify(spot)).not.toContain('media-failed');
    }
    await expectService(witness, callId);
  });

  test('each field of capabilities, damaged or added', async () => {
    const { codecs, headerExtensions } = witness.media.routerRtpCapabilities;
    const isVideo = ({ kind }: { kind: string }): boolean => kind === 'video';
    const sample = { codecs: [codecs!.find(isVideo)], headerExtensions: [headerExtensions!.find(isVideo)] };
    for (const spot of spotsOf(sample)) {
      const attempts = junk.map(async (put) => {
        // the first that count are those that are consumed by
        const attacker = await it.prepare({ callId });
        const rtpCapabilities = spoil(sample, spot, put);
        await ask(attacker, 'prepare-call', { view: VIEW, rtpCapabilities }).catch(() => {});
        attacker.drop();
      });
      await Promise.all(attempts);
    }
    await expectService(witness, callId);
  }, 30_000);

  test('each field of DTLS parameters, damaged or added', async () => {
    const attacker = await it.prepare({ callId });
    const { transportId } = attacker.media.send;
    for (const spot of spotsOf(dtlsParameters))
      await Promise.allSettled(
        junk.map((put) =>
          ask(attacker, 'connect-transport', { transportId, dtlsParameters: spoil(dtlsParameters, spot, put) }),
        ),
      );
    await expectService(witness, callId);
  });

  test('several fields at once, by clients who come and go', async () => {
    const video = videoParameters(3);
    const { routerRtpCapabilities } = witness.media;
    const spoilt = (sample: object) =>
      fc
        .array(fc.tuple(fc.constantFrom(...spotsOf(sample)), fc.constantFrom(...junk)), { minLength: 1, maxLength: 4 })
        .map((all) =>
          all.reduce<unknown>((value, [spot, put]) => {
            try {
              return spoil(value, spot, put);
            } catch {
              // what held it was spoilt before
              return value;
            }
          }, sample),
        );
    const attempt = fc.record({ video: spoilt(video), capabilities: spoilt(routerRtpCapabilities) });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 6 }), async (attempts) => {
        const attacker = await it.prepare({ callId });
        const entries = attempts.map(({ capabilities: rtpCapabilities }) =>
          ask(attacker, 'join-call', {
            displayName: 'Guest 1',
            microphone: 'absent',
            camera: 'absent',
            view: VIEW,
            rtpCapabilities,
          }),
        );
        await Promise.allSettled(entries);
        await attacker.join('Guest 1').catch(() => {});
        await Promise.all(attempts.map((each) => produce(attacker, 'video', each.video)));
        attacker.drop();
        await witness.request('restart-ice', { transportId: witness.media.send.transportId });
      }),
      { numRuns: 40, seed: 11 },
    );
    await expectService(witness, callId);
  });
});

test('what a newer browser adds is dropped, and the rest is taken', async () => {
  const client = await it.join({});
  const sample = videoParameters(2);
  const later = { later: { than: 'us' } };
  const newer = {
    ...sample,
    ...later,
    codecs: sample.codecs.map((codec) => ({ ...codec, ...later })),
    headerExtensions: [...sample.headerExtensions!, { uri: 'urn:later', id: 200, ...later }],
    encodings: sample.encodings!.map((encoding) => ({
      ...encoding,
      ...later,
      active: true,
      scaleResolutionDownBy: 1.5,
      maxFramerate: 29.97,
      networkPriority: 'high',
    })),
    rtcp: { ...sample.rtcp, ...later },
  };
  await client.produce('camera', { rtpParameters: newer });
  const [peer] = [...it.node.registry.calls.values()].flatMap(({ peers }) => [...peers.values()]);
  const { rtpParameters } = peer!.producerOf('camera')!.producer;
  expect(JSON.stringify(rtpParameters)).not.toMatch(/later|active|scaleResolution|Framerate|networkPriority/);
  expect(rtpParameters.encodings!.map(({ rid }) => rid)).toEqual(['r0', 'r1']);
});

test.each([
  ['Chromium', chromiumMedia],
  ['Firefox', firefoxMedia],
] as const)('what %s really sends is carried', async (_, media) => {
  const callId = uuidv7();
  const watcher = await it.prepare({ callId });
  await watcher.join('Guest 1', { rtpCapabilities: media.rtpCapabilities as RtpCapabilities });
  const sender = await it.join({ callId }, 'Guest 2');
  const { transportId } = sender.media.send;
  await sender.request('connect-transport', { transportId, dtlsParameters: media.dtlsParameters as DtlsParameters });
  for (const source of ['camera', 'screen', 'microphone'] as const) {
    const rtpParameters = media[source] as RtpParameters;
    const producerId = await sender.produce(source, { rtpParameters });
    const added = await watcher.told('consumer-added', (consumer) => consumer.producerId === producerId);
    expect(added.rtpParameters.codecs[0]!.mimeType).toBe(rtpParameters.codecs[0]!.mimeType);
  }
});
