import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourcesAtMirror, sourcesOfMachine } from './debian-sources.ts';

let etcApt: string;
const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(etcApt, path)), { recursive: true });
  writeFileSync(join(etcApt, path), content);
};
const expected = (main: string, security: string) => [
  { uri: main, suite: 'bookworm' },
  { uri: main, suite: 'bookworm-updates' },
  { uri: security, suite: 'bookworm-security' },
];

beforeEach(() => {
  etcApt = mkdtempSync(join(tmpdir(), 'maru-apt-'));
});
afterEach(() => rmSync(etcApt, { recursive: true }));

describe("Debian's archives", () => {
  it('are those of sources.list, with options, comments and other archives beside them', () => {
    write(
      'sources.list',
      `# deb http://old.example/debian bookworm main
deb-src http://sources.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian/ bookworm main contrib # ours
deb https://tools.example/apt stable main
deb cdrom:[Debian]/ bookworm main
deb https://mirror.example/debian-security bookworm-security main
`,
    );
    expect(sourcesOfMachine(etcApt)).toEqual(
      expected('https://mirror.example/debian', 'https://mirror.example/debian-security'),
    );
  });

  it('are those of .sources files, of a newer Debian and under other names too', () => {
    write(
      'sources.list.d/debian.sources',
      `Types: deb deb-src
URIs: https://mirror.example/debian
Suites: trixie trixie-updates
# a comment
Components: main
 contrib

Types: deb
URIs: https://mirror.example/sec
Suites: bookworm-security
Components: main
`,
    );
    write(
      'sources.list.d/off.sources',
      'Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n',
    );
    write('sources.list.d/other.list.disabled', 'deb http://disabled.example/debian bookworm main\n');
    expect(sourcesOfMachine(etcApt)).toEqual(expected('https://mirror.example/debian', 'https://mirror.example/sec'));
  });

  it('are asked for in words where apt knows none', () => {
    expect(() => sourcesOfMachine(etcApt)).toThrow(/names no archive of Debian: --debian-mirror/);
    write('sources.list', 'deb http://ubuntu.example/ubuntu noble main\n');
    expect(() => sourcesOfMachine(etcApt)).toThrow(/names no archive of Debian: --debian-mirror/);
    write('sources.list', 'deb http://mirror.example/debian bookworm main\n');
    expect(() => sourcesOfMachine(etcApt)).toThrow(/security updates/);
  });

  it('lie beside each other on a mirror that is named', () => {
    expect(sourcesAtMirror('http://m.example')).toEqual(
      expected('http://m.example/debian', 'http://m.example/debian-security'),
    );
  });
});
