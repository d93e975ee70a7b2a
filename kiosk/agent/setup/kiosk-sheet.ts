/** What this machine says of itself to who claims it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { KioskSheet } from '#contract/waiting-kiosk.ts';
import { lanAddresses } from './setup-server.ts';

const DMI = '/sys/class/dmi/id/';
/** What firmware answers where nobody filled it in. */
const EMPTY_WORDS =
  /^(default string|to be filled by o\.?e\.?m\.?|not (applicable|specified)|none|system (product name|serial number))$/i;

export function kioskSheet(version: string, dmiFolder = DMI): KioskSheet {
  const dmi = (name: string): string | null => {
    try {
      const text = readFileSync(`${dmiFolder}${name}`, 'utf8').trim();
      return text === '' || EMPTY_WORDS.test(text) ? null : text.slice(0, 120);
    } catch {
      return null;
    }
  };
  const [vendor, product] = [dmi('sys_vendor'), dmi('product_name')];
  const model = [vendor, product].filter((each) => each !== null).join(' ');
  return {
    hostName: hostname().slice(0, 120),
    model: model === '' ? null : model,
    serialNumber: dmi('product_serial'),
    version,
    addresses: lanAddresses(),
  };
}
