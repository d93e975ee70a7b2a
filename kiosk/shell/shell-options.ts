/** The command line of the shell. */
import { parseArgs } from 'node:util';
import { needDisplay } from '#edge/display.ts';
import { findElectron } from './electron/binary.ts';
import type { WantedShell } from './shell-choice.ts';

export type ShellOptions = {
  url: string;
  profileDir: string;
  /** what the agent leaves for this process, and for no other user */
  shellDir: string;
  shell: WantedShell;
  headless: boolean;
  fakeMedia: boolean;
};
const SHELLS = ['auto', 'electron', 'chromium'] as const;

export const shellUsage = `node_modules/.bin/node kiosk/shell/main.ts --url=URL --profile-dir=DIR --shell-dir=DIR [options]

  --url=URL          the TV's page, as the agent serves it
  --profile-dir=DIR  what the browser keeps
  --shell-dir=DIR    what the agent leaves for the shell
  --shell=NAME       electron or chromium; auto: Electron where it is there and comes up, else Chromium (auto)
  --headless         Chromium without a window
  --fake-media       a test picture and tone instead of camera and microphone`;

/** @throws Error naming what is wrong */
export function parseShellOptions(args: string[], env: NodeJS.ProcessEnv = process.env): ShellOptions {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      'profile-dir': { type: 'string' },
      'shell-dir': { type: 'string' },
      shell: { type: 'string', default: 'auto' },
      headless: { type: 'boolean', default: false },
      'fake-media': { type: 'boolean', default: false },
    },
  });
  const { url, 'profile-dir': profileDir, 'shell-dir': shellDir, headless } = values;
  if (url === undefined || profileDir === undefined || shellDir === undefined)
    throw new Error('--url, --profile-dir and --shell-dir are needed');
  if (!URL.canParse(url)) throw new Error(`--url is an address, not "${url}"`);
  const shell = SHELLS.find((name) => name === values.shell);
  if (shell === undefined) throw new Error(`--shell is electron, chromium or auto, not "${values.shell}"`);
  if (shell === 'electron' && headless) throw new Error('Electron has no mode without a window: --shell=chromium has');
  if (!headless) needDisplay(env, '--headless runs Chromium without a window.');
  if (shell === 'electron' && findElectron() === null)
    throw new Error('--shell=electron: no binary of Electron is on this box (kiosk/shell/README.md)');
  return { url, profileDir, shellDir, shell, headless, fakeMedia: values['fake-media'] };
}
