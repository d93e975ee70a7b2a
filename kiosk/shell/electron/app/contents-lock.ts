/**
 * A page that can go nowhere: no navigation but to itself, no frame, no window, no webview, no developer tools, and of
 * the keyboard only what a page can use. Held to every contents that this process ever makes.
 */
import type { Input, WebContents } from 'electron';

export type LockedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler' | 'closeDevTools'>;

/** @param origin null: it may navigate nowhere at all */
export function lockContents(contents: LockedContents, origin: string | null, log: (line: string) => void): void {
  const refuse = (what: string, url: string): void => log(`${what} refused: ${url.slice(0, 200)}`);
  const isHome = (url: string): boolean => origin !== null && URL.canParse(url) && new URL(url).origin === origin;

  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame && isHome(event.url)) return;
    event.preventDefault();
    refuse('navigation', event.url);
  });
  contents.on('will-navigate', (event) => {
    if (!isHome(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (event.isMainFrame && isHome(event.url)) return;
    event.preventDefault();
    refuse('redirect', event.url);
  });
  contents.setWindowOpenHandler(({ url }) => {
    refuse('window', url);
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    refuse('webview', '');
  });
  contents.on('before-input-event', (event, input) => {
    if (!isKeyForPage(input)) event.preventDefault();
  });
  contents.on('devtools-opened', () => contents.closeDevTools());
  contents.on('select-bluetooth-device', (event, _devices, callback) => {
    event.preventDefault();
    callback('');
  });
  // a page that asks whether it may go does not keep the watchdog from loading it anew
  contents.on('will-prevent-unload', (event) => event.preventDefault());
}

/** Letters, arrows, paging: a presenter's remote. Nothing with a modifier, no function key, no key of a browser. */
export function isKeyForPage({ key, control, alt, meta }: Pick<Input, 'key' | 'control' | 'alt' | 'meta'>): boolean {
  if (control || alt || meta) return false;
  return key.length === 1 || /^(Arrow(Up|Down|Left|Right)|Page(Up|Down)|Home|End|Enter)$/.test(key);
}
