/** What bad input gets, from the converter as a process: a code in bounded time, and nothing that stays. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { badDocuments } from './testing/bad-documents.ts';
import { ConverterUnderTest } from './testing/converter-under-test.ts';

/** Longer than any of them needs, and far shorter than the deadline of a conversion. */
const REFUSED_WITHIN_MS = 60_000;

const converter = new ConverterUnderTest();
let connections = 0;
const listener = createServer((socket) => {
  connections += 1;
  socket.destroy();
}).listen(0, '127.0.0.1');
await once(listener, 'listening');
const documents = badDocuments(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);

beforeAll(() => converter.start());
afterAll(async () => {
  await converter.stop();
  listener.close();
});

test.each(Object.entries(documents))(
  '%s',
  async (_, { make, code }) => {
    const { end } = await converter.convert(make());
    expect(end).toMatchObject(code === null ? { name: 'converted' } : { name: 'failed', code });
  },
  REFUSED_WITHIN_MS,
);

test(
  'nothing of them stays: two spare sandboxes wait, as before',
  async () => {
    await expect.poll(() => converter.leftovers(), { timeout: 50_000 }).toEqual({ inboxes: 2, sandboxes: 2 });
  },
  REFUSED_WITHIN_MS,
);

test('none of them reached the network', () => {
  expect(connections).toBe(0);
});
