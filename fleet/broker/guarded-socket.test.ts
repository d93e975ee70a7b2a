import { afterEach, expect, test, vi } from 'vitest';
import { guardSocket } from './guarded-socket.ts';

const limits = { maxPacketBytes: 1_000, packetsPerSecond: 10, burstPackets: 20 };
const ping = Buffer.of(0xc0, 0);

afterEach(() => {
  vi.restoreAllMocks();
});

/** A socket that has these chunks to read. */
function guarded(...chunks: Buffer[]) {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const sizes: (number | undefined)[] = [];
  const heardAtMs: number[] = [];
  const refused: string[] = [];
  const socket = {
    read(sizeBytes?: number): Buffer | null {
      sizes.push(sizeBytes);
      return chunks.shift() ?? null;
    },
    destroy: vi.fn(),
  };
  guardSocket(socket as never, limits, {
    onHeard: (atMs) => heardAtMs.push(atMs),
    onRefused: (verdict) => refused.push(verdict),
  });
  const passMs = (ms: number): void => {
    nowMs += ms;
  };
  return { socket, sizes, heardAtMs, refused, passMs };
}

test('what keeps to the limits is read as it is, and is a sign of life; an empty read is none', () => {
  const { socket, sizes, heardAtMs, refused, passMs } = guarded(ping);
  passMs(700);
  expect(socket.read(2)).toBe(ping);
  passMs(300);
  expect(socket.read()).toBeNull();
  expect([sizes, heardAtMs, refused, socket.destroy.mock.calls.length]).toEqual([[2, undefined], [700], [], 0]);
});

test.each([
  ['too-large', Buffer.of(0x30, 0x80, 0x08)],
  ['malformed', Buffer.of(0x30, 0x80, 0x80, 0x80, 0x80)],
  ['flood', Buffer.concat(Array.from({ length: 21 }, () => ping))],
])('%s: the connection ends, nothing of it is handed on, and it is no sign of life', (verdict, chunk) => {
  const { socket, heardAtMs, refused } = guarded(chunk);
  expect(socket.read()).toBeNull();
  expect([refused, heardAtMs, socket.destroy.mock.calls.length]).toEqual([[verdict], [], 1]);
});

test('all reads of a connection are judged as one stream, by the time that passes between them', () => {
  const cut = guarded(Buffer.of(0x30, 0x80), Buffer.of(0x08));
  expect(cut.socket.read()).not.toBeNull();
  expect([cut.socket.read(), cut.refused]).toEqual([null, ['too-large']]);
  const slow = guarded(...Array.from({ length: 40 }, () => ping));
  for (let count = 0; count < 20; count += 1) slow.socket.read();
  for (let count = 0; count < 10; count += 1) {
    slow.passMs(100);
    expect(slow.socket.read()).toBe(ping);
  }
  slow.passMs(99);
  expect([slow.socket.read(), slow.refused]).toEqual([null, ['flood']]);
});
