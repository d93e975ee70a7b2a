import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettingsFile } from './settings-file.ts';

let folder: string;
let lines: { section?: string; msg: string }[];
const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-settings-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, 'settings.json');
  writeFileSync(path, text);
  return readSettingsFile(path, logger);
}

test('without a file nothing is set on the box, and nothing is complained of', () => {
  const file = readSettingsFile(join(folder, 'settings.json'), logger);
  expect(file).toEqual({ lan: null, sections: {}, unreadable: [] });
  expect(lines).toEqual([]);
});

test('holds what stands there alone: the fleet may set the rest of a section', () => {
  const { sections } = read('{"calendar": {"kind": "ics", "url": "https://calendar.example/room.ics"}}');
  expect(sections).toEqual({ calendar: { kind: 'ics', url: 'https://calendar.example/room.ics' } });
});

test('a broken section is left out and named, the others hold', () => {
  const { sections, unreadable } = read(
    '{"calendar": {"kind": "paper"}, "mediaDevices": {"preferred": [{"label": "Studio"}]}, "televison": {}, "lan": 1}',
  );
  expect(sections).toEqual({ mediaDevices: { preferred: [{ label: 'Studio' }] } });
  expect(unreadable.map(({ section }) => section)).toEqual(['televison', 'calendar', 'lan']);
  expect(lines.map(({ section }) => section)).toEqual(['televison', 'calendar', 'lan']);
});

test.each(['{', '[]', '"x"', '\u0000'])('what is no object is said and read as nothing: %j', (text) => {
  expect(read(text).sections).toEqual({});
  expect(lines.map(({ msg }) => msg)).toEqual(['settings: not readable']);
});
