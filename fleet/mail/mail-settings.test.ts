import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { readMailSettings } from './mail-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'maru-mail-settings-'));
const path = join(directory, 'mail.json');
afterAll(() => rmSync(directory, { recursive: true }));

const GOOD = {
  host: 'mail.corp.example',
  port: 587,
  security: 'starttls',
  user: 'maru',
  password: 's3cret',
  from: 'maru@corp.example',
};
function read(content: object | string, mode = 0o600) {
  rmSync(path, { force: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return readMailSettings(path);
}

test('what IT wrote is read', () => {
  expect(read(GOOD)).toEqual(GOOD);
  const { user: _, password: __, ...open } = GOOD;
  expect(read({ ...open, host: '127.0.0.1', security: 'none-on-loopback' })).toMatchObject({
    user: null,
    password: null,
  });
});

test.each<[string, object | string, RegExp, number?]>([
  ['readable by others', GOOD, /chmod 600/, 0o644],
  ['without TLS to another machine', { ...GOOD, security: 'none-on-loopback' }, /of this machine/],
  ['a user without a password', { ...GOOD, password: null }, /go together/],
  ['a sender that is no address', { ...GOOD, from: 'Maru' }, /from/],
  ['a field that there is not', { ...GOOD, tls: false }, /tls/],
  ['not JSON', '{ "password": "s3cret", ', /not JSON/],
])('refused in words, without the password: %s', (_, content, words, mode) => {
  const refusal = (() => {
    try {
      return read(content, mode);
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(StartRefused);
  expect((refusal as Error).message).toMatch(words);
  expect((refusal as Error).message).not.toContain('s3cret');
});

test('a file that is not there is refused', () => {
  expect(() => readMailSettings(join(directory, 'none.json'))).toThrow(/ENOENT/);
});
