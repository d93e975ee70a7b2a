/** A server that is started with its output in a file: nobody reads a terminal, and the first password is not lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

test('without a terminal the first administrator’s one-time password waits in a file for the server’s user alone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maru-first-'));
  const args = [join(import.meta.dirname, 'main.ts'), '--data-dir', dataDir, '--ephemeral-ports', '--json-logs'];
  const fleet = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [fleet.stdout, fleet.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  try {
    await vi.waitFor(() => expect(output).toContain('the fleet serves'), { timeout: 50_000, interval: 200 });
    const file = join(dataDir, 'first-administrator.json');
    await vi.waitFor(() => expect(existsSync(file)).toBe(true));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const made = JSON.parse(readFileSync(file, 'utf8')) as { userName: string; oneTimePassword: string };
    expect(made).toEqual({ userName: 'admin', oneTimePassword: expect.stringMatching(/^\w{16}$/) });
    await vi.waitFor(() => expect(output).toContain(file));
    expect(output).not.toContain(made.oneTimePassword);
  } finally {
    fleet.kill('SIGTERM');
    await once(fleet, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
  }
});
