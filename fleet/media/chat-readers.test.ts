/** Who has read the chat of a call: marks that grow only, counts for writers alone, and few messages however many read. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { SignalingNotification } from '#contract/signaling.ts';
import { CallChat } from './call-chat.ts';
import type { CallEventDraft } from './call-listener.ts';
import { ChatReaders } from './chat-readers.ts';
import { defaultSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

type Told = Peer & { told: SignalingNotification[] };
function peerOf(name: string, claims: object = {}): Told {
  const told: SignalingNotification[] = [];
  const peer = {
    peerId: uuidv7(),
    displayName: name,
    claims: { person: `account:${name}`, peerKind: 'person', isGuest: false, issuedTo: null, ...claims },
    permissions: { rights: [] },
    notify: (notification: SignalingNotification) => told.push(notification),
    told,
  };
  return peer as unknown as Told;
}

let chat: CallChat;
let readers: ChatReaders;
let events: CallEventDraft[];
let live: Told[];
beforeEach(() => {
  vi.useFakeTimers();
  [events, live] = [[], []];
  const settings = { ...defaultSettings, chatBurst: 1_000 };
  chat = new CallChat({ settings, joined: () => [], onMessage: () => {}, onRecalled: () => {} });
  readers = new ChatReaders({ settings, chat, live: () => live, onEvent: (event) => void events.push(event) });
});
afterEach(() => {
  readers.close();
  vi.useRealTimers();
});

function write(peer: Peer): string {
  const messageId = uuidv7();
  chat.send(peer, { messageId, text: 'Words' });
  return messageId;
}
const pace = () => vi.advanceTimersByTime(defaultSettings.chatReadsEveryMs);
const counts = ({ told }: Told) => told.map((each) => (each.event === 'chat-read' ? each.data.reads : each));

test('a mark covers what was written before it, and never goes back', () => {
  const [mina, joon] = [peerOf('mina'), peerOf('joon')];
  const [first, second] = [write(mina), write(mina)];
  readers.mark(joon, second);
  readers.mark(joon, first);
  readers.mark(joon, uuidv7());
  expect(readers.countsFor(mina)).toEqual([
    { messageId: second, count: 1 },
    { messageId: first, count: 1 },
  ]);
  expect(readers.namesFor(mina, second)).toEqual(['joon']);
  pace();
  expect(events).toEqual([
    { name: 'chat-read', reads: [{ person: 'account:joon', displayName: 'joon', messageId: second }] },
  ]);
  // the same again is no news
  readers.mark(joon, second);
  pace();
  expect(events).toHaveLength(1);
});

test('three hundred who read at once are a few events, and a count for the writer alone', () => {
  const writer = peerOf('mina');
  live = [writer, ...Array.from({ length: 300 }, (_, n) => peerOf(`reader ${n}`))];
  const messageId = write(writer);
  for (const reader of live) readers.mark(reader, messageId);
  pace();
  expect(counts(writer)).toEqual([[{ messageId, count: 300 }]]);
  expect(live.slice(1).flatMap(({ told }) => told)).toEqual([]);
  // the writer's own mark is among them: the fleet keeps it as anybody's
  expect(events.map((event) => event.name === 'chat-read' && event.reads.length)).toEqual([100, 100, 100, 1]);
  expect(readers.namesFor(writer, messageId)).toHaveLength(300);
});

test('rooms, their laptops and programs read nothing; guests count by their names', () => {
  const mina = peerOf('mina');
  const messageId = write(mina);
  readers.mark(peerOf('Han', { issuedTo: { roomId: 'r' }, peerKind: 'room', person: undefined }), messageId);
  readers.mark(peerOf('Laptop', { issuedTo: { roomId: 'r' }, person: undefined }), messageId);
  readers.mark(peerOf('Recording', { peerKind: 'program' }), messageId);
  expect(readers.countsFor(mina)).toEqual([]);
  readers.mark(peerOf('Guest', { isGuest: true, person: undefined, sub: uuidv7() }), messageId);
  expect(readers.namesFor(mina, messageId)).toEqual(['Guest']);
});

test('names are for who wrote it, and of a recalled message there are none', () => {
  const [mina, joon] = [peerOf('mina'), peerOf('joon')];
  const messageId = write(mina);
  readers.mark(joon, messageId);
  expect(readers.namesFor(joon, messageId)).toEqual([]);
  chat.recall(mina, messageId);
  expect([readers.namesFor(mina, messageId), readers.countsFor(mina)]).toEqual([[], []]);
});

test('of a writer the newest three are counted, and the end of the call reports what is left', () => {
  const [mina, joon] = [peerOf('mina'), peerOf('joon')];
  const written = Array.from({ length: 5 }, () => write(mina));
  readers.mark(joon, written.at(-1)!);
  expect(readers.countsFor(mina).map(({ messageId }) => messageId)).toEqual(written.slice(2).reverse());
  readers.close();
  expect(events).toHaveLength(1);
});

test('who reads on the meeting’s page counts too, and the fleet is not told what it has', () => {
  const mina = peerOf('mina');
  live = [mina];
  const messageId = write(mina);
  readers.markByFleet({
    ...{ name: 'mark-chat-read', callId: uuidv7(), person: 'account:sora', displayName: 'Sora', messageId },
  });
  pace();
  expect(counts(mina)).toEqual([[{ messageId, count: 1 }]]);
  expect(events).toEqual([]);
});

test('guests without an end leave room for people with an account', () => {
  const [mina, joon] = [peerOf('mina'), peerOf('joon')];
  const messageId = write(mina);
  for (let n = 0; n < 2_005; n++)
    readers.mark(peerOf('Guest', { isGuest: true, person: undefined, sub: uuidv7() }), messageId);
  expect(readers.countsFor(mina)).toEqual([{ messageId, count: 2_000 }]);
  readers.mark(joon, messageId);
  expect(readers.countsFor(mina)).toEqual([{ messageId, count: 2_001 }]);
  readers.close();
  const reported = events.flatMap((event) => (event.name === 'chat-read' ? event.reads : []));
  expect(reported).toContainEqual({ person: 'account:joon', displayName: 'joon', messageId });
});

test('a guest learns the names of who is in the call, and of nobody who read on the meeting’s page', () => {
  const guest = peerOf('Guest', { isGuest: true, person: undefined, sub: uuidv7() });
  const [mina, sora] = [peerOf('mina'), peerOf('sora')];
  live = [guest, mina];
  const [first, second, own] = [write(guest), write(guest), write(mina)];
  const onPage = (messageId: string) =>
    readers.markByFleet({
      ...{ name: 'mark-chat-read', callId: uuidv7(), person: 'account:sora', displayName: 'sora', messageId },
    });
  onPage(own);
  readers.mark(mina, first);
  expect([readers.namesFor(guest, first), readers.namesFor(guest, second)]).toEqual([['mina'], []]);
  expect(readers.countsFor(guest)).toEqual([{ messageId: first, count: 1 }]);
  expect(readers.namesFor(mina, own)).toEqual(['sora']);
  pace();
  expect(counts(guest)).toEqual([[{ messageId: first, count: 1 }]]);
  // once they have come in
  readers.mark(sora, first);
  expect(readers.namesFor(guest, second)).toEqual(['sora']);
  const last = write(guest);
  readers.mark(sora, last);
  onPage(write(mina));
  expect(readers.namesFor(guest, last)).toEqual(['sora']);
});
