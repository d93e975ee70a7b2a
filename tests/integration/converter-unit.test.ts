// The converter's unit under systemd itself, with all that it forbids: a sandbox can still be made in there.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { wordDocument } from '../../fleet/documents/converter/testing/small-documents.ts';

const checkout = join(import.meta.dirname, '../..');
const CGROUPS = '/sys/fs/cgroup';
const BOOT_MS = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'maru-unit-'));
const name = basename(folder);

const subfolders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []));
function removeCgroup(path: string): void {
  for (const each of subfolders(path)) removeCgroup(each);
  rmdirSync(path);
}
afterAll(() => {
  for (const parent of [CGROUPS, ...subfolders(CGROUPS)])
    if (existsSync(join(parent, name))) removeCgroup(join(parent, name));
  rmSync(folder, { recursive: true });
});

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'only root boots a systemd';
  if (!existsSync('/lib/systemd/systemd')) return 'no systemd here';
  if (!['', 'systemd'].some((each) => existsSync(join(CGROUPS, each, 'cgroup.procs')))) return 'no cgroups here';
  return spawnSync('unshare', ['--mount', '--pid', '--fork', '--cgroup', 'true']).status === 0
    ? null
    : 'no namespaces here';
}

test('the unit makes pages of a document, and has no right that it needs not', {
  timeout: BOOT_MS + 10_000,
}, (context) => {
  const reason = whyNot();
  context.skip(reason !== null, reason ?? '');
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'document.docx'), wordDocument());
  const boot = spawnSync('sh', [join(checkout, 'tests/integration/converter-unit/boot.sh'), checkout, folder, name], {
    encoding: 'utf8',
    timeout: BOOT_MS,
    killSignal: 'SIGKILL',
  });
  const read = (file: string): string =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  expect(read('result'), `${boot.stderr}${read('journal')}`).not.toBe('');
  expect(JSON.parse(read('result')), read('journal')).toMatchObject({
    name: 'converted',
    pageCount: 1,
    pictures: ['1-laptop.webp', '1-phone.webp', '1-thumbnail.webp', '1-tv-4k.webp', '1-tv.webp'],
  });
  // what the unit forbids was in force
  expect(read('status')).toMatch(/^NoNewPrivs:\s1$/m);
  expect(read('status')).toMatch(/^Seccomp:\s2$/m);
  expect(read('status')).toMatch(/^CapBnd:\s0+$/m);
  expect(read('status')).not.toMatch(/^Uid:\s0\s/m);
});
