import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

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
  return readSettings(path, logger);
}

test('without a file the defaults hold, and nothing is complained of', () => {
  const settings = readSettings(join(folder, 'settings.json'), logger);
  expect(settings).toMatchObject({ calendar: null, lan: null, mediaDevices: { preferred: [] } });
  expect(lines).toEqual([]);
});

test('each section is read by its own part', () => {
  const settings = read('{"calendar": {"kind": "ics", "url": "https://calendar.example/room.ics"}}');
  expect(settings.calendar).toMatchObject({ kind: 'ics', refreshSeconds: 60 });
});

test('a broken section is left out and named, the others hold', () => {
  const settings = read(
    '{"calendar": {"kind": "ics"}, "mediaDevices": {"preferred": [{"label": "Studio"}]}, "televison": {}}',
  );
  expect(settings.calendar).toBeNull();
  expect(settings.mediaDevices.preferred).toEqual([{ label: 'Studio' }]);
  expect(lines.map(({ section }) => section)).toEqual(['televison', 'calendar']);
});

test.each(['{', '[]', '"x"', '\u0000'])('what is no object is said and read as nothing: %j', (text) => {
  expect(read(text).calendar).toBeNull();
  expect(lines.map(({ msg }) => msg)).toEqual(['settings: not readable']);
});
