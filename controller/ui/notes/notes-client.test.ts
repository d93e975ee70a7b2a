/** What a page's notes client does with a right that ends while something is not saved. The rest is tested against a server. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { NotesClient, type NotesSocket } from './notes-client.ts';

const MEETING = '0193a0b0-0000-7000-8000-000000000001';
const sockets: NotesSocket[] = [];
let client: NotesClient;
beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
  const openSocket = (): NotesSocket => {
    const socket = { send: () => {}, close: () => {}, onopen: null, onmessage: null, onclose: null } as unknown;
    sockets.push(socket as NotesSocket);
    return socket as NotesSocket;
  };
  client = new NotesClient({ meetingId: MEETING, openSocket });
  client.start();
});
afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

const comes = (message: object) => sockets.at(-1)!.onmessage!({ data: JSON.stringify(message) });
const opens = () => comes({ type: 'welcome', protocol: PROTOCOL_VERSION, meetingId: MEETING, access: 'write' });
const write = (text: string) => {
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText(text)]);
  client.doc.getXmlFragment(NOTES_FRAGMENT).push([paragraph]);
};

it('words that were written while the line was down, by somebody who may not write any more, are named and stay', () => {
  opens();
  sockets[0]!.onclose!({ code: 1006 });
  write('for later');
  vi.advanceTimersByTime(5_000);
  expect(client.getSnapshot().isUnsaved).toBe(true);
  comes({ type: 'error', error: { code: 'forbidden', message: '' } });
  expect(client.getSnapshot()).toMatchObject({ phase: 'ended', endedBy: 'forbidden', refusedBy: 'forbidden' });
  expect(client.doc.getXmlFragment(NOTES_FRAGMENT).toString()).toContain('for later');
});

it('where everything was saved, nothing is named as not saved', () => {
  opens();
  comes({ type: 'error', error: { code: 'forbidden', message: '' } });
  expect(client.getSnapshot()).toMatchObject({ phase: 'ended', endedBy: 'forbidden', refusedBy: null });
});
