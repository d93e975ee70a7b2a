import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pictureProof, SCREEN_PICTURE_PROOF_HEADER } from '#contract/screen-link.ts';
import { PictureBringer } from './picture-bringer.ts';

const KEY = 'k'.repeat(43);
const FIRST = '019a2b3c-4d5e-7f00-8123-456789abcd01';
const SECOND = '019a2b3c-4d5e-7f00-8123-456789abcd02';
let agent: Server;
let bringer: PictureBringer;
let wanted: string | null;
let key: string | null;
const brought: { url: string; proof: string; picture: Buffer<ArrayBuffer> }[] = [];
let taken = 0;

beforeEach(async () => {
  wanted = null;
  key = KEY;
  taken = 0;
  brought.length = 0;
  agent = createServer(async (request, response) => {
    const picture = Buffer.from(await buffer(request));
    brought.push({ url: request.url!, proof: String(request.headers[SCREEN_PICTURE_PROOF_HEADER]), picture });
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(agent, 'listening');
  bringer = new PictureBringer({
    wanted: () => wanted,
    key: () => key,
    take: async () => {
      taken += 1;
      return Buffer.from('a picture');
    },
    origin: `http://127.0.0.1:${(agent.address() as AddressInfo).port}`,
    log: () => {},
  });
  bringer.start();
});
afterEach(() => {
  bringer.stop();
  agent.closeAllConnections();
  agent.close();
});

it('brings each picture that is wanted once, with a proof that holds for it alone', async () => {
  wanted = FIRST;
  await expect.poll(() => brought.length, { timeout: 3_000 }).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  wanted = SECOND;
  await expect.poll(() => brought.length, { timeout: 3_000 }).toBe(2);
  expect(brought.map(({ url }) => url)).toEqual([FIRST, SECOND].map((pictureId) => `/screen-picture?id=${pictureId}`));
  expect(brought[0]!.proof).toBe(await pictureProof(KEY, FIRST, brought[0]!.picture));
  expect(brought[1]!.proof).not.toBe(brought[0]!.proof);
});

it('draws nothing that nobody wants, and brings nothing without the key', async () => {
  await new Promise((resolve) => setTimeout(resolve, 700));
  key = null;
  wanted = FIRST;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect([taken, brought.length]).toEqual([0, 0]);
});
