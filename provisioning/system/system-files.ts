/** The system's files of a role: the tree beside this file, and for a kiosk what the shell makes of its own code. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Files, readTree } from './placed-files.ts';
import type { MachineRole } from './roles.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
export const SCREEN_URL = 'http://127.0.0.1:7420/';

/** @param screenUrl of the TV's page on the box, the one page that its browser may show */
export function systemFiles(role: MachineRole, screenUrl = SCREEN_URL): Files {
  const files = readTree(join(import.meta.dirname, 'files', role));
  if (role === 'kiosk') {
    files.set('etc/chromium/policies/managed/maru.json', made(['kiosk/shell/chromium/print-policy.ts', screenUrl]));
    files.set('usr/local/share/maru/room.svg', made(['kiosk/shell/print-room-picture.ts']));
  }
  return files;
}

function made(args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: CHECKOUT, encoding: 'utf8' });
}
