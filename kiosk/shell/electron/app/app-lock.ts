/**
 * What holds for the whole process: no certificate is forgiven, none of ours is shown, no password is asked for, and
 * contents that nobody of us made are closed as they appear. There is no menu, and no IPC: the page has no preload.
 */
import type { App, WebContents } from 'electron';
import { lockContents } from './contents-lock.ts';

export type LockedApp = Pick<App, 'on'>;

export type AppLockOptions = {
  /** contents that are made while this is true are ours */
  isOpening: () => boolean;
  origin: string;
  log: (line: string) => void;
};

export function lockApp(app: LockedApp, { isOpening, origin, log }: AppLockOptions): void {
  app.on('certificate-error', (event, _contents, url, error, _certificate, callback) => {
    event.preventDefault();
    log(`certificate refused: ${error} at ${url.slice(0, 200)}`);
    callback(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault();
    callback();
  });
  app.on('login', (event, _contents, _details, _authInfo, callback) => {
    event.preventDefault();
    callback();
  });
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const ours = isOpening();
    lockContents(contents, ours ? origin : null, log);
    if (ours) return;
    log('contents that are not ours were closed');
    contents.close();
  });
  app.on('child-process-gone', (_event, { type, reason }) => log(`${type} process gone: ${reason}`));
}
