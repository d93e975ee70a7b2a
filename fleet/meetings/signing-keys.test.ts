/** What becomes of the key at a start, and what it signs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { SigningKeys } from './signing-keys.ts';

let dataDir: string;
let directory: string;
let path: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-keys-'));
  directory = join(dataDir, 'server', 'keys');
  path = join(directory, 'signing-key.json');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function started(isInUse: boolean): Promise<SigningKeys> {
  const keys = new SigningKeys({ directory });
  await keys.start({ isInUse });
  return keys;
}
function damage(text: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, text);
}

test('the first start makes one, for its own eyes; the next has the same, and signs on', async () => {
  const keys = await started(false);
  const token = await keys.sign({ aud: 'somewhere', sub: 'x', exp: Date.now() });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const next = await started(true);
  expect(next.published).toEqual(keys.published);
  expect(await next.verify(token, 'somewhere')).toMatchObject({ sub: 'x' });
  await expect(next.verify(token, 'elsewhere')).rejects.toThrow();
});

test.each(['', '{}', 'no key'])(
  'one that is damaged (%j) and in use stops the start, and stays as it is',
  async (text) => {
    damage(text);
    await expect(started(true)).rejects.toThrow(StartRefused);
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test.each(['', '{}', 'no key'])('one that is damaged (%j) and not in use gives way to another', async (text) => {
  damage(text);
  const keys = await started(false);
  expect((await started(true)).published).toEqual(keys.published);
});
