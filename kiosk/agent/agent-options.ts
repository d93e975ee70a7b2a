/** The command line of the agent. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '#edge/command-line.ts';

export type AgentOptions = {
  dataDir: string;
  /** null: the box belongs to its room already */
  claimFile: string | null;
  screenPort: number;
  /** of the page by which a phone names the fleet, while the box is no room's */
  setupPort: number;
  /** shared with the shell; the box's units name one in /run */
  shellDir: string;
  /** what starts the box anew once it is there; null: nobody looks for it */
  restartFile: string | null;
  /** where root and the guard of updates are met; null: this box takes none */
  updates: UpdatePaths | null;
};

type UpdatePaths = { runDir: string; stateDir: string; reportFile: string; rootFile: string; releaseDir: string };
const UPDATE_OPTIONS = {
  runDir: 'updates-run-dir',
  stateDir: 'updater-state-dir',
  reportFile: 'updater-report',
  rootFile: 'update-root',
  releaseDir: 'release-dir',
} as const satisfies Record<keyof UpdatePaths, string>;

export const agentUsage = `node_modules/.bin/node kiosk/agent/main.ts [options]

  --claim-file=F      the claim from the console, at the first start
  --data-dir=DIR      where the box keeps what it is and what it has to remember (.maru/kiosk)
  --screen-port=PORT  of the TV's page, on this machine alone (7420); 0: any free one
  --setup-port=PORT   of the page on which a phone names the fleet's address, while the box is no room's (7421); 0: any free one
  --shell-dir=DIR     what is left for the shell (shell, in the data folder)
  --restart-file=F    made when IT restarts the box: a unit of the box looks for it (IT cannot)

  --release-dir=DIR        the link to the release that runs; with it all of these, so that the box takes updates (it takes none)
  --updates-run-dir=DIR    where orders to the box's updater and the proof of a release are left, in /run
  --updater-state-dir=DIR  where the guard keeps a trial and its end
  --updater-report=F       the updater's answer to the last order
  --update-root=F          the root of trust that the box was installed with`;

/** @throws Error naming what is wrong */
export function parseAgentOptions(args: string[]): AgentOptions {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string', default: '.maru/kiosk' },
      'claim-file': { type: 'string' },
      'screen-port': { type: 'string', default: '7420' },
      'setup-port': { type: 'string', default: '7421' },
      'shell-dir': { type: 'string' },
      'restart-file': { type: 'string' },
      'updates-run-dir': { type: 'string' },
      'updater-state-dir': { type: 'string' },
      'updater-report': { type: 'string' },
      'update-root': { type: 'string' },
      'release-dir': { type: 'string' },
    },
  });
  return {
    dataDir: values['data-dir'],
    claimFile: values['claim-file'] ?? null,
    screenPort: wholeNumber('screen-port', values['screen-port'], 0, 65_535),
    setupPort: wholeNumber('setup-port', values['setup-port'], 0, 65_535),
    shellDir: values['shell-dir'] ?? join(values['data-dir'], 'shell'),
    restartFile: values['restart-file'] ?? null,
    updates: updatePathsOf(values),
  };
}

/** All or none. */
function updatePathsOf(values: Record<string, string | undefined>): UpdatePaths | null {
  const named = Object.entries(UPDATE_OPTIONS).map(([key, option]) => [key, values[option]] as const);
  if (named.every(([, value]) => value === undefined)) return null;
  const missing = named.find(([, value]) => value === undefined);
  if (missing !== undefined) throw new Error(`--${UPDATE_OPTIONS[missing[0] as keyof UpdatePaths]} is missing`);
  return Object.fromEntries(named) as UpdatePaths;
}
