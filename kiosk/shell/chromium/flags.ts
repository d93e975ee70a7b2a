/** How Chromium is started on a TV. The managed policy (policy.ts) sets the rest. */
import { FAKE_MEDIA_FLAG, QUIET_FLAGS, rootFlags } from '#edge/chromium/browser-process.ts';

export type FlagOptions = {
  url: string;
  headless: boolean;
  fakeMedia: boolean;
  /** the policy grants camera and microphone to the screen's origin; without it every page is granted them */
  policyInForce: boolean;
};

export function chromiumFlags({ url, headless, fakeMedia, policyInForce }: FlagOptions): string[] {
  return [
    headless ? '--headless=new' : '--kiosk',
    ...(headless ? ['--window-size=1920,1080'] : []),
    ...(!headless && process.env.WAYLAND_DISPLAY ? ['--ozone-platform=wayland'] : []),
    ...QUIET_FLAGS,
    ...(policyInForce ? [] : ['--auto-accept-camera-and-microphone-capture']),
    // not with --use-fake-ui-for-media-stream: Chromium stops at once when it is given both ways to allow devices
    ...(fakeMedia ? [FAKE_MEDIA_FLAG] : []),
    ...rootFlags(),
    url,
  ];
}
