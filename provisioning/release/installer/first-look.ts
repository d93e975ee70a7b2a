/** Whether what was installed runs: asked on loopback, as soon as its units were started. */
import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EACH_MS = 500;
const ANSWER_WITHIN_MS = 5_000;

/** A service that ended so often since it was started does not come up. */
const RESTARTS_AT_MOST = 5;

/** Any answer but a failure. @returns false: there was none within that time, or the unit gave up before */
export async function answers(url: string, unit: string, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    if (await isAnswered(url)) return true;
    if (hasGivenUp(unit)) return false;
    await sleep(ASK_EACH_MS);
  }
  return false;
}

/** Not while its start is queued: until then it shows what became of the release before. */
function hasGivenUp(unit: string): boolean {
  const asked = ['show', '--property=ActiveState,NRestarts,Job', unit];
  const { stdout } = spawnSync('systemctl', asked, { encoding: 'utf8' });
  if (/^Job=[1-9]/m.test(stdout)) return false;
  const restarts = Number(/^NRestarts=(\d+)$/m.exec(stdout)?.[1] ?? 0);
  return /^ActiveState=failed$/m.test(stdout) || restarts > RESTARTS_AT_MOST;
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
