// Parts made of a line of script each: what a person is told when the real ones misbehave.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from '#contract/schema.ts';
import { processesOfRun, RUN_VARIABLE } from './leftovers.ts';
import { DemonstrationProcess } from './demonstration-process.ts';

let folder: string;
const runId = `test-${process.pid}`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-part-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function partOf(script: string) {
  const modulePath = join(folder, 'part.mjs');
  writeFileSync(modulePath, script);
  return new DemonstrationProcess({
    name: 'The part',
    modulePath,
    args: [],
    env: { ...process.env, [RUN_VARIABLE]: runId },
    logPath: join(folder, 'part.log'),
    readySchema: z.object({ ready: z.literal('part'), port: z.number() }),
  });
}

const staysUp = 'process.on("disconnect", () => process.exit()); setInterval(() => {}, 1000);';

it('is ready when it says so, and leaves nothing behind when it is stopped', async () => {
  const part = partOf(`process.send({ ready: 'part', port: 7 }); ${staysUp}`);
  expect(await part.ready()).toEqual({ ready: 'part', port: 7 });
  expect(processesOfRun(runId)).toHaveLength(1);
  await part.stop();
  expect(processesOfRun(runId)).toEqual([]);
  await part.stop();
});

it('shows the end of its log when it ends before it is ready', async () => {
  const part = partOf('console.error("port 7400 is taken"); process.exit(3);');
  await expect(part.ready()).rejects.toThrow(/The part ended \(exit code 3\)[\s\S]*port 7400 is taken/);
});

it('is refused when it tells something that the contract does not have', async () => {
  const part = partOf(`process.send({ ready: 'something else' }); ${staysUp}`);
  await expect(part.ready()).rejects.toThrow('told something unexpected');
  await part.stop();
});

it('says that it ended, however it was ended', async () => {
  const part = partOf(`process.send({ ready: 'part', port: 7 }); ${staysUp}`);
  await part.ready();
  for (const pid of processesOfRun(runId)) process.kill(pid, 'SIGKILL');
  expect((await part.ended).message).toMatch('ended (SIGKILL)');
});
