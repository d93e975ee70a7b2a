/** One peer's consumers by hand, on a clock that is moved: what is shown, hidden, and shown again, and what changes while one is made. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallProducer } from './call-producer.ts';
import type { PlannedConsumer } from './forwarding-plan.ts';
import { Forwarding, type ForwardingOptions } from './forwarding.ts';

const PAUSE_AFTER_MS = 2_000;
const CLOSE_AFTER_MS = 30_000;

class Consumer extends EventEmitter {
  readonly id: string;
  readonly producerId: string;
  readonly kind: 'audio' | 'video';
  readonly observer = new EventEmitter();
  readonly rtpParameters = {};
  readonly producerPaused = false;
  readonly layers: number[] = [];
  keyFrames = 0;
  paused: boolean;
  closed = false;
  constructor(producerId: string, paused: boolean) {
    super();
    [this.id, this.producerId, this.paused] = [`of ${producerId}`, producerId, paused];
    this.kind = producerId.startsWith('voice') ? 'audio' : 'video';
  }
  setPriority = async () => {};
  setPreferredLayers = async ({ spatialLayer }: { spatialLayer: number }) => void this.layers.push(spatialLayer);
  pause = async () => {
    this.paused = true;
  };
  resume = async () => {
    this.paused = false;
  };
  requestKeyFrame = async () => {
    this.keyFrames += 1;
  };
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.observer.emit('close');
  }
}

let shown: Map<string, PlannedConsumer>;
let consumers: Consumer[];
let producers: Map<string, CallProducer>;
let mayFlow: boolean;
/** when consumers are made */
let made: Promise<void>;
let recv: EventEmitter & { observer: EventEmitter };
let mediaWorker: { consumers: number };
let forwarding: Forwarding;
const plan = vi.fn(() => new Map(shown));
const release = vi.fn();
const logger = { warn: vi.fn(), debug: vi.fn() };
const events = { onAdded: vi.fn(), onClosed: vi.fn(), onPaused: vi.fn() };
beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  [shown, consumers, producers, mayFlow, made] = [new Map(), [], new Map(), true, Promise.resolve()];
  const ask = (request: () => unknown): unknown => request();
  const close = (consumer: Consumer): void => consumer.close();
  mediaWorker = Object.assign({ consumers: 0 }, { ask, close });
  const callRouter = { router: { canConsume: () => true }, mediaWorker };
  recv = Object.assign(new EventEmitter(), {
    observer: new EventEmitter(),
    consume: async ({ producerId, paused }: { producerId: string; paused: boolean }) => {
      await made;
      const consumer = new Consumer(producerId, paused);
      consumers.push(consumer);
      return consumer;
    },
  });
  for (const producerId of ['camera', 'other', 'voice'])
    producers.set(producerId, {
      producer: { closed: false },
      callRouter,
      peerId: 'p',
      source: 'camera',
    } as unknown as CallProducer);
  forwarding = new Forwarding({
    media: { recv, callRouter },
    rtpCapabilities: {},
    routers: { reach: async () => {}, release },
    producers,
    plan,
    mayFlow: () => mayFlow,
    pauseUnseenAfterMs: PAUSE_AFTER_MS,
    closeUnseenAfterMs: CLOSE_AFTER_MS,
    events,
    logger,
  } as unknown as ForwardingOptions);
});
afterEach(() => {
  recv.observer.emit('close');
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function show(...producerIds: string[]): Promise<void> {
  shown = new Map(producerIds.map((id) => [id, { spatialLayer: id.startsWith('voice') ? null : 0, priority: 20 }]));
  return forwarding.settle();
}

describe('a change', () => {
  // one of these falls between the last look of a pass and the end of what `settle` has returned
  it.each([1, 2, 3, 4, 5])('that comes as a pass ends has a pass of its own, %i turns later', async (turns) => {
    void show();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    void show('camera');
    await pass(0);
    expect(consumers.map(({ producerId }) => producerId)).toEqual(['camera']);
  });

  it('that comes while a consumer is made is carried out before that pass ends', async () => {
    let done = (): void => {};
    made = new Promise((resolve) => {
      done = resolve;
    });
    const settled = show('camera');
    void show('camera', 'other');
    done();
    await settled;
    expect(consumers.map(({ producerId }) => producerId)).toEqual(['camera', 'other']);
  });

  it('is looked for again after a plan that failed', async () => {
    plan.mockImplementationOnce(() => {
      throw new Error('our bug');
    });
    await expect(show('camera')).rejects.toThrow('our bug');
    await show('camera');
    expect(consumers).toHaveLength(1);
  });
});

describe('a picture that is shown no more', () => {
  beforeEach(() => show('camera'));

  it('is paused after two seconds, and closed half a minute later', async () => {
    await show();
    const [consumer] = consumers;
    await pass(PAUSE_AFTER_MS - 1);
    expect(consumer!.paused).toBe(false);
    await pass(1);
    expect(consumer!.paused).toBe(true);
    await show();
    await pass(CLOSE_AFTER_MS - 1);
    expect(consumer!.closed).toBe(false);
    await pass(1);
    expect(consumer!.closed).toBe(true);
    expect([mediaWorker.consumers, forwarding.count, events.onClosed.mock.calls]).toEqual([0, 0, [['of camera']]]);
    expect(release).toHaveBeenCalledOnce();
  });

  it.each([
    ['before it is paused', PAUSE_AFTER_MS - 1],
    ['after it is paused', PAUSE_AFTER_MS + CLOSE_AFTER_MS - 1],
  ])('and again %s stays, and flows', async (_, ms) => {
    await show();
    await pass(ms);
    await show('camera');
    await pass(2 * CLOSE_AFTER_MS);
    expect(consumers.map(({ closed, paused }) => [closed, paused])).toEqual([[false, false]]);
    expect(events.onClosed).not.toHaveBeenCalled();
  });

  it('and whose producer closes meanwhile is closed once', async () => {
    await show();
    await pass(PAUSE_AFTER_MS);
    consumers[0]!.emit('producerclose');
    consumers[0]!.close();
    await pass(2 * CLOSE_AFTER_MS);
    expect([events.onClosed.mock.calls.length, mediaWorker.consumers, forwarding.count]).toEqual([1, 0, 0]);
  });
});

it('a voice that is chosen no more is paused at once', async () => {
  await show('voice');
  await show();
  await pass(0);
  expect(consumers[0]!.paused).toBe(true);
});

it('what is made before the peer may have it stands still, and flows with the next pass', async () => {
  mayFlow = false;
  await show('camera');
  expect(consumers[0]!.paused).toBe(true);
  await show('camera');
  expect(consumers[0]!.paused).toBe(true);
  mayFlow = true;
  await show('camera');
  expect(consumers[0]!.paused).toBe(false);
});

describe('while a consumer is made', () => {
  let done: () => void;
  beforeEach(() => {
    made = new Promise((resolve) => {
      done = resolve;
    });
  });

  it('the peer’s media closes: it is closed as it comes, counted nowhere, and nobody is notified', async () => {
    const settled = show('camera');
    forwarding.close();
    done();
    await settled;
    expect([consumers[0]!.closed, mediaWorker.consumers, forwarding.count]).toEqual([true, 0, 0]);
    expect(events.onAdded).not.toHaveBeenCalled();
    expect(release).toHaveBeenCalledOnce();
  });

  it('it is shown no more: it is paused and closed as any other', async () => {
    const settled = show('camera');
    void show();
    done();
    await settled;
    await pass(PAUSE_AFTER_MS + CLOSE_AFTER_MS);
    expect(consumers[0]!.closed).toBe(true);
  });
});

describe('what cannot be made', () => {
  beforeEach(() => {
    made = Promise.reject(new Error('no codec'));
    made.catch(() => {});
  });

  it('is given up where it came from, logged, and made with the next change', async () => {
    await show('camera');
    expect([release.mock.calls.map(([producerId]) => producerId), logger.warn.mock.calls.length]).toEqual([
      ['camera'],
      1,
    ]);
    made = Promise.resolve();
    await show('camera');
    expect(consumers.map(({ producerId }) => producerId)).toEqual(['camera']);
  });

  it('because it closed meanwhile is no fault', async () => {
    const settled = show('camera');
    Object.assign(producers.get('camera')!.producer, { closed: true });
    await settled;
    expect([release.mock.calls.length, logger.warn.mock.calls.length]).toEqual([1, 0]);
  });
});

it('a peer that changes its network path gets key frames of the pictures that flow', async () => {
  await show('camera', 'other', 'voice');
  consumers[1]!.paused = true;
  recv.emit('iceselectedtuplechange');
  expect(consumers.map(({ keyFrames }) => keyFrames)).toEqual([1, 0, 0]);
});

it('another layer is asked for once', async () => {
  await show('camera');
  shown = new Map([['camera', { spatialLayer: 2, priority: 20 }]]);
  await forwarding.settle();
  await forwarding.settle();
  expect(consumers[0]!.layers).toEqual([2]);
});
