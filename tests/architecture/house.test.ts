// The house as it stands on disk: what the top level holds, a README in every folder that needs one, and commands in the
// READMEs that package.json knows.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { topFolders } from './imports.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: checkout,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(checkout, path)));

const topFiles = ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'CHANGELOG.md'];
/** Folders whose subject is a page of its own. */
const foldersWithReadme = [...topFolders, 'fleet/contract', 'fleet/media', 'provisioning/media-worker'];

describe('the house', () => {
  it('has nothing at its top level but the five folders and the files that have to be there', () => {
    const top = new Set(tracked.map((path) => path.split('/')[0] as string));
    const unexpected = [...top].filter((name) => ![...topFolders, ...topFiles].includes(name) && !name.startsWith('.'));
    expect(unexpected).toEqual([]);
  });

  it.each(foldersWithReadme)('%s has a page of its own', (folder) => {
    expect(read(`${folder}/README.md`).length).toBeGreaterThan(200);
  });

  it('names files in kebab-case, components too', () => {
    const ownWords = /^(README|GUIDE|CHANGELOG)(\.ko)?\.md$/;
    const misnamed = tracked.filter((path) => {
      const name = path.split('/').at(-1) as string;
      const isSource = topFolders.some((folder) => path.startsWith(`${folder}/`)) && !path.includes('/subprojects/');
      // systemd writes a unit of which there are several as `name@.service`
      const ownPart = name.replace(/@\.service$/, '.service');
      return isSource && !ownWords.test(name) && !/^\.?[a-z0-9]+([.-][a-z0-9]+)*$/.test(ownPart);
    });
    expect(misnamed).toEqual([]);
  });

  it('has no drawer for everything', () => {
    const drawers = tracked.filter((path) => /(^|\/)(utils?|helpers?|managers?|misc|common)(\.[a-z]+|\/)/.test(path));
    expect(drawers.filter((path) => !path.includes('/words/'))).toEqual([]);
  });

  it('removes no file by rmSync, which leaves a symbolic link whose target is gone, and does not say so', () => {
    const sources = tracked.filter(
      (path) =>
        /\.(ts|tsx|mjs)$/.test(path) && !path.startsWith('tests/') && !/(\.test\.|under-test|\/testing\/)/.test(path),
    );
    expect(sources.length).toBeGreaterThan(300);
    expect(sources.filter((path) => /\brmSync\b/.test(read(path).replace(/^\s*(\/?\*|\/\/).*$/gm, '')))).toEqual([]);
  });
});

it('replaces modules in files of their own alone: the others share theirs', () => {
  const mocking = tracked.filter((path) => /\.test\.tsx?$/.test(path) && /\bvi\.(mock|doMock)\(/.test(read(path)));
  expect(
    mocking.filter((path) => !/\.mocked\.test\.tsx?$/.test(path) && !path.startsWith('tests/architecture/')),
  ).toEqual([]);
});

it('mutes a track in one place', () => {
  const writers = tracked.filter(
    (path) =>
      /^(fleet|kiosk|controller)\/.*\.tsx?$/.test(path) &&
      !/(\.test\.|under-test|\/testing\/)/.test(path) &&
      /\.enabled = /.test(read(path)),
  );
  expect(writers).toEqual(['fleet/call/capture-device.ts']);
});

describe('the READMEs', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
  const pages = tracked.filter((path) => path.endsWith('.md'));

  it('are found', () => {
    expect(pages.length).toBeGreaterThanOrEqual(topFolders.length);
  });

  it('name only commands that package.json has', () => {
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/\bnpm (?:run ([a-z][\w:-]*)|(start|test)\b)/g)]
        .map((found) => found[1] ?? found[2] ?? '')
        .filter((script) => !scripts.includes(script))
        .map((script) => `${page}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });

  it('tell of every command that package.json has', () => {
    const told = pages.map(read).join('\n');
    const untold = scripts.filter((script) => !new RegExp(`npm (run )?${script}\\b`).test(told));
    expect(untold).toEqual([]);
  });
});
