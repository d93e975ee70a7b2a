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
};

export const agentUsage = `node_modules/.bin/node kiosk/agent/main.ts [options]

  --claim-file=F      the claim from the console, at the first start
  --data-dir=DIR      where the box keeps what it is and what it has to remember (.maru/kiosk)
  --screen-port=PORT  of the TV's page, on this machine alone (7420); 0: any free one
  --setup-port=PORT   of the page on which a phone names the fleet's address, while the box is no room's (7421); 0: any free one
  --shell-dir=DIR     what is left for the shell (shell, in the data folder)
  --restart-file=F    made when IT restarts the box: a unit of the box looks for it (IT cannot)`;

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
    },
  });
  return {
    dataDir: values['data-dir'],
    claimFile: values['claim-file'] ?? null,
    screenPort: wholeNumber('screen-port', values['screen-port'], 0, 65_535),
    setupPort: wholeNumber('setup-port', values['setup-port'], 0, 65_535),
    shellDir: values['shell-dir'] ?? join(values['data-dir'], 'shell'),
    restartFile: values['restart-file'] ?? null,
  };
}
