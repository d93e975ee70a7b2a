/** Whether what was installed runs: asked on loopback, as soon as its units were started. */
import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EACH_MS = 500;
const ANSWER_WITHIN_MS = 5_000;

/** A service that ended so often since it was started does not come up. */
const RESTARTS_AT_MOST = 5;

/**
 * Any answer but a failure, once the unit's start is no longer queued: until then the release before it may answer.
 * @returns false: there was none within that time, or the unit gave up before
 */
export async function answers(url: string, unit: string, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  // of the release before, where that one was stopped while systemd waited to start it again
  let restartsBefore = Number.POSITIVE_INFINITY;
  while (performance.now() < until) {
    const { isQueued, isFailed, restarts } = shownOf(unit);
    restartsBefore = Math.min(restartsBefore, restarts);
    if (!isQueued) {
      if (await isAnswered(url)) return true;
      if (isFailed || restarts - restartsBefore > RESTARTS_AT_MOST) return false;
    }
    await sleep(ASK_EACH_MS);
  }
  return false;
}

/** While its start is queued it shows what became of the release before. */
function shownOf(unit: string): { isQueued: boolean; isFailed: boolean; restarts: number } {
  const asked = ['show', '--property=ActiveState,NRestarts,Job', unit];
  const { stdout } = spawnSync('systemctl', asked, { encoding: 'utf8' });
  return {
    isQueued: /^Job=[1-9]/m.test(stdout),
    isFailed: /^ActiveState=failed$/m.test(stdout),
    restarts: Number(/^NRestarts=(\d+)$/m.exec(stdout)?.[1] ?? 0),
  };
}

function isAnswered(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { timeout: ANSWER_WITHIN_MS, rejectUnauthorized: false };
    // this machine itself: nobody in between
    const sent = (url.startsWith('https:') ? request : get)(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode !== undefined && answer.statusCode < 500);
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(false));
    sent.end();
  });
}
