// @vitest-environment happy-dom
/** A page's client of the notes outlives the page until what was written is saved. */
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openNotesClient } from './open-notes-client.ts';

const sockets: SocketUnderTest[] = [];
class SocketUnderTest {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  isClosed = false;
  constructor() {
    sockets.push(this);
  }
  send(): void {}
  close(): void {
    this.isClosed = true;
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}
beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
  vi.stubGlobal('WebSocket', SocketUnderTest);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The server's state vector of a document without anything, as y-protocols frames it. */
const NOTHING_THERE = new Uint8Array([0, 1, 0]).buffer;

function written(meetingId: string) {
  const opened = openNotesClient(meetingId);
  const socket = sockets.at(-1)!;
  socket.onopen?.();
  socket.say({ type: 'welcome', protocol: 2, meetingId, access: 'write' });
  socket.onmessage?.({ data: NOTHING_THERE });
  opened.client.doc.getText('any').insert(0, 'kept');
  expect(opened.client.getSnapshot().isUnsaved).toBe(true);
  return { ...opened, socket };
}
/** @returns whether the browser would ask */
function closesTab(): boolean {
  const leaving = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}

it('ends with its page where all is saved, also where that stops twice', () => {
  const { stop } = openNotesClient(uuidv7());
  stop();
  stop();
  expect(sockets[0]!.isClosed).toBe(true);
  expect(closesTab()).toBe(false);
});

it('goes on until what was written is saved, and warns who closes the tab meanwhile', () => {
  const { stop, socket } = written(uuidv7());
  stop();
  expect(socket.isClosed).toBe(false);
  expect(closesTab()).toBe(true);
  // what was typed is gathered for a moment, and sent
  vi.advanceTimersByTime(100);
  socket.say({ type: 'saved', count: 1 });
  expect(socket.isClosed).toBe(true);
  expect(closesTab()).toBe(false);
});

it('is found again by a page that comes back, with what is not saved; another meeting has its own', () => {
  const meetingId = uuidv7();
  const first = written(meetingId);
  first.stop();
  const second = openNotesClient(meetingId);
  expect(second.client).toBe(first.client);
  expect(second.client.doc.getText('any').toString()).toBe('kept');
  const other = openNotesClient(uuidv7());
  expect(other.client).not.toBe(first.client);
  vi.advanceTimersByTime(100);
  first.socket.say({ type: 'saved', count: 1 });
  // its page is there still
  expect(first.socket.isClosed).toBe(false);
  second.stop();
  expect(first.socket.isClosed).toBe(true);
  other.stop();
});

it('ends once the server refuses it for good', () => {
  const { stop, socket } = written(uuidv7());
  stop();
  socket.say({ type: 'error', error: { code: 'not-signed-in', message: '' } });
  expect(socket.isClosed).toBe(true);
  expect(closesTab()).toBe(false);
});

it('shows that the server does not answer before it was ever reached', () => {
  const { client, stop } = openNotesClient(uuidv7());
  expect(client.getSnapshot()).toMatchObject({ phase: 'loading', isUnanswered: false });
  sockets.at(-1)!.onclose?.({ code: 1006 });
  expect(client.getSnapshot()).toMatchObject({ phase: 'loading', isUnanswered: true });
  stop();
});
