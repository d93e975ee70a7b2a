/** The outbox: what waits is sent in parts that the broker takes, until it is acknowledged, and within a bound. */
import { expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { MAX_MQTT_PACKET_BYTES } from '#contract/limits.ts';
import type { CallEvent } from '#contract/node-link.ts';
import { EventOutbox } from './event-outbox.ts';

const posted = (text: string): CallEvent => ({
  name: 'chat-posted',
  eventId: uuidv7(),
  callId: uuidv7(),
  meetingId: uuidv7(),
  atMs: 1,
  person: 'account:1',
  message: { messageId: uuidv7(), number: 0, peerId: uuidv7(), displayName: 'Mina', isGuest: false, text, atMs: 1 },
});

const onTooLarge = (): void => expect.unreachable();

test('long words are published in packets that the broker reads, in their order and each once', () => {
  const published: CallEvent[][] = [];
  const outbox = new EventOutbox({ publish: (events) => published.push(events), onTooLarge });
  const events = Array.from({ length: 60 }, () => posted('가'.repeat(2_000)));
  for (const event of events) outbox.add(event);
  outbox.flush();
  expect(published.length).toBeGreaterThan(1);
  for (const batch of published)
    expect(Buffer.byteLength(JSON.stringify({ events: batch }))).toBeLessThan(MAX_MQTT_PACKET_BYTES);
  expect(published.flat()).toEqual(events);
  outbox.acknowledged(events.slice(1).map(({ eventId }) => eventId));
  published.length = 0;
  outbox.resend();
  expect(published).toEqual([[events[0]]]);
});

test('what nobody fetches is dropped by its size, the oldest first', () => {
  const outbox = new EventOutbox({ publish: () => {}, onTooLarge });
  const events = Array.from({ length: 6_000 }, () => posted('가'.repeat(2_000)));
  for (const event of events) outbox.add(event);
  expect(outbox.size).toBeLessThan(5_600);
  expect(outbox.size).toBeGreaterThan(5_000);
  outbox.acknowledged(events.map(({ eventId }) => eventId));
  expect(outbox.size).toBe(0);
  outbox.add(events[0]!);
  expect(outbox.size).toBe(1);
  outbox.flush();
});

test('an event that no packet has room for is dropped and named, and the others go on', () => {
  const published: CallEvent[][] = [];
  const dropped: [string, number][] = [];
  const outbox = new EventOutbox({
    publish: (events) => published.push(events),
    onTooLarge: ({ name }, sizeBytes) => dropped.push([name, sizeBytes]),
  });
  const [large, small] = [posted('가'.repeat(44_000)), posted('가'.repeat(2_000))];
  // one that fits alone
  const most = posted('x'.repeat(MAX_MQTT_PACKET_BYTES - 2_000));
  for (const event of [large, small, most]) outbox.add(event);
  outbox.flush();
  outbox.resend();
  expect(published.flat()).toEqual([small, most, small, most]);
  for (const batch of published)
    expect(Buffer.byteLength(JSON.stringify({ events: batch }))).toBeLessThan(MAX_MQTT_PACKET_BYTES - 200);
  expect(dropped).toEqual([['chat-posted', Buffer.byteLength(JSON.stringify(large))]]);
  expect(outbox.size).toBe(2);
});

test('marks of readers that wait are kept once for each person, so that they push out no words', () => {
  const published: CallEvent[][] = [];
  const outbox = new EventOutbox({ publish: (events) => published.push(events), onTooLarge });
  const [callId, other, meetingId] = [uuidv7(), uuidv7(), uuidv7()];
  const persons = Array.from({ length: 300 }, () => `account:${uuidv7()}`);
  const read = (by: string[], of = callId): CallEvent => {
    const reads = by.map((person) => ({ person, displayName: '김민아', messageId: uuidv7() }));
    return { name: 'chat-read', eventId: uuidv7(), callId: of, meetingId, atMs: 1, reads };
  };
  const words = posted('Words');
  outbox.add(words);
  const elsewhere = read([persons[0]!], other);
  outbox.add(elsewhere);
  const once = read(['seat:1:2', persons[0]!]);
  outbox.add(once);
  let newest: CallEvent[] = [];
  // forty minutes of three hundred who read, while the fleet is away
  for (let pace = 0; pace < 1_200; pace++) {
    newest = [0, 100, 200].map((from) => read(persons.slice(from, from + 100)));
    for (const event of newest) outbox.add(event);
  }
  expect(outbox.size).toBe(6);
  outbox.resend();
  const [seat] = once.name === 'chat-read' ? once.reads : [];
  expect(published.flat()).toEqual([words, elsewhere, { ...once, reads: [seat] }, ...newest]);
  outbox.acknowledged([words, elsewhere, once, ...newest].map(({ eventId }) => eventId));
  expect(outbox.size).toBe(0);
});
