/** The printer with the real Chromium: whatever a page holds, it runs no script and reaches no network. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { FromPrinter } from '#contract/print-link.ts';
import { Printer } from './printer.ts';

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
    <meta http-equiv="refresh" content="0;url=${url}/i"><script>fetch('${url}/j'); while (true) {}</script>text`;
  try {
    printer.print({ name: 'print', printId: uuidv7(), html });
    await expect.poll(() => received, { timeout: 40_000 }).toMatchObject([{ name: 'printed', part: 0 }]);
    expect(connections).toBe(0);
  } finally {
    elsewhere.close();
  }
});
