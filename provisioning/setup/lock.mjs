// One set-up at a time: a file that names the process at work. Whoever finds it waits; a file whose process is gone is
// taken over, so that a set-up killed half way blocks nobody.
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const RETRY_MS = 300;

/** Start time in clock ticks since boot (proc(5), field 22): with it a pid that was given again is told apart. */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}

const owner = (pid) => `${pid} ${startTimeOf(pid)}`;

/** The pid that holds the lock, or null when nobody alive does. */
export function holderOf(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const pid = Number(text.split(' ')[0]);
  return pid > 0 && startTimeOf(pid) !== null && owner(pid) === text ? pid : null;
}

/**
 * @template T
 * @param {string} path
 * @param {(pid: number) => void} onWait told once, when another process is at work
 * @param {() => Promise<T>} work
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; ; ) {
    try {
      writeFileSync(path, owner(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(path);
    // An empty file is one that is being written: it gets a moment before it counts as left behind.
    if (holder === null && !(await isBeingWritten(path))) removeLock(path);
    else if (holder !== null && !told) {
      onWait(holder);
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  try {
    return await work();
  } finally {
    removeLock(path);
  }
}

/** Whatever it is: rmSync leaves a symbolic link whose target is gone, and a file that is there can't be made. */
function removeLock(path) {
  try {
    unlinkSync(path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function isBeingWritten(path) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return holderOf(path) !== null;
}
