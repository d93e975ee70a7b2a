import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { readSummarySettings } from './summary-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'maru-summary-settings-'));
const path = join(directory, 'summary.json');
afterAll(() => rmSync(directory, { recursive: true }));

const GOOD = { url: 'https://engine.corp.example', model: 'm', key: 's3cret' };
function read(content: object | string, mode = 0o600) {
  rmSync(path, { force: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return readSummarySettings(path);
}

test('what IT wrote is read, with its defaults', () => {
  expect(read(GOOD)).toEqual({ ...GOOD, path: '/v1/chat/completions', timeoutSeconds: 60, isOwnNetwork: false });
  expect(read({ url: 'http://127.0.0.1:8080/llm', model: 'm' })).toMatchObject({ key: null });
  expect(read({ ...GOOD, url: 'http://engine.lan', isOwnNetwork: true })).toMatchObject({ isOwnNetwork: true });
});

test.each<[string, object | string, RegExp, number?]>([
  ['readable by others', GOOD, /chmod 600/, 0o644],
  ['without TLS to another machine', { ...GOOD, url: 'http://engine.lan' }, /isOwnNetwork/],
  ['another protocol', { ...GOOD, url: 'file:///etc/passwd' }, /url/],
  ['a key in the address', { ...GOOD, url: 'https://s3cret@engine.lan' }, /no user/],
  ['a key in a query', { ...GOOD, url: 'https://engine.lan?key=s3cret' }, /no user, password, query or fragment/],
  ['a key that would be more than one header', { ...GOOD, key: 's3cret\r\nX: y' }, /key/],
  ['a path that leads elsewhere', { ...GOOD, path: '@elsewhere.example/' }, /path/],
  ['a field that there is not', { ...GOOD, retries: 3 }, /retries/],
  ['not JSON', '{ "key": "s3cret", ', /not JSON/],
])('refused in words, without the key: %s', (_, content, words, mode) => {
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
