/** An office that has a CA of its own: a room's name with a certificate for it, and a browser that trusts that CA as the office's phones do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { pagePaths } from '#contract/http/page-paths.ts';
import { OfficeCa, writeCertificate } from '#edge/office-ca-under-test.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { freePort } from './free-port.ts';
import { TrustedHome } from './networks/trusted-home.ts';

export type Office = {
  /** the `lan` of the kiosk's settings */
  lan: { host: string; port: number; certFile: string; keyFile: string };
  /** where the kiosk serves the controller itself */
  lanAddress: string;
  /** knows the name as the office's DNS does */
  browser: Browser;
  close: () => Promise<void>;
};

export async function openOffice(host: string, folder: string): Promise<Office> {
  const ca = await OfficeCa.create();
  const caFile = join(folder, 'office-ca.pem');
  writeFileSync(caFile, ca.pem);
  const port = await freePort();
  const home = new TrustedHome(caFile);
  const browser = await launchChromium({ role: 'person', home: home.path, names: { [host]: '127.0.0.1' } });
  return {
    lan: { host, port, ...writeCertificate(folder, await ca.issue(host)) },
    lanAddress: `https://${host}:${port}${pagePaths.controller}`,
    browser,
    close: async () => {
      await browser.close();
      home.remove();
    },
  };
}
