/**
 * The window on the TV, kept: which shell, over which page. Started by kiosk/main.ts in a checkout, by the screen's
 * session in a real room (provisioning/system). A window that crashed, froze or ended is back within 5 s.
 */
import { mkdirSync } from 'node:fs';
import { isAgentThere } from '#contract/screen-link.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { Browser } from './chromium/browser.ts';
import { managedPolicy, policyGaps } from './chromium/policy.ts';
import { findElectron } from './electron/binary.ts';
import { ElectronWindow } from './electron/electron-window.ts';
import { fleetCaIn, screenKeyIn, wantedPictureIn } from './from-agent.ts';
import { KeptWindow } from './kept-window.ts';
import { PictureBringer } from './picture-bringer.ts';
import { endOnBoth } from '#edge/uncaught.ts';
import { ShellChoice } from './shell-choice.ts';
import { parseShellOptions, shellUsage } from './shell-options.ts';
import type { ShellName, ShellWindow } from './shell-window.ts';
import { TrustedCa } from '#edge/chromium/trusted-ca.ts';

const SERVED_WITHIN_MS = 2_000;
const log = (line: string): void => void process.stderr.write(`shell: ${line}\n`);

const options = readCommandLine(shellUsage, parseShellOptions);
const { url, profileDir, shellDir, headless, fakeMedia } = options;
mkdirSync(profileDir, { recursive: true, mode: 0o700 });

// Electron has no mode without a display
const electron = headless ? null : findElectron();
const choice = new ShellChoice({ wanted: options.shell, electronBinary: electron?.path ?? null, log });
const ca = new TrustedCa({ home: profileDir, wanted: () => fleetCaIn(shellDir), log });
const kept = new KeptWindow({
  nextShell: () => choice.next,
  open: (shell) => openWindow(shell, { url, profileDir, shellDir }),
  prepare: () => ca.trust(),
  outdated: (signal) => ca.replaced(signal),
  served: () => isServed(url, screenKeyIn(shellDir)),
  onStarted: (shell, shown) => choice.note(shell, shown),
  log,
});
// a browser that is left keeps the next one out of its profile
endOnBoth(
  (what, error) => log(`${what}: ${(error as Error)?.stack ?? error}`),
  () => kept.stop(),
);
kept.start();
const bringer = new PictureBringer({
  wanted: () => wantedPictureIn(shellDir),
  key: () => screenKeyIn(shellDir),
  take: () => kept.picture(),
  origin: new URL(url).origin,
  log,
});
bringer.start();

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  bringer.stop();
  await kept.stop();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
// ends with its parent
if (process.send) process.on('disconnect', () => void end());

function openWindow(shell: ShellName, place: { url: string; profileDir: string; shellDir: string }): ShellWindow {
  const { url, profileDir, shellDir } = place;
  if (shell === 'electron' && electron !== null)
    return new ElectronWindow({ binary: electron, url, profileDir, shellDir, fakeMedia });
  const gaps = policyGaps(managedPolicy(new URL(url).origin));
  if (gaps.length > 0) {
    log(`Chromium's managed policy is NOT in force (${gaps.join(', ')}): this TV's browser is not locked down`);
  }
  return new Browser({
    url,
    profileDir,
    headless,
    fakeMedia,
    policyInForce: gaps.length === 0,
    screenKey: () => screenKeyIn(shellDir),
  });
}

/** @param key null: the agent could leave none; the page that it serves shows that */
async function isServed(url: string, key: string | null): Promise<boolean> {
  try {
    // another process on the agent's port does not get a window, nor a page that the key is left in
    if (key !== null && !(await isAgentThere(new URL(url).origin, key, SERVED_WITHIN_MS))) return false;
    const answer = await fetch(url, { signal: AbortSignal.timeout(SERVED_WITHIN_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
