/** Opening a socket over a network that refuses, hangs or comes back, on a clock that is moved by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OpenOptions, openPersistently, tryLimitMs } from './open-socket.ts';

class Socket extends EventTarget {
  readonly OPEN = 1;
  readyState = 0;
  isClosed = false;
  readonly openedAtMs = performance.now();
  close(): void {
    this.isClosed = true;
  }
  open(): void {
    this.readyState = this.OPEN;
    this.dispatchEvent(new Event('open'));
  }
}

let sockets: Socket[];
let network: 'hangs' | 'refuses';
let page: EventTarget;
let ended: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  [sockets, network, page, ended] = [[], 'hangs', new EventTarget(), new AbortController()];
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(() => {
  ended.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** with the longest pause of each try */
function open(options: Partial<OpenOptions> = {}): Promise<unknown> {
  return openPersistently({
    url: 'ws://node.test',
    openSocket: () => {
      const socket = new Socket();
      sockets.push(socket);
      if (network === 'refuses') queueMicrotask(() => socket.dispatchEvent(new Event('error')));
      return socket as unknown as WebSocket;
    },
    signal: ended.signal,
    random: () => 1,
    ...options,
  }).then(
    (socket) => socket,
    (reason: unknown) => reason,
  );
}
const pauses = () => sockets.slice(1).map(({ openedAtMs }, index) => openedAtMs - sockets[index]!.openedAtMs);

describe('a network that refuses', () => {
  it('is tried after pauses that grow to half a second, and to one second later, and no further', async () => {
    network = 'refuses';
    void open();
    await pass(60_000);
    expect(pauses().slice(0, 13)).toEqual([250, ...Array.from({ length: 12 }, () => 500)]);
    expect(new Set(pauses().slice(13))).toEqual(new Set([1_000]));
  });

  it('is tried once for each failure, though a socket reports it by two events', async () => {
    void open();
    sockets[0]!.dispatchEvent(new Event('error'));
    sockets[0]!.dispatchEvent(new Event('close'));
    await pass(250);
    expect(sockets).toHaveLength(2);
    await pass(500);
    expect(sockets).toHaveLength(2);
  });
});

it.each([
  [0, 5_000],
  [1, 1_000],
  [14, 1_000],
  [15, 1_500],
  [24, 6_000],
  [25, 6_000],
  [1_000, 6_000],
])('after %i tries the next is given %i ms', (triesMade, limitMs) => {
  expect(tryLimitMs(triesMade, 5_000)).toBe(limitMs);
});

describe('a try that hangs', () => {
  it('is given up after a second, and closed before the next begins', async () => {
    void open();
    await pass(999);
    expect(sockets[0]!.isClosed).toBe(false);
    await pass(1);
    expect([sockets.length, sockets[0]!.isClosed]).toEqual([1, true]);
    await pass(250);
    expect(sockets).toHaveLength(2);
  });

  it('is waited for longer where it is the first, and a person waits', async () => {
    void open({ firstTryMs: 5_000 });
    await pass(5_249);
    expect(sockets).toHaveLength(1);
    await pass(1);
    expect(sockets).toHaveLength(2);
    await pass(1_500);
    expect(sockets).toHaveLength(3);
  });

  it('that was given up starts nothing and opens nothing when it ends at last', async () => {
    const opened = open();
    await pass(1_250);
    const [first, second] = sockets;
    first!.dispatchEvent(new Event('close'));
    first!.open();
    await pass(999);
    expect(sockets).toHaveLength(2);
    second!.open();
    expect(await opened).toBe(second);
  });
});

describe('the network’s return', () => {
  const online = () => page.dispatchEvent(new Event('online'));

  it('starts a try at once, in place of the pause or of the try that hangs', async () => {
    void open();
    await pass(500);
    online();
    expect(sockets.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    await pass(1_000);
    expect(sockets[1]!.isClosed).toBe(true);
    online();
    await pass(250);
    expect(sockets).toHaveLength(3);
  });

  it('means nothing once the socket is open, or is not wanted any more', async () => {
    const opened = open();
    sockets[0]!.open();
    expect(await opened).toBe(sockets[0]);
    online();
    await pass(10_000);
    expect([sockets.length, sockets[0]!.isClosed]).toEqual([1, false]);
    void open();
    ended.abort();
    online();
    await pass(10_000);
    expect(sockets).toHaveLength(2);
  });
});

it('ends with the reason of who wants it no longer, and closes what hangs', async () => {
  const opened = open();
  const reason = new Error('superseded');
  ended.abort(reason);
  expect(await opened).toBe(reason);
  expect(sockets[0]!.isClosed).toBe(true);
  expect(await open()).toBe(reason);
  expect(sockets).toHaveLength(1);
});
