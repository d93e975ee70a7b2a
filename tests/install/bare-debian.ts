/** A bare Debian 12 as a folder: made by mmdebstrap from Debian's mirror, and kept as an archive for a month. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sourcesOfMachine } from '../../provisioning/release/debian-sources.ts';

const KEPT_MS = 30 * 24 * 3_600_000;
/** `minimal`: Debian's essential packages, apt and a systemd that boots. `standard`: what Debian's own installer leaves without a task. */
const VARIANTS = {
  minimal: ['--variant=minbase', '--include=systemd-sysv'],
  standard: ['--variant=important'],
} as const;
export type Variant = keyof typeof VARIANTS;

/** Unpacks it into a new folder. */
export function bareDebian(variant: Variant, folder: string): void {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'maru', 'bare-debian');
  const archive = join(cache, `${variant}.tar`);
  if (!existsSync(archive) || Date.now() - statSync(archive).mtimeMs > KEPT_MS) {
    mkdirSync(cache, { recursive: true });
    const making = join(cache, `${variant}-${process.pid}.tar`);
    const debian = sourcesOfMachine()[0]!.uri;
    const args = ['--quiet', '--mode=root', ...VARIANTS[variant], 'bookworm', making, debian];
    execFileSync('mmdebstrap', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(making, archive);
  }
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['--extract', '--numeric-owner', '--file', archive, '--directory', folder]);
}
