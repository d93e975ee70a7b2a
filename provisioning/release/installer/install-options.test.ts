import { describe, expect, it } from 'vitest';
import { parseInstallOptions } from './install-options.ts';

const SUMS = 'cd'.repeat(32);
const CA = 'ab'.repeat(32);
const parse = (role: string, ...args: string[]) =>
  parseInstallOptions([`--release-role=${role}`, `--sums-sha256=${SUMS}`, '--release-folder=/media/maru', ...args]);
const urlOf = (address: string) => parse('kiosk', '--fleet-address', address, '--ca-sha256', CA).fleet?.deviceApiUrl;

describe('the command line of the installer', () => {
  it.each([
    ['maru.example.com', 'https://maru.example.com:7401'],
    ['maru.example.com:443', 'https://maru.example.com:443'],
    ['192.0.2.10', 'https://192.0.2.10:7401'],
    ['2001:db8::1', 'https://[2001:db8::1]:7401'],
    ['[2001:db8::1]:7444', 'https://[2001:db8::1]:7444'],
  ])('reaches %s at %s', (address, url) => expect(urlOf(address)).toBe(url));

  it.each(['https://maru.example.com', 'maru.example.com/x', 'a@maru.example.com', 'maru.example.com?x', '', 'a b'])(
    'does not take "%s" for an address',
    (address) => expect(() => urlOf(address)).toThrow(/--fleet-address is a name or an address/),
  );

  it('reads the fingerprint as openssl prints it', () => {
    const printed = CA.toUpperCase().replace(/..(?=.)/g, '$&:');
    expect(parse('kiosk', '--fleet-address', 'a', '--ca-sha256', printed).fleet?.caSha256).toBe(CA);
  });

  it.each([
    ['--fleet-address and --ca-sha256 go together', 'kiosk', ['--fleet-address', 'a']],
    ['--fleet-address and --ca-sha256 go together', 'kiosk', ['--ca-sha256', CA]],
    ['--ca-sha256 is 64 hexadecimal digits', 'kiosk', ['--fleet-address', 'a', '--ca-sha256', 'ab']],
    ['--claim-file is for a kiosk', 'server', ['--claim-file', 'claim.json']],
    ['--host is for a server', 'kiosk', ['--host', 'a']],
    ['--host is a name or an address, not "a b"', 'server', ['--host', 'a b']],
    ['--purge goes with --uninstall', 'server', ['--purge']],
    ['--return is for a server', 'kiosk', ['--return']],
    ['--return goes with --no-start alone', 'server', ['--return', '--uninstall']],
    ['--return goes with --no-start alone', 'server', ['--return', '--host', 'a']],
  ])('says: %s', (words, role, args) => expect(() => parse(role, ...args)).toThrow(words));

  it('has no option by which a secret would be seen by everybody on the machine', () => {
    expect(() => parse('kiosk', '--claim-code', 'ABCD-EFGH-JKMN')).toThrow("Unknown option '--claim-code'");
  });
});
