/** The page on which a person names the fleet: who may, how often, and with what. The kiosk's one address is this machine's. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FleetAddress } from '#contract/enrolment.ts';
import { SetupServer } from './setup-server.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  networkInterfaces: () => ({
    lo: [{ address: '::1', family: 'IPv6', internal: true }],
    eth0: [
      { address: 'fe80::2', family: 'IPv6', internal: false },
      { address: '127.0.0.1', family: 'IPv4', internal: false },
    ],
  }),
}));

const CA = 'ab'.repeat(32);
let server: SetupServer;
let named: FleetAddress[];
beforeEach(async () => {
  named = [];
  server = new SetupServer({ port: 0, onAddress: (address) => named.push(address) });
  expect(server.url).toBeNull();
  await server.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.stop();
});
const key = () => new URL(server.url!).hash.slice(1);
const post = async (
  body: object | string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await fetch(new URL('/address', server.url!), { method: 'POST', headers, body: text })).status;
};

test('who has the key names the fleet, with or without the fingerprint of its CA', async () => {
  expect(await post({ key: key(), address: 'maru.example' })).toBe(204);
  expect(await post({ key: key(), address: 'maru.example', caSha256: ' ' })).toBe(204);
  expect(await post({ key: key(), address: 'maru.example', caSha256: CA })).toBe(204);
  const deviceApiUrl = named[0]!.deviceApiUrl;
  expect(new URL(deviceApiUrl).hostname).toBe('maru.example');
  expect(named).toEqual(
    [null, null, expect.any(String)].map((caSha256) => ({ deviceApiUrl, caSha256, claimCode: null })),
  );
});

test.each<[number, string, object]>([
  [422, 'what is no address', { address: 'not an address' }],
  [422, 'what is no fingerprint', { address: 'maru.example', caSha256: 'abc' }],
  [403, 'another key', { address: 'maru.example', key: 'x' }],
  [400, 'something else', { address: 7 }],
  [400, 'more than is asked', { address: 'maru.example', more: 1 }],
])('%i: %s names none', async (status, _, body) => {
  expect(await post({ key: key(), ...body })).toBe(status);
  expect(named).toEqual([]);
});

test('what is too long, no JSON, or no request of the page names none', async () => {
  const good = { key: key(), address: 'maru.example' };
  expect(await post('{')).toBe(400);
  expect(await post(good, { 'content-type': 'text/plain' })).toBe(415);
  expect(await post({ ...good, caSha256: 'a'.repeat(3_000) }).catch(() => 400)).toBe(400);
  expect((await fetch(new URL('/address', server.url!))).status).toBe(404);
  expect((await fetch(new URL('/other', server.url!), { method: 'POST' })).status).toBe(404);
  expect(named).toEqual([]);
});

test('it is tried ten times a minute, by whomever', async () => {
  let nowMs = 1_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  for (let n = 0; n < 10; n += 1) expect(await post({ key: 'x', address: 'maru.example' })).toBe(403);
  const good = { key: key(), address: 'maru.example' };
  nowMs += 59_999;
  expect(await post(good)).toBe(429);
  nowMs += 1;
  expect(await post(good)).toBe(204);
  expect(named).toHaveLength(1);
  clock.mockRestore();
});

test('its page is there for a browser, and its port is free after its end', async () => {
  const page = await fetch(server.url!);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  const url = new URL('/address', server.url!);
  await server.start();
  await server.stop();
  await server.stop();
  expect(server.url).toBeNull();
  await expect(fetch(url)).rejects.toThrow();
});
