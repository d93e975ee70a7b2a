/**
 * Electron's main process, thin: locks first, then one window over the screen's page. Bundled by Vite; started by
 * electron-window.ts, which receives its sign of life and starts it anew when there is none.
 */
import { app, BrowserWindow, Menu, session, WebContentsView } from 'electron';
import { parseArgs } from 'node:util';
import { LOOK_MS } from '../../shell-window.ts';
import { screenKeyIn } from '../../from-agent.ts';
import { roomPicture } from '../../room-picture.ts';
import { lockApp } from './app-lock.ts';
import { kioskWindow } from './kiosk-window.ts';
import { PageKeeper } from './page-keeper.ts';
import { limitPermissions } from './permissions.ts';
import { limitRequests } from './requests.ts';
import { picturePreferences, windowOptions } from './window-options.ts';

// beside it come Chromium's own switches
const { values } = parseArgs({
  options: { 'maru-url': { type: 'string' }, 'maru-shell-dir': { type: 'string' } },
  strict: false,
  allowPositionals: true,
});
const url = String(values['maru-url']);
const screenKey = (): string | null => screenKeyIn(String(values['maru-shell-dir']));
const { origin } = new URL(url);
const PICTURE_QUALITY = 60;
const log = (line: string): void => void process.stderr.write(`electron: ${line}\n`);
const tell = (message: { shown: true } | { alive: true } | { picture: string }): void => void process.send?.(message);

// Electron's own answer is a box on the TV that waits for a click
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    log(`${event}: our bug; this process ends: ${(error as Error)?.stack ?? error}`);
    end(1);
  });

let ending = false;
let opening = false;
function end(exitCode: number): void {
  ending = true;
  app.exit(exitCode);
}

if (!app.requestSingleInstanceLock()) {
  log('another one has this profile already');
  app.exit(1);
}
// as root there is no sandbox to go into: a container, never a room's box
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));
// ends with its parent
if (process.send) process.on('disconnect', () => end(0));
Menu.setApplicationMenu(null);
lockApp(app, { isOpening: () => opening, origin, log });

void app.whenReady().then(() => {
  const pictures = session.fromPartition(picturePreferences.partition);
  limitPermissions(session.defaultSession, origin, log);
  limitPermissions(pictures, null, log);
  limitRequests(session.defaultSession, origin, log);
  limitRequests(pictures, null, log);

  opening = true;
  const window = new BrowserWindow(windowOptions);
  const picture = new WebContentsView({ webPreferences: picturePreferences });
  opening = false;

  const page = kioskWindow({ window, picture, url, screenKey, pictureSvg: roomPicture(), isEnding: () => ending });
  new PageKeeper({ page, onShown: () => tell({ shown: true }), onHopeless: () => end(1), log }).start();
  setInterval(() => tell({ alive: true }), LOOK_MS);
  // of this process' parent alone, and it gets a picture, nothing else
  process.on('message', () => {
    window.webContents.capturePage().then(
      (shown) => tell({ picture: shown.toJPEG(PICTURE_QUALITY).toString('base64') }),
      (error: unknown) => log(`no picture: ${(error as Error).message}`),
    );
  });
});
