/** Which addresses of a webhook are refused, in each spelling that a URL knows, and by the names that lead there. */
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { TargetGate } from './target-gate.ts';

const NAMES: Record<string, string[]> = {
  'itsm.corp.example': ['10.20.0.9'],
  'both.corp.example': ['10.20.0.9', '127.0.0.1'],
  'loop.corp.example': ['::1'],
  'mapped.corp.example': ['::ffff:127.0.0.1'],
  'alias-of-ours.corp.example': ['10.20.0.2'],
  'proxied.corp.example': ['203.0.113.5'],
  'maru.corp.example': ['203.0.113.5'],
};
const gate = new TargetGate({
  ownHosts: () => ['maru.corp.example', 'fd00::5', 'localhost'],
  ownAddresses: () => ['10.20.0.2', 'fd00::2', 'fe80::1%eth0'],
  resolve: async (hostname) => {
    if (!NAMES[hostname]) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return NAMES[hostname].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  },
});
const judge = (url: string) => gate.addressesOf(new URL(url).hostname);

test.each([
  ['loopback', 'https://127.0.0.1/'],
  ['any of loopback', 'https://127.8.9.10/'],
  ['short', 'https://127.1/'],
  ['hexadecimal', 'https://0x7f.1/'],
  ['a number', 'https://2130706433/'],
  ['octal', 'https://0177.0.0.1/'],
  ['unspecified', 'https://0.0.0.0/'],
  ['loopback of IPv6', 'https://[::1]/'],
  ['unspecified of IPv6', 'https://[::]/'],
  ['mapped', 'https://[::ffff:127.0.0.1]/'],
  ['mapped, in hexadecimal', 'https://[0:0:0:0:0:ffff:7f00:1]/'],
  ['ours, mapped', 'https://[::ffff:10.20.0.2]/'],
  ['compatible', 'https://[::127.0.0.1]/'],
  ['translated', 'https://[64:ff9b::7f00:1]/'],
  ['translated without a prefix of its own', 'https://[::ffff:0:127.0.0.1]/'],
  ['tunnelled', 'https://[2002:7f00:1::]/'],
  ['link-local, where clouds keep their secrets', 'https://169.254.169.254/'],
  ['link-local of IPv6', 'https://[fe80::5]/'],
  ['multicast', 'https://224.0.0.5/'],
  ['multicast of IPv6', 'https://[ff02::1]/'],
  ['broadcast', 'https://255.255.255.255/'],
  ['an address of ours', 'https://10.20.0.2/'],
  ['an address of ours, of IPv6', 'https://[fd00:0::2]/'],
  ['where the fleet is reached', 'https://[fd00::5]/'],
  ['the name of the fleet', 'https://maru.corp.example/'],
  ['the name of the fleet, with the root', 'https://MARU.corp.example./'],
  ['this machine by name', 'https://localhost/'],
  ['a name that leads to loopback', 'https://loop.corp.example/'],
  ['a name that leads to loopback, mapped', 'https://mapped.corp.example/'],
  ['a name that leads there too', 'https://both.corp.example/'],
  ['another name of ours', 'https://alias-of-ours.corp.example/'],
  ['a name of the proxy before us', 'https://proxied.corp.example/'],
])('refused: %s (%s)', async (_, url) => {
  await expect(judge(url)).rejects.toMatchObject({ code: 'target-not-allowed' });
});

test.each([
  ['https://10.20.0.9/', '10.20.0.9'],
  ['https://172.16.3.4/', '172.16.3.4'],
  ['https://192.168.0.7:8443/hooks', '192.168.0.7'],
  ['https://100.64.0.1/', '100.64.0.1'],
  ['https://198.51.100.7/', '198.51.100.7'],
  ['https://[fd00::9]/', 'fd00::9'],
  ['https://itsm.corp.example/', '10.20.0.9'],
])('an ordinary target in an office: %s', async (url, address) => {
  expect(await judge(url)).toMatchObject([{ address }]);
});

test('a name that nobody knows is the error of the resolver', async () => {
  await expect(judge('https://nobody.example/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('a name of ours that nobody resolves holds up no target by address, and stays refused as it was last', async () => {
  let isSilent = false;
  const late = new TargetGate({
    ownHosts: () => ['maru.corp.example'],
    ownAddresses: () => [],
    resolve: async (hostname) => {
      if (isSilent) await new Promise(() => {});
      return [{ address: NAMES[hostname]![0]!, family: 4 }];
    },
  });
  expect(await late.addressesOf('10.20.0.9')).toHaveLength(1);
  isSilent = true;
  const startedAtMs = Date.now();
  expect(await late.addressesOf('10.20.0.9')).toHaveLength(1);
  await expect(late.addressesOf('203.0.113.5')).rejects.toMatchObject({ code: 'target-not-allowed' });
  expect(Date.now() - startedAtMs).toBeLessThan(4_000);
});

test('by itself it refuses every address of this machine, and what its resolver says of localhost', async () => {
  const real = new TargetGate({ ownHosts: () => [] });
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  for (const { address } of own)
    await expect(real.addressesOf(address), address).rejects.toMatchObject({ code: 'target-not-allowed' });
  await expect(real.addressesOf('localhost')).rejects.toMatchObject({ code: 'target-not-allowed' });
});
