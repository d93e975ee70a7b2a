import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { cacheKeys, readCachedKeys } from './credentials.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'maru-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));
const keys = { protocol: PROTOCOL_VERSION, keys: [{ kid: 'k', kty: 'OKP' }] };

it('keys that are cached are read again, with how long ago the fleet was heard', async () => {
  await cacheKeys(directory, keys);
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(directory, 'fleet-keys.json'), hourAgo, hourAgo);
  const cached = await readCachedKeys(directory);
  expect(cached?.keys).toEqual(keys);
  expect(cached?.heardAgoMs).toBeGreaterThanOrEqual(3_599_000);
  expect(cached?.heardAgoMs).toBeLessThan(3_660_000);
});

it('a file of the future is of now', async () => {
  await cacheKeys(directory, keys);
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(join(directory, 'fleet-keys.json'), later, later);
  expect((await readCachedKeys(directory))?.heardAgoMs).toBe(0);
});

it.each([
  ['there is none', null],
  ['it was cut off', '{"protocol":'],
  ['it has no keys', '{}'],
])('null where %s', async (_, text) => {
  if (text !== null) writeFileSync(join(directory, 'fleet-keys.json'), text);
  expect(await readCachedKeys(directory)).toBeNull();
});
