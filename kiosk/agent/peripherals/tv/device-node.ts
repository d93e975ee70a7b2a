/** Device nodes under /dev: which there are, and whether one is still the one that it was. */
import { readdirSync, statSync } from 'node:fs';

const LOOK_MS = 1_000;

export function cecNodes(): string[] {
  const number = (name: string): number => Number(name.slice('cec'.length));
  return readdirSync('/dev')
    .filter((name) => /^cec\d+$/.test(name))
    .sort((one, other) => number(one) - number(other))
    .map((name) => `/dev/${name}`);
}

/**
 * Calls `onGone` once when the node goes, or another has its name. `cec-ctl` 1.22 does not notice: a run that waits for
 * messages spins for ever once its adapter is unplugged.
 * @returns stops looking
 */
export function watchNode(path: string, onGone: () => void): () => void {
  const first = identityOf(path);
  const timer = setInterval(() => {
    if (first !== null && identityOf(path) === first) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function identityOf(path: string): string | null {
  const node = statSync(path, { throwIfNoEntry: false });
  return node === undefined ? null : `${node.ino}:${node.rdev}:${node.birthtimeMs}`;
}
