/** How Chromium is started on a TV: nothing that asks, updates, translates or talks to anyone but our own page. */
export type FlagOptions = { url: string; profileDir: string; headless: boolean; fakeMedia: boolean };

export function chromiumFlags({ url, profileDir, headless, fakeMedia }: FlagOptions): string[] {
  return [
    `--user-data-dir=${profileDir}/profile`,
    headless ? '--headless=new' : '--kiosk',
    ...(headless ? ['--window-size=1920,1080'] : []),
    // the DevTools pipe is two inherited descriptors, not a port
    '--remote-debugging-pipe',
    '--no-first-run',
    '--no-default-browser-check',
    '--noerrdialogs',
    '--disable-session-crashed-bubble',
    '--hide-crash-restore-bubble',
    '--disable-infobars',
    '--disable-translate',
    '--disable-sync',
    '--disable-quic',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--disable-component-update',
    '--disable-background-networking',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    // sound without a tap: nobody touches a TV
    '--autoplay-policy=no-user-gesture-required',
    '--auto-accept-camera-and-microphone-capture',
    // not with --use-fake-ui-for-media-stream: Chromium stops at once when it is given both ways to say yes
    ...(fakeMedia ? ['--use-fake-device-for-media-stream'] : []),
    // a container's root has no sandbox to go into; a real box runs the kiosk as a user of its own
    ...(process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : []),
    url,
  ];
}
