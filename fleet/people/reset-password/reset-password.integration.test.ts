/** The command on a server's data: on a terminal alone, and never beside the server. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { type AuthorityStore, authorityStore } from '../../store/index.ts';
import { Accounts } from '../accounts.ts';
import { Passwords } from '../passwords.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-reset-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const command = [process.execPath, join(import.meta.dirname, 'main.ts')];
const run = (...args: string[]) => spawnSync(command[0]!, [command[1]!, ...args], { encoding: 'utf8' });
/** util-linux gives it a terminal, and passes on what was written there. */
const runOnTerminal = (...args: string[]) => {
  const line = [...command, ...args].map((word) => `'${word}'`).join(' ');
  return spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', input: '' });
};

async function inStore<T>(work: (store: AuthorityStore) => Promise<T>): Promise<T> {
  const store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  try {
    return await work(store);
  } finally {
    await store.stop();
  }
}
const proves = (password: string) =>
  inStore(async (store) => {
    const accountId = await new Accounts({ store }).idOf('admin');
    return (await new Passwords({ store }).prove(accountId, password)) !== null;
  });

test('a one-time password is printed to a terminal, and to nothing else', async () => {
  const { oneTimePassword: former } = (await inStore((store) => new Accounts({ store }).createFirstAdmin()))!;
  const piped = run('--data', dataDir);
  expect([piped.status, piped.stdout, piped.stderr]).toEqual([1, '', expect.stringContaining('terminal')]);
  expect(await proves(former)).toBe(true);

  const shown = runOnTerminal('--data', dataDir);
  expect(shown.status).toBe(0);
  const made = /sign in as admin with (\w{16}) and/.exec(shown.stdout)?.[1] ?? expect.unreachable(shown.stdout);
  expect([await proves(former), await proves(made)]).toEqual([false, true]);
}, 120_000);

test('a server that runs is to be stopped first, and a folder that is none is left alone', async () => {
  const { oneTimePassword } = (await inStore((store) => new Accounts({ store }).createFirstAdmin()))!;
  lockDataDir({ dataDir, holder: 'fleet-server' });
  const refused = runOnTerminal('--data', dataDir);
  expect([refused.status, refused.stdout]).toEqual([1, expect.stringContaining('Stop the server first')]);
  expect(await proves(oneTimePassword)).toBe(true);
  const nowhere = runOnTerminal('--data', join(dataDir, 'none'));
  expect([nowhere.status, nowhere.stdout]).toEqual([1, expect.stringContaining('is no data directory')]);
}, 120_000);
