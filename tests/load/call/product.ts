/** The product under measure, started as `npm start` does, without a window: its addresses, and what the benches ask of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CallGrant } from '#contract/grants.ts';
import { processTree } from '../processes.ts';
import { readFileSync } from 'node:fs';

export type Addresses = Record<
  | 'consoleUrl'
  | 'controllerUrl'
  | 'staffUrl'
  | 'joinUrl'
  | 'tvUrl'
  | 'fleetUrl'
  | 'adminUser'
  | 'adminPassword'
  | 'roomId',
  string
>;
export type Product = {
  addresses: Addresses;
  /** the guest link's token */
  invite: string;
  requestGrant: (invite: string) => Promise<CallGrant>;
  mediaNodePid: () => number;
  close: () => Promise<void>;
};

const root = join(import.meta.dirname, '../../..');

export async function startProduct(extra: string[] = []): Promise<Product> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['provisioning/demonstration/main.ts', '--headless', '--ephemeral', '--json', '--no-shell', ...extra],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the product ended with ${code} before it was ready`)));
  });
  const addresses = JSON.parse(line) as Addresses;
  return {
    addresses,
    invite: new URL(addresses.joinUrl).hash.slice(1),
    async requestGrant(invite) {
      const response = await fetch(new URL('/api/v1/guest-entries', addresses.fleetUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: addresses.fleetUrl },
        body: JSON.stringify({ invite }),
      });
      if (!response.ok) throw new Error(`guest entry: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { grant: CallGrant }).grant;
    },
    mediaNodePid: () => {
      const pid = processTree(child.pid!).find((each) => commandOf(each).includes('dist/fleet-media-main.js'));
      if (pid === undefined) throw new Error('no media node runs');
      return pid;
    },
    async close() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
