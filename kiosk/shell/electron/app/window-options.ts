/** The window and its page. Each line of Electron's checklist is set explicitly, because a default may change. */
import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';

const SURFACE = '#16110d';

/** There is no preload; the page has its WebSocket to the agent, and needs nothing of the shell. */
export const pagePreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  navigateOnDragDrop: false,
  disableDialogs: true,
  spellcheck: false,
  devTools: false,
  autoplayPolicy: 'no-user-gesture-required',
  // a call goes on though nothing of it is seen for a moment
  backgroundThrottling: false,
} satisfies WebPreferences;

/** A picture: it needs no script. */
export const picturePreferences = {
  ...pagePreferences,
  javascript: false,
  partition: 'picture',
} satisfies WebPreferences;

export const windowOptions = {
  kiosk: true,
  fullscreen: true,
  frame: false,
  show: true,
  closable: false,
  minimizable: false,
  movable: false,
  autoHideMenuBar: true,
  backgroundColor: SURFACE,
  title: 'Maru',
  webPreferences: pagePreferences,
} satisfies BrowserWindowConstructorOptions;
