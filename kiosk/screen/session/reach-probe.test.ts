import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { unreachableOf } from './reach-probe.ts';

class FakeSocket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
}
const sockets = new Map<string, FakeSocket>();
const openSocket = (url: string): WebSocket => {
  const socket = new FakeSocket();
  sockets.set(url, socket);
  return socket as unknown as WebSocket;
};

beforeEach(() => {
  sockets.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('names those that close without opening and those that stay silent, and lets go of all', async () => {
  const found = unreachableOf(
    ['wss://open/', 'wss://refused/', 'wss://silent/'],
    openSocket,
    new AbortController().signal,
  );
  sockets.get('wss://open/')!.onopen!();
  sockets.get('wss://refused/')!.onclose!();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(await found).toEqual(['wss://refused/', 'wss://silent/']);
  expect([...sockets.values()].every(({ closed }) => closed)).toBe(true);
});

it('lets go at once when a call comes up', async () => {
  const ends = new AbortController();
  const found = unreachableOf(['wss://silent/'], openSocket, ends.signal);
  ends.abort();
  await found;
  expect(sockets.get('wss://silent/')!.closed).toBe(true);
});
