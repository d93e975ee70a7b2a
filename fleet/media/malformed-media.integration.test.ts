/** mediasoup's own structures pass the contract as they are: whatever stands in them, the worker and its channel live on. */
import type { RequestOf } from '#contract/signaling.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { audioParameters, dtlsParameters, videoParameters } from './testing/raw-client.ts';
import { startTestNode } from './testing/test-node.ts';

const junk = fc.constantFrom<unknown>(
  null,
  -1,
  0.5,
  2 ** 40,
  Number.MAX_SAFE_INTEGER,
  '',
  'x',
  'x'.repeat(5_000),
  '\u0000',
  [],
  {},
  [[]],
  [null],
  true,
  { toString: 1 },
  256,
  70_000,
);

/** The value with one of its leaves or branches replaced. */
function damage(value: unknown, steps: readonly number[], put: unknown): unknown {
  if (typeof value !== 'object' || value === null || steps.length === 0) return put;
  const keys = Object.keys(value);
  if (keys.length === 0) return put;
  const key = keys[steps[0]! % keys.length]!;
  const damaged = damage((value as Record<string, unknown>)[key], steps.slice(1), put);
  return Array.isArray(value)
    ? value.map((item, index) => (String(index) === key ? damaged : item))
    : { ...value, [key]: damaged };
}

test('damaged RTP, DTLS and capabilities harm nobody else', async () => {
  const it = await startTestNode({ settings: { requestBurst: 100_000, failedHellosPerMinute: 100_000 } });
  try {
    const callId = uuidv7();
    const witness = await it.join({ callId });
    await witness.produce('camera');
    const damages = fc.record({
      what: fc.constantFrom('video', 'audio', 'dtls', 'capabilities'),
      steps: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 }),
      put: junk,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damages, { minLength: 1, maxLength: 12 }), async (attempts) => {
        const attacker = await it.prepare({ callId });
        const { send, routerRtpCapabilities } = attacker.media;
        const ask = attacker.request.bind(attacker) as (method: string, data: unknown) => Promise<unknown>;
        const answers = attempts.map(({ what, steps, put }) => {
          const producerId = uuidv7();
          switch (what) {
            case 'dtls': {
              const data: RequestOf<'connect-transport'> = { transportId: send.transportId, dtlsParameters };
              return ask('connect-transport', damage(data, steps, put));
            }
            case 'capabilities': {
              const join = {
                displayName: 'Guest 1',
                microphone: 'absent',
                camera: 'absent',
                view: { kind: 'auto', maxTiles: 9, tileHeightPx: 90 },
              };
              return ask('join', { ...join, rtpCapabilities: damage(routerRtpCapabilities, steps, put) });
            }
            default: {
              const rtpParameters = damage(what === 'video' ? videoParameters(3) : audioParameters(), steps, put);
              const source = what === 'video' ? 'camera' : 'microphone';
              return ask('produce', {
                transportId: send.transportId,
                producerId,
                kind: what,
                source,
                paused: false,
                rtpParameters,
              });
            }
          }
        });
        await Promise.allSettled(answers);
        await ask('leave', {});
        await witness.request('ping', {});
      }),
      { numRuns: 40, seed: 11 },
    );
    const late = await it.prepare({ callId });
    const { consumers } = await late.join('Guest 2');
    expect(consumers.some(({ peerId }) => peerId === witness.hello!.peerId)).toBe(true);
    await late.request('connect-transport', { transportId: late.media.send.transportId, dtlsParameters });
    await late.produce('camera');
    await witness.told('consumer-added', ({ peerId }) => peerId === late.hello!.peerId);
    expect(it.node.pool.deaths).toBe(0);
  } finally {
    await it.stop();
  }
});
