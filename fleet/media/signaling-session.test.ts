/** Notifications to a client that is behind: of a passing kind it gets the latest, and everything in the node's order. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import type { WebSocket } from 'ws';
import { defaultSettings } from './media-settings.ts';
import { SignalingSession, type SignalingSessionOptions } from './signaling-session.ts';

class Socket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {}
  terminate(): void {
    this.emit('close');
  }
}

let socket: Socket;
let session: SignalingSession;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new Socket();
  session = new SignalingSession({
    socket: socket as unknown as WebSocket,
    network: '192.0.2.1',
    address: '192.0.2.1',
    settings: defaultSettings,
    onHello: () => {},
    mayFail: () => true,
    onClosed: () => {},
    logger: pino({ level: 'silent' }),
  } as Partial<SignalingSessionOptions> as SignalingSessionOptions);
  session.start();
});
afterEach(() => {
  socket.terminate();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const BEHIND = 1_000_000;

it('sends what passes at once to a client that keeps up', () => {
  for (const text of ['p1', 'p2']) session.notify(text, true);
  expect(socket.sent).toEqual(['p1', 'p2']);
});

it('keeps the latest back while the client is behind, and sends it once it is not', () => {
  socket.bufferedAmount = BEHIND;
  for (const text of ['p1', 'p2', 'p3']) session.notify(text, true);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([]);
  socket.bufferedAmount = 0;
  vi.advanceTimersByTime(200);
  expect(socket.sent).toEqual(['p3']);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual(['p3']);
});

it('drops nothing else, and puts what was kept back before it', () => {
  socket.bufferedAmount = BEHIND;
  session.notify('p1', true);
  session.notify('p2', true);
  session.notify('stroke');
  session.notify('turn');
  session.notify('p3', true);
  expect(socket.sent).toEqual(['p2', 'stroke', 'turn']);
  socket.bufferedAmount = 0;
  session.notify('p4', true);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual(['p2', 'stroke', 'turn', 'p4']);
});

it('holds nothing for a client that is gone', () => {
  socket.bufferedAmount = BEHIND;
  session.notify('p1', true);
  socket.terminate();
  socket.bufferedAmount = 0;
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([]);
});
