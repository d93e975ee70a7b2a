/**
 * The kiosk on a box without systemd units: agent and shell as siblings, each started again alone. The screen keeps its
 * port, so that a page finds its agent again without a navigation.
 */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { KioskReady } from '#contract/process-ready.ts';
import { z } from '#contract/schema.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { goOnOnceStarted } from '#edge/uncaught.ts';
import { parseKioskOptions, kioskUsage } from './kiosk-options.ts';

const options = readCommandLine(kioskUsage, parseKioskOptions);
const { dataDir } = options;
const AgentMessage = z.union([z.object({ screenPort: z.number().int() }), KioskReady]);

mkdirSync(dataDir, { recursive: true, mode: 0o700 });
// the agent makes it anew: the key in it is of this start
const shellDir = join(dataDir, 'shell');
await rm(shellDir, { recursive: true, force: true });
let { screenPort } = options;

const say = (line: string): void => void process.stderr.write(`kiosk: ${line}\n`);
const supervised = (name: string) => ({
  pidFile: join(dataDir, `${name}.pid`),
  compiledDir: join(dataDir, 'compiled'),
  log: (what: string, details: object) => say(`${name}: ${what} ${inspect(details, { breakLength: Infinity })}`),
});

const shell = new SupervisedProcess({
  ...supervised('shell'),
  script: fileURLToPath(new URL('./shell/main.ts', import.meta.url)),
  args: () => [
    `--url=http://127.0.0.1:${screenPort}/`,
    `--profile-dir=${join(dataDir, 'chromium')}`,
    `--shell-dir=${shellDir}`,
    `--shell=${options.shell}`,
    ...(options.headless ? ['--headless'] : []),
    ...(options.fakeMedia ? ['--fake-media'] : []),
  ],
});
const agent = new SupervisedProcess({
  ...supervised('agent'),
  script: fileURLToPath(new URL('./agent/main.ts', import.meta.url)),
  args: () => [
    `--data-dir=${dataDir}`,
    `--screen-port=${screenPort}`,
    `--setup-port=${options.setupPort}`,
    `--shell-dir=${shellDir}`,
    ...(options.claimFile === null ? [] : [`--claim-file=${options.claimFile}`]),
  ],
  onMessage: (message) => {
    const told = AgentMessage.parse(message);
    if ('ready' in told) {
      process.send?.(told);
      return;
    }
    screenPort = told.screenPort;
    if (options.shell !== 'none' && !shell.running) shell.start();
  },
});
const started = goOnOnceStarted((what, error) => say(`${what}: ${(error as Error)?.stack ?? error}`));
agent.start();
started();

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await Promise.all([shell.stop(), agent.stop()]);
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
if (process.send) process.on('disconnect', () => void end());
