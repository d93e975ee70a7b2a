/** The command line of the agent. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '#edge/command-line.ts';

export type AgentOptions = {
  dataDir: string;
  /** null: the box belongs to its room already */
  claimFile: string | null;
  screenPort: number;
  /** shared with the shell; the box's units name one in /run */
  shellDir: string;
};

export const agentUsage = `node_modules/.bin/node kiosk/agent/main.ts [options]

  --claim-file=F      the claim from the console, at the first start
  --data-dir=DIR      where the box keeps what it is and what it has to remember (.maru/kiosk)
  --screen-port=PORT  of the TV's page, on this machine alone (7420); 0: any free one
  --shell-dir=DIR     what is left for the shell (shell, in the data folder)`;

/** @throws Error naming what is wrong */
export function parseAgentOptions(args: string[]): AgentOptions {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string', default: '.maru/kiosk' },
      'claim-file': { type: 'string' },
      'screen-port': { type: 'string', default: '7420' },
      'shell-dir': { type: 'string' },
    },
  });
  return {
    dataDir: values['data-dir'],
    claimFile: values['claim-file'] ?? null,
    screenPort: wholeNumber('screen-port', values['screen-port'], 0, 65_535),
    shellDir: values['shell-dir'] ?? join(values['data-dir'], 'shell'),
  };
}
