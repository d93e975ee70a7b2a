/** The command line of kiosk/main.ts. */
import { parseArgs } from 'node:util';
import { wholeNumber } from '#edge/command-line.ts';
import { needDisplay } from '#edge/display.ts';

export type KioskOptions = {
  dataDir: string;
  /** null: the box belongs to its room already */
  claimFile: string | null;
  screenPort: number;
  setupPort: number;
  shell: WantedShell;
  headless: boolean;
  fakeMedia: boolean;
};
const SHELLS = ['auto', 'electron', 'chromium', 'none'] as const;
type WantedShell = (typeof SHELLS)[number];

export const kioskUsage = `npm run kiosk -- [options]: a room's box, its agent and its window

  --claim-file F      the claim from the console, at the first start
  --data-dir DIR      where the box keeps what it is and what it has to remember (.maru/kiosk)
  --screen-port PORT  of the TV's page, on this machine alone (7420); 0: any free one
  --setup-port PORT   of the page on which a phone names the fleet's address, while the box is no room's (7421); 0: any free one
  --shell NAME        electron, chromium or none; auto: Electron where it is there and comes up, else Chromium (auto)
  --headless          Chromium without a window
  --fake-media        a test picture and tone instead of camera and microphone`;

/** @throws Error naming what is wrong */
export function parseKioskOptions(args: string[], env: NodeJS.ProcessEnv = process.env): KioskOptions {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string', default: '.maru/kiosk' },
      'claim-file': { type: 'string' },
      'screen-port': { type: 'string', default: '7420' },
      'setup-port': { type: 'string', default: '7421' },
      shell: { type: 'string', default: 'auto' },
      headless: { type: 'boolean', default: false },
      'fake-media': { type: 'boolean', default: false },
    },
  });
  const shell = SHELLS.find((name) => name === values.shell);
  if (shell === undefined) throw new Error(`--shell is electron, chromium, auto or none, not "${values.shell}"`);
  if (shell !== 'none' && !values.headless)
    needDisplay(env, '--headless runs Chromium without a window, --shell none no browser at all.');
  return {
    dataDir: values['data-dir'],
    claimFile: values['claim-file'] ?? null,
    screenPort: wholeNumber('screen-port', values['screen-port'], 0, 65_535),
    setupPort: wholeNumber('setup-port', values['setup-port'], 0, 65_535),
    shell,
    headless: values.headless,
    fakeMedia: values['fake-media'],
  };
}
