/**
 * How Chromium is started on a TV: nothing that asks, updates, translates or talks to anyone but our own page. The
 * managed policy (policy.ts) sets the rest.
 */
import { join } from 'node:path';

export type FlagOptions = {
  url: string;
  profileDir: string;
  headless: boolean;
  fakeMedia: boolean;
  /** the policy grants camera and microphone to the screen's origin; without it every page is granted them */
  policyInForce: boolean;
};

export const profileOf = (profileDir: string): string => join(profileDir, 'profile');

export function chromiumFlags({ url, profileDir, headless, fakeMedia, policyInForce }: FlagOptions): string[] {
  return [
    `--user-data-dir=${profileOf(profileDir)}`,
    headless ? '--headless=new' : '--kiosk',
    ...(headless ? ['--window-size=1920,1080'] : []),
    ...(!headless && process.env.WAYLAND_DISPLAY ? ['--ozone-platform=wayland'] : []),
    // the DevTools pipe is two inherited descriptors, not a port
    '--remote-debugging-pipe',
    '--no-first-run',
    '--no-default-browser-check',
    '--noerrdialogs',
    '--disable-session-crashed-bubble',
    '--hide-crash-restore-bubble',
    '--disable-infobars',
    '--disable-extensions',
    '--disable-translate',
    '--disable-sync',
    '--disable-quic',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--disable-component-update',
    '--disable-background-networking',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    // nobody is there to unlock a keyring
    '--password-store=basic',
    // sound without a tap: nobody touches a TV
    '--autoplay-policy=no-user-gesture-required',
    ...(policyInForce ? [] : ['--auto-accept-camera-and-microphone-capture']),
    // not with --use-fake-ui-for-media-stream: Chromium stops at once when it is given both ways to allow devices
    ...(fakeMedia ? ['--use-fake-device-for-media-stream'] : []),
    // a container's root has no sandbox to go into; a real box runs the kiosk as a user of its own
    ...(process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : []),
    url,
  ];
}
