import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import { readSpeechSettings } from './speech-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'maru-speech-settings-'));
const path = join(directory, 'speech.json');
afterAll(() => rmSync(directory, { recursive: true }));

const GOOD = { kind: 'openai', url: 'https://speech.corp.example', model: 'large-v3', key: 's3cret' };
function read(content: object | string, mode = 0o600) {
  rmSync(path, { force: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return readSpeechSettings(path);
}

test('what IT wrote is read', () => {
  expect(read(GOOD)).toEqual({
    ...GOOD,
    path: '/v1/audio/transcriptions',
    language: null,
    timeoutSeconds: 30,
    atOnce: 4,
    caFile: null,
    isOwnNetwork: false,
    ca: null,
  });
  expect(read({ kind: 'openai', url: 'http://127.0.0.1:8080', path: '/inference', model: 'm' })).toMatchObject({
    path: '/inference',
    key: null,
  });
  expect(read({ ...GOOD, url: 'http://10.1.2.3:8000', isOwnNetwork: true })).toMatchObject({ isOwnNetwork: true });
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, '-----BEGIN CERTIFICATE-----\n');
  expect(read({ ...GOOD, caFile })).toMatchObject({ ca: '-----BEGIN CERTIFICATE-----\n' });
});

test('of sherpa-onnx, a folder is enough', () => {
  expect(read({ kind: 'sherpa', modelDir: '/srv/maru-speech/sense-voice' })).toEqual({
    kind: 'sherpa',
    modelDir: '/srv/maru-speech/sense-voice',
    language: null,
    threads: 2,
    timeoutSeconds: 30,
  });
});

test.each<[string, object | string, RegExp, number?]>([
  ['readable by others', GOOD, /chmod 600/, 0o640],
  ['plain HTTP to another machine', { ...GOOD, url: 'http://10.1.2.3:8000' }, /isOwnNetwork/],
  ['an engine of another kind', { ...GOOD, kind: 'vosk' }, /openai and sherpa are the kinds/],
  ['no kind', { url: 'https://speech.corp.example' }, /openai and sherpa are the kinds/],
  ['a model in no folder of this machine', { kind: 'sherpa', modelDir: 'models/ko' }, /begins with \//],
  ['sherpa with an address', { ...GOOD, kind: 'sherpa', modelDir: '/srv/model' }, /url/],
  ['a user in the address', { ...GOOD, url: 'https://maru:s3cret@speech.corp.example' }, /no user/],
  ['a key in the address', { ...GOOD, url: 'https://speech.corp.example/?key=s3cret' }, /query/],
  ['no web address', { ...GOOD, url: 'file:///s3cret' }, /url/],
  ['a path that is none', { ...GOOD, path: 'https://s3cret.example' }, /path/],
  ['a key of two lines', { ...GOOD, key: 's3cret\r\nhost: other' }, /no line end/],
  ['a field that there is not', { ...GOOD, voice: true }, /voice/],
  ['a CA that is not there', { ...GOOD, caFile: join(directory, 'none.pem') }, /caFile .*ENOENT/],
  ['a CA that is none', { ...GOOD, caFile: '/etc/hostname' }, /no certificate/],
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

test('a file that is not there is refused', () => {
  expect(() => readSpeechSettings(join(directory, 'none.json'))).toThrow(/ENOENT/);
});
