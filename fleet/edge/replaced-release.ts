/**
 * A process that goes on with what it holds while its release is replaced, and ends once it holds nothing: its supervisor starts the
 * new one. So an upgrade of a server costs no call and no broadcast.
 */
import { realpathSync } from 'node:fs';

const LOOKED_EACH_MS = 10_000;

export type ReplacedRelease = {
  /** the link that leads to the release which units start (`/opt/maru/current`) */
  link: string;
  /** the release of this process: the folder that it was started in */
  folder?: string;
  /** asked once it is replaced; `true` at two looks in a row ends it, so that somebody whose network changes finds the same process */
  isIdle: () => boolean;
  onIdle: () => void;
  lookedEachMs?: number;
};

/** Looks until `onIdle` was called. A link that cannot be read is no other release. @returns what ends the looking */
export function endOnceReplaced({
  link,
  folder = process.cwd(),
  isIdle,
  onIdle,
  lookedEachMs = LOOKED_EACH_MS,
}: ReplacedRelease): () => void {
  let wasIdle = false;
  const timer = setInterval(() => {
    const isIdleNow = isReplaced(link, folder) && isIdle();
    if (isIdleNow && wasIdle) {
      clearInterval(timer);
      onIdle();
    }
    wasIdle = isIdleNow;
  }, lookedEachMs);
  timer.unref();
  return () => clearInterval(timer);
}

function isReplaced(link: string, folder: string): boolean {
  try {
    return realpathSync(link) !== folder;
  } catch {
    return false;
  }
}
