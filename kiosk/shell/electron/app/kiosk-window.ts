/** The window as the page's keeper sees it: the page, and above it the picture, drawn once and shown while there is no page. */
import type { BrowserWindow, WebContents, WebContentsView } from 'electron';
import type { PageLook } from '#edge/chromium/devtools-pipe.ts';
import { lookExpression } from '../../watched-page.ts';
import type { PagePort } from './page-keeper.ts';

export type KioskWindowParts = {
  window: Pick<BrowserWindow, 'on' | 'getContentSize'> & {
    webContents: Pick<WebContents, 'loadURL' | 'executeJavaScript' | 'forcefullyCrashRenderer' | 'once' | 'isCrashed'>;
    contentView: Pick<BrowserWindow['contentView'], 'addChildView'>;
  };
  picture: Pick<WebContentsView, 'setVisible' | 'setBounds'> & { webContents: Pick<WebContents, 'loadURL'> };
  url: string;
  /** which the page is given at each look; null: there is none yet */
  screenKey: () => string | null;
  /** an SVG */
  pictureSvg: string;
  /** whether this process is about to end: else the window does not close */
  isEnding: () => boolean;
};

export function kioskWindow({ window, picture, url, screenKey, pictureSvg, isEnding }: KioskWindowParts): PagePort {
  const { webContents, contentView } = window;
  const { origin } = new URL(url);
  const fill = (): void => {
    const [width = 0, height = 0] = window.getContentSize();
    picture.setBounds({ x: 0, y: 0, width, height });
  };
  contentView.addChildView(picture as WebContentsView);
  window.on('resize', fill);
  window.on('close', (event) => {
    if (!isEnding()) event.preventDefault();
  });
  fill();
  // a picture that failed leaves the window's own ground, which is no reason to show nothing else
  void picture.webContents
    .loadURL(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureSvg)}`)
    .catch(() => {});

  return {
    load: () => webContents.loadURL(url),
    look: (withinMs) => look(webContents, { origin, key: screenKey() }, withinMs),
    kill: () => {
      if (!webContents.isCrashed()) webContents.forcefullyCrashRenderer();
    },
    gone: () =>
      new Promise((resolve) => {
        webContents.once('render-process-gone', (_event, { reason }) => resolve(`the page crashed (${reason})`));
      }),
    show: (what) => picture.setVisible(what === 'picture'),
  };
}

async function look(
  webContents: Pick<WebContents, 'executeJavaScript'>,
  { origin, key }: { origin: string; key: string | null },
  withinMs: number,
): Promise<PageLook> {
  const late = Promise.withResolvers<PageLook>();
  const timer = setTimeout(() => late.resolve('silent'), withinMs);
  const asked = webContents.executeJavaScript(lookExpression(origin, key)).then(
    (answer: unknown): PageLook => (answer === origin ? 'shown' : 'elsewhere'),
    (): PageLook => 'elsewhere',
  );
  const seen = await Promise.race([asked, late.promise]);
  clearTimeout(timer);
  return seen;
}
