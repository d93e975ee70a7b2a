/** The media side of a call over a pool by hand: which worker is asked, and for which peers anything is forwarded. */
import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { CallMedia, type CallMediaOptions } from './call-media.ts';
import { defaultSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

const leastLoaded = vi.fn();
const callMedia = () =>
  new CallMedia({
    pool: { leastLoaded },
    settings: defaultSettings,
    peers: new Map(),
    logger: pino({ level: 'silent' }),
  } as unknown as CallMediaOptions);

describe('a place for a peer', () => {
  it.each([
    ['WorkerClosedError', 3],
    ['TypeError', 1],
  ])('that fails by a %s is asked for %i times', async (name, times) => {
    leastLoaded.mockReset().mockRejectedValue(Object.assign(new Error('no'), { name }));
    await expect(callMedia().open({ stage: 'prepared', media: null } as unknown as Peer)).rejects.toMatchObject({
      name,
    });
    expect(leastLoaded).toHaveBeenCalledTimes(times);
  });
});

describe('forwarding', () => {
  const media = { recv: Object.assign(new EventEmitter(), { observer: new EventEmitter() }) };
  it.each([
    ['transports', { media: null, rtpCapabilities: {} }, false],
    ['capabilities', { media, rtpCapabilities: null }, false],
    ['neither missing', { media, rtpCapabilities: {} }, true],
  ])('of a peer without %s', async (_, has, isForwarded) => {
    const peer = {
      peerId: 'p',
      forwarding: null,
      permissions: { receives: [] },
      view: { kind: 'auto', maxTiles: 0, tileHeightPx: 0 },
      ...has,
    } as unknown as Peer;
    await callMedia().forward(peer);
    expect(peer.forwarding !== null).toBe(isForwarded);
  });
});
