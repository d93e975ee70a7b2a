/** Orders to systemd. */
import { execFileSync } from 'node:child_process';

/** Longer than the placement's own limit. */
const WITHIN_MS = 120_000;

/** @throws Error with its last words */
export function systemctl(args: readonly string[]): void {
  try {
    execFileSync('systemctl', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: WITHIN_MS, encoding: 'utf8' });
  } catch (error) {
    const words = String((error as { stderr?: string }).stderr ?? '').trim();
    throw new Error(`systemctl ${args.join(' ')} failed${words && `: ${words}`}`, { cause: error });
  }
}
