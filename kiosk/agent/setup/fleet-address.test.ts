import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deviceApiUrlOf, FleetAddresses, sha256Of } from './fleet-address.ts';

const CA = 'ab'.repeat(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-address-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const addresses = (kernelText = '') => {
  writeFileSync(join(folder, 'cmdline'), kernelText);
  const [stick, kernelCommandLine] = [join(folder, 'media'), join(folder, 'cmdline')];
  return new FleetAddresses({ dataDir: folder, mountFolders: [stick], kernelCommandLine });
};

test.each([
  ['maru.example.com', 'https://maru.example.com:7401'],
  ['  maru.example.com:9000 ', 'https://maru.example.com:9000'],
  // as it stands in a browser: the port is the page's
  ['https://maru.example.com:7400/console', 'https://maru.example.com:7401'],
  ['http://192.0.2.5', 'https://192.0.2.5:7401'],
  ['[2001:db8::1]', 'https://[2001:db8::1]:7401'],
  ['', null],
  ['not an address', null],
  ['ftp://maru.example.com', null],
  ['https://mina:secret@maru.example.com', null],
  ['<script>alert(1)</script>', null],
  ['a'.repeat(400), null],
])('of %j the device API is at %j', (typed, url) => expect(deviceApiUrlOf(typed)).toBe(url));

test.each([
  [CA, CA],
  [CA.toUpperCase().replace(/(..)(?=.)/g, '$1:'), CA],
  [`sha256 Fingerprint=${CA}`, null],
  [`SHA256:${CA}`, CA],
  ['abc', null],
  [null, null],
])('%j is the fingerprint %j', (text, sha256) => expect(sha256Of(text)).toBe(sha256));

test('nobody has named one; then the kernel, a stick, a person: the later the stronger', () => {
  expect(addresses('quiet splash').current()).toBeNull();
  const kernel = `quiet maru.fleet=maru.example.com maru.ca=${CA} maru.claim=KX7P-4QWN-22BB splash`;
  expect(addresses(kernel).current()).toEqual({
    deviceApiUrl: 'https://maru.example.com:7401',
    caSha256: CA,
    claimCode: 'KX7P-4QWN-22BB',
  });
  const stick = join(folder, 'media/STICK');
  mkdirSync(stick, { recursive: true });
  writeFileSync(join(stick, 'maru-fleet.json'), '{"deviceApiUrl":');
  expect(addresses(kernel).current()?.deviceApiUrl).toBe('https://maru.example.com:7401');
  writeFileSync(join(stick, 'maru-fleet.json'), JSON.stringify({ deviceApiUrl: 'https://stick.example.com:7401' }));
  expect(addresses(kernel).current()).toMatchObject({ deviceApiUrl: 'https://stick.example.com:7401', caSha256: null });
  const typed = { deviceApiUrl: 'https://typed.example.com:7401', caSha256: null, claimCode: null };
  addresses().keep(typed);
  expect(addresses(kernel).current()).toEqual(typed);
});
