/**
 * How the tests start Chromium: nothing forgives certificates, a person's browser keeps the autoplay rule, and it fakes no
 * devices unless a test asks for Chromium's own, which have what a page's synthetic ones can't: ids, motors, speakers.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

export type BrowserOptions = {
  /** the kiosk's shell lets the TV sound without a touch; a person's browser does not */
  role: 'kiosk' | 'person';
  /** a network namespace to run in (`ip netns`) */
  namespace?: string;
  /** whose certificate database it uses */
  home?: string;
  /** so many of Chromium's own fake cameras, with fake microphones and speakers */
  fakeCameras?: number;
  /** names that the office's DNS would resolve, with their addresses */
  names?: Record<string, string>;
};

const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';

const flags = [
  // a container's root has no sandbox
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // pages beside each other are all looked at
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
];

/** Of a camera that stands in: each picture is encoded, decoded and drawn without a graphics card, several times in a call. */
const FAKE_FRAMES_PER_SECOND = 10;

export async function launchChromium(options: BrowserOptions): Promise<Browser> {
  const { role, namespace, home, fakeCameras, names = {} } = options;
  const mapped = Object.entries(names).map(([name, address]) => `MAP ${name} ${address}`);
  const wrapper = namespace === undefined ? null : wrapperFor(namespace);
  const browser = await chromium.launch({
    executablePath: wrapper?.path ?? CHROMIUM,
    args: [
      ...flags,
      ...(role === 'kiosk' ? ['--autoplay-policy=no-user-gesture-required'] : []),
      ...(fakeCameras === undefined
        ? []
        : [`--use-fake-device-for-media-stream=device-count=${fakeCameras},fps=${FAKE_FRAMES_PER_SECOND}`]),
      ...(mapped.length > 0 ? [`--host-resolver-rules=${mapped.join(',')}`] : []),
    ],
    ...(home === undefined ? {} : { env: { ...process.env, HOME: home } as Record<string, string> }),
  });
  browser.once('disconnected', () => wrapper?.remove());
  return browser;
}

/** playwright-core talks over inherited pipes, which `ip netns exec` hands on. */
function wrapperFor(namespace: string): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'maru-chromium-'));
  const path = join(folder, 'chromium');
  writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${namespace} ${CHROMIUM} "$@"\n`);
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
