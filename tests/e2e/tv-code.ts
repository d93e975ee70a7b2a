/** The pairing code as a person reads it off the TV, and what its QR says to a phone's camera. */
import type { Page } from 'playwright-core';
import QRCode from 'qrcode';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { eventually } from '../simulators/eventually.ts';
import type { Tv } from './personas/roles.ts';

const code = new RegExp(`Code\\s+([${PAIRING_CODE_ALPHABET}]{4} [${PAIRING_CODE_ALPHABET}]{4})`);

/** @param used codes that were just used: the TV shows one until the fleet has the next */
export async function readTvCode(tv: Tv, used: readonly string[] = []): Promise<string> {
  const spent = new Set(used.map(letters));
  const read = async () => code.exec((await tv.page.locator('body').textContent()) ?? '')?.[1] ?? '';
  return eventually('a fresh code on the TV', read, (found) => found !== '' && !spent.has(letters(found)));
}

const letters = (shown: string): string => shown.replaceAll(/[\s-]/g, '');

/** The QR carries this address: each of its modules is where it belongs. */
export const expectQr = (tv: Tv, address: string, timeoutMs?: number): Promise<void> =>
  expectQrOn(tv.page, 'Scan to control this room', address, timeoutMs);

/** @param name as a screen reader says it */
export async function expectQrOn(page: Page, name: string, address: string, timeoutMs?: number): Promise<void> {
  const { modules } = QRCode.create(address, { errorCorrectionLevel: 'M' });
  const wanted: string[] = [];
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) wanted.push(`${column},${row}`);
  const drawn = async (): Promise<string> => {
    const path = await page.getByRole('img', { name }).locator('path').getAttribute('d');
    const dark = [...(path ?? '').matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    const quiet = Math.min(...dark.map(([x]) => x));
    return dark.map(([x, y]) => `${x - quiet},${y - quiet}`).join(' ');
  };
  await eventually(`the QR of ${address}`, drawn, (modulesDrawn) => modulesDrawn === wanted.join(' '), { timeoutMs });
}
