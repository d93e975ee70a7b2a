/** A peer's two transports by hand: what opens halfway, connects, fails, and comes back. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallRouter } from './call-routers.ts';
import { PeerMedia } from './peer-media.ts';

type Side = 'send' | 'recv';
const SIDES: Side[] = ['send', 'recv'];

class Transport extends EventEmitter {
  readonly id: Side;
  readonly observer = new EventEmitter();
  iceState = 'new';
  dtlsState = 'new';
  closed = false;
  connect = vi.fn(async (_: object) => {});
  consume = async () => ({ id: 'anchor', rtpParameters: {} });
  setMinOutgoingBitrate = async () => {};
  constructor(id: Side) {
    super();
    this.id = id;
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.observer.emit('close');
  }
  becomes(iceState: string, dtlsState: string): void {
    const changes = [iceState !== this.iceState && 'icestatechange', dtlsState !== this.dtlsState && 'dtlsstatechange'];
    Object.assign(this, { iceState, dtlsState });
    for (const change of changes) if (change) this.emit(change);
  }
}

let transports: Record<Side, Transport>;
let opened: Record<Side, () => void>;
let failed: Record<Side, () => void>;
let mediaWorker: { peers: number };
let callRouter: CallRouter;
beforeEach(() => {
  vi.useFakeTimers();
  transports = { send: new Transport('send'), recv: new Transport('recv') };
  [opened, failed] = [{} as typeof opened, {} as typeof failed];
  const sides = SIDES.values();
  mediaWorker = {
    peers: 0,
    ...{
      ask: (request: () => unknown) => request(),
      close: (...held: Transport[]) => {
        for (const each of held) each.close();
      },
    },
  };
  callRouter = {
    mediaWorker,
    anchor: { id: 'anchor' },
    router: {
      createWebRtcTransport: () =>
        new Promise((resolve, reject) => {
          const side = sides.next().value!;
          opened[side] = () => resolve(transports[side]);
          failed[side] = () => reject(new Error(`no ${side}`));
        }),
    },
  } as unknown as CallRouter;
});
afterEach(() => void vi.useRealTimers());
async function open(): Promise<PeerMedia> {
  const opening = PeerMedia.open(callRouter);
  for (const side of SIDES) opened[side]();
  return opening;
}
const other = (side: Side): Side => (side === 'send' ? 'recv' : 'send');
const connect = (media: PeerMedia, transportId: Side, value = 'AA') =>
  media.connect({ transportId, dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value }] } });
const isClosed = () => SIDES.map((side) => transports[side].closed);

describe('a place', () => {
  it('counts on its worker from when it is open until it is closed, once', async () => {
    const media = await open();
    expect(mediaWorker.peers).toBe(1);
    media.close();
    media.close();
    expect([mediaWorker.peers, ...isClosed()]).toEqual([0, true, true]);
  });

  it.each(SIDES)(
    'whose %s transport cannot be opened leaves the other one closed, though that comes later',
    async (side) => {
      const opening = expect(PeerMedia.open(callRouter)).rejects.toThrow(`no ${side}`);
      failed[side]();
      await opening;
      opened[other(side)]();
      await vi.advanceTimersByTimeAsync(0);
      expect([transports[other(side)].closed, mediaWorker.peers]).toEqual([true, 0]);
    },
  );

  it('whose anchor cannot be consumed is closed', async () => {
    transports.recv.consume = () => Promise.reject(new Error('no anchor'));
    await expect(open()).rejects.toThrow('no anchor');
    await vi.advanceTimersByTimeAsync(0);
    expect([mediaWorker.peers, ...isClosed()]).toEqual([0, true, true]);
  });

  it.each(SIDES)('whose %s transport closes while it opens is none, and counts nowhere', async (side) => {
    transports.recv.consume = async () => {
      transports[side].close();
      return { id: 'anchor', rtpParameters: {} };
    };
    await expect(open()).rejects.toMatchObject({ code: 'media-failed' });
    await vi.advanceTimersByTimeAsync(0);
    expect([mediaWorker.peers, ...isClosed()]).toEqual([0, true, true]);
  });
});

describe.each(SIDES)('the %s transport', (side) => {
  it('is connected once, however often that is asked with the same fingerprints, and never to another', async () => {
    const media = await open();
    await Promise.all([connect(media, side), connect(media, side)]);
    expect(transports[side].connect).toHaveBeenCalledOnce();
    await expect(connect(media, side, 'BB')).rejects.toMatchObject({ code: 'not-possible-now' });
    expect(transports[side].connect).toHaveBeenCalledOnce();
    await connect(media, other(side), 'BB');
  });

  it('is connected again where that failed, and does not count as blocked in between', async () => {
    const media = await open();
    transports[side].connect.mockRejectedValueOnce(new Error('worker'));
    await expect(connect(media, side)).rejects.toThrow('worker');
    expect(media.isBlocked(performance.now() + 60_000)).toBe(false);
    await connect(media, side, 'BB');
    expect(transports[side].connect).toHaveBeenCalledTimes(2);
  });

  it('counts as blocked five seconds after the client began to connect it, and anew after each loss', async () => {
    const media = await open();
    const isBlocked = () => media.isBlocked(performance.now());
    vi.advanceTimersByTime(20_000);
    expect(isBlocked()).toBe(false);
    await connect(media, side);
    vi.advanceTimersByTime(4_999);
    expect(isBlocked()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isBlocked()).toBe(true);
    transports[side].becomes('completed', 'connecting');
    expect(isBlocked()).toBe(true);
    transports[side].becomes('completed', 'connected');
    expect(isBlocked()).toBe(false);
    vi.advanceTimersByTime(20_000);
    transports[side].becomes('disconnected', 'connected');
    vi.advanceTimersByTime(3_000);
    // another sign of the same loss
    transports[side].becomes('disconnected', 'failed');
    vi.advanceTimersByTime(1_999);
    expect(isBlocked()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isBlocked()).toBe(true);
  });

  it.each([
    ['failed', false],
    ['closed', false],
    ['connected', true],
  ])('that has %s is one that a page can go on with: %s', async (dtlsState, isUsable) => {
    const media = await open();
    transports[side].dtlsState = dtlsState;
    expect(media.usable).toBe(isUsable);
    transports[other(side)].close();
    expect(media.usable).toBe(false);
  });
});
