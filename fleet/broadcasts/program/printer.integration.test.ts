/** The printer with the real Chromium: whatever a page holds, it runs no script and reaches no network. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { FromPrinter } from '#contract/print-link.ts';
import { Printer } from './printer.ts';

/** a browser on a busy machine */
const PRINTED_WITHIN_MS = 90_000;
vi.setConfig({ testTimeout: 2 * PRINTED_WITHIN_MS });
const received: Exclude<FromPrinter, { name: 'hello' }>[] = [];
const printer = new Printer({ fontFiles: [], send: (message) => void received.push(message), log: () => {} });
afterEach(() => printer.end());

it('a page full of scripts and addresses is printed without a single connection', async () => {
  let connections = 0;
  const elsewhere = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const html = `<!doctype html><link rel="stylesheet" href="${url}/a"><style>@import '${url}/b';@font-face{font-family:x;src:url(${url}/c)}body{font-family:x;background:url(${url}/d)}</style>
    <img src="${url}/e" onerror="fetch('${url}/f')"><iframe src="${url}/g"></iframe><object data="${url}/h"></object>
    <script>fetch('${url}/i'); while (true) {}</script>text`;
  // leads away at once: it is printed before or after, or not at all
  const leaving = `${html}<meta http-equiv="refresh" content="0;url=${url}/j">`;
  try {
    for (const each of [html, leaving]) printer.print({ name: 'print', printId: uuidv7(), html: each });
    await expect.poll(() => received, { timeout: PRINTED_WITHIN_MS }).toMatchObject([{ name: 'printed', part: 0 }, {}]);
    expect(connections).toBe(0);
  } finally {
    elsewhere.close();
  }
});
