/** One set-up of media over transports without WebRTC: restarts of ICE, frames that do not come, and what is left after its end. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaSetup } from '#contract/signaling.ts';
import { MediaSession, type MediaOptions } from './media-session.ts';
import { fakeTrack } from './testing/fake-media.ts';

type Side = 'send' | 'recv';
const SIDES: Side[] = ['send', 'recv'];
const loadDevice = vi.hoisted(() => vi.fn<() => Promise<unknown>>());
vi.mock('./rtc-device.ts', () => ({ loadDevice }));

class Transport extends EventEmitter {
  readonly id: string;
  connectionState = 'new';
  closed = false;
  restartIce = vi.fn(async (_: object) => {});
  getStats = async () => new Map();
  constructor({ id }: { id: string }) {
    super();
    this.id = id;
  }
  consume = async ({ id }: { id: string }) => {
    const consumer = new Consumer(id);
    consumers.set(id, consumer);
    await made;
    return consumer;
  };
  produce = async ({ track, appData }: { track: MediaStreamTrack; appData: object }) => {
    const { id } = await new Promise<{ id: string }>((done) =>
      this.emit('produce', { kind: track.kind, rtpParameters: {}, appData }, done),
    );
    return { id, track, closed: false, close: () => {}, getStats: async () => new Map() };
  };
  close(): void {
    this.closed = true;
  }
  becomes(state: string): void {
    this.connectionState = state;
    this.emit('connectionstatechange', state);
  }
  connects(): void {
    const dtlsParameters = { fingerprints: [] };
    this.emit('connect', { dtlsParameters }, () => {});
  }
}

class Consumer {
  readonly id: string;
  readonly track = fakeTrack('video');
  closed = false;
  framesDecoded = 0;
  constructor(id: string) {
    this.id = id;
  }
  getStats = async () => new Map([['v', { type: 'inbound-rtp', framesDecoded: this.framesDecoded }]]);
  close(): void {
    this.closed = true;
  }
}

const ice = (usernameFragment: string) => ({ usernameFragment, password: 'p' });
const parameters = (transportId: string) => ({
  transportId,
  iceParameters: ice('first'),
  iceCandidates: [],
  dtlsParameters: { fingerprints: [] },
});
const setup: MediaSetup = {
  routerRtpCapabilities: {},
  send: parameters('send'),
  recv: parameters('recv'),
  anchor: { consumerId: 'anchor', producerId: 'anchor', rtpParameters: { codecs: [] } },
};

type Asked = {
  method: string;
  data: Record<string, unknown>;
  atMs: number;
  answer: (data?: object) => void;
  refuse: () => void;
};
let asked: Asked[];
let transports: Record<Side, Transport>;
let consumers: Map<string, Consumer>;
/** when consumers are made */
let made: Promise<void>;
let session: MediaSession;
const onProducerRefused = vi.fn<MediaOptions['onProducerRefused']>();
const ask = (method: string, data: object): Promise<never> =>
  new Promise((resolve, reject) =>
    asked.push({
      method,
      data: data as Record<string, unknown>,
      atMs: performance.now(),
      answer: (answer = {}) => resolve(answer as never),
      refuse: () => reject(new Error('refused')),
    }),
  );
const createSession = () =>
  new MediaSession({
    setup,
    iceServers: [],
    ask: ask as MediaOptions['ask'],
    onProducerRefused,
    onBlocked: () => {},
    onWay: () => {},
  });
const device = () => {
  const create = (side: Side) => (options: { id: string }) => {
    transports[side] = new Transport(options);
    return transports[side];
  };
  return {
    recvRtpCapabilities: {},
    sendRtpCapabilities: {},
    createSendTransport: create('send'),
    createRecvTransport: create('recv'),
  };
};
/** Transports are of this age, so that no time of theirs is that of the page's start. */
const AGE_MS = 5_000;
beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  for (const method of ['warn', 'error'] as const) vi.spyOn(console, method).mockImplementation(() => {});
  [asked, transports, consumers, made] = [[], {} as typeof transports, new Map(), Promise.resolve()];
  loadDevice.mockReset().mockImplementation(async () => device());
  session = createSession();
  await pass(AGE_MS);
});
afterEach(async () => {
  session.close();
  await pass(0);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const of = (method: string) => asked.filter((each) => each.method === method);
/** after so long they were asked for */
const timesOf = (method: string, sinceMs: number) => of(method).map(({ atMs }) => atMs - sinceMs);

describe.each(SIDES)('the %s transport', (side) => {
  it('that is disconnected has ICE restarted at once, and every two seconds until it is connected', async () => {
    const sinceMs = performance.now();
    transports[side].becomes('disconnected');
    await pass(4_400);
    transports[side].becomes('failed');
    transports[side].becomes('connected');
    await pass(10_000);
    expect(timesOf('restart-ice', sinceMs)).toEqual([0, 2_000, 4_000]);
    expect(of('restart-ice').every(({ data }) => data.transportId === side)).toBe(true);
    of('restart-ice')[0]!.answer({ iceParameters: ice('second') });
    await pass(0);
    expect(transports[side].restartIce.mock.calls).toEqual([[{ iceParameters: ice('second') }]]);
  });

  it.each([
    ['connecting', 6_000, () => transports[side].becomes('connecting')],
    ['gathering', 1_500, () => transports[side].connects()],
  ])('that is %s for longer than %i ms has ICE restarted, at the next look', async (_, limitMs, begin) => {
    begin();
    await pass(limitMs + 499);
    expect(of('restart-ice')).toEqual([]);
    await pass(1);
    expect(of('restart-ice').map(({ data }) => data)).toEqual([{ transportId: side }]);
  });

  it('is connected again on the way back where the node has not answered, and gets its own ICE parameters', async () => {
    transports[side].connects();
    session.resume(ice('send'), ice('recv'));
    await pass(0);
    expect(of('connect-transport').map(({ data }) => data.transportId)).toEqual([side, side]);
    expect(transports[side].restartIce.mock.calls).toEqual([[{ iceParameters: ice(side) }]]);
    of('connect-transport')[1]!.answer();
    await pass(0);
    session.resume(ice('send'), ice('recv'));
    await pass(0);
    expect(of('connect-transport')).toHaveLength(2);
  });

  it('is given two seconds after the way back, before ICE is restarted once more', async () => {
    session.resume(ice('send'), ice('recv'));
    await pass(0);
    const sinceMs = performance.now();
    transports[side].becomes('disconnected');
    await pass(2_100);
    expect(timesOf('restart-ice', sinceMs)).toEqual([2_000]);
  });
});

describe('a picture', () => {
  const consume = () =>
    session.consume({
      consumerId: 'c',
      producerId: 'p',
      peerId: 'peer',
      source: 'camera',
      kind: 'video',
      rtpParameters: { codecs: [] },
      paused: false,
    });

  it('that does not come is asked for three times, and no more', async () => {
    await consume();
    const sinceMs = performance.now();
    session.expectFrame('c');
    await pass(60_000);
    expect(timesOf('request-key-frame', sinceMs)).toEqual([150, 550, 1_550]);
  });

  it('that has come is asked for no more', async () => {
    await consume();
    session.expectFrame('c');
    await pass(150);
    consumers.get('c')!.framesDecoded = 1;
    await pass(10_000);
    expect(of('request-key-frame')).toHaveLength(1);
  });

  it('that is expected before its consumer is made is waited for from then on', async () => {
    let done = (): void => {};
    made = new Promise((resolve) => {
      done = resolve;
    });
    const consuming = consume();
    await pass(0);
    session.expectFrame('c');
    await pass(1_000);
    expect(of('request-key-frame')).toEqual([]);
    done();
    await consuming;
    await pass(150);
    expect(of('request-key-frame')).toHaveLength(1);
  });

  it('that is closed while its consumer is made is received by nobody, and not asked for', async () => {
    let done = (): void => {};
    made = new Promise((resolve) => {
      done = resolve;
    });
    const consuming = consume();
    await pass(0);
    session.expectFrame('c');
    session.closeConsumer('c');
    done();
    await consuming;
    await pass(10_000);
    expect([consumers.get('c')!.closed, session.consumerIds(), of('request-key-frame')]).toEqual([true, [], []]);
  });
});

describe('a producer', () => {
  it('is confirmed once the node has answered, and not before', async () => {
    const producer = await session.produce('microphone', fakeTrack('audio'), 'mine');
    expect([of('produce')[0]!.data.producerId, producer.confirmed]).toEqual(['mine', false]);
    of('produce')[0]!.answer();
    await pass(0);
    expect(producer.confirmed).toBe(true);
  });

  it('that the node refuses is reported by its source, and never confirmed', async () => {
    const producer = await session.produce('microphone', fakeTrack('audio'), 'mine');
    of('produce')[0]!.refuse();
    await pass(0);
    expect([producer.confirmed, onProducerRefused.mock.calls[0]![0]]).toEqual([false, 'microphone']);
  });
});

it('a sending transport that cannot be connected ahead is no fault: the first track connects it', async () => {
  let tries = 0;
  // no mock function: that would handle the rejection itself
  transports.send.produce = () => {
    tries += 1;
    return Promise.reject(new Error('no m-line'));
  };
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  session.connectAhead();
  await pass(1);
  await pass(1);
  process.off('unhandledRejection', unhandled);
  expect([tries, unhandled.mock.calls]).toEqual([1, []]);
});

describe('after its end', () => {
  it('nothing is asked any more; the received pictures stay until it is closed', async () => {
    transports.recv.becomes('disconnected');
    session.expectFrame('never made');
    session.retire();
    await pass(0);
    const { length } = asked;
    for (const side of SIDES) transports[side].becomes('disconnected');
    await pass(20_000);
    expect([asked.length, vi.getTimerCount()]).toEqual([length, 0]);
    expect(SIDES.map((side) => transports[side].closed)).toEqual([true, false]);
    session.close();
    await pass(0);
    expect(transports.recv.closed).toBe(true);
  });

  it('that comes while the browser’s capabilities are asked for, no transport is made', async () => {
    let done = (): void => {};
    loadDevice.mockImplementation(
      () =>
        new Promise((resolve) => {
          done = () => resolve(device());
        }),
    );
    [transports.send, transports.recv] = [null!, null!];
    const early = createSession();
    early.close();
    done();
    await pass(0);
    expect(transports).toEqual({ send: null, recv: null });
    await pass(10_000);
  });
});
