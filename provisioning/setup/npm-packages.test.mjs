import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstDifference, nodeDifference } from './npm-packages.mjs';

const entry = (version, more = {}) => ({ version, integrity: `sha512-${version}`, ...more });
const lock = (packages) => ({ packages: { '': { name: 'maru' }, ...packages } });

describe('the first difference to package-lock.json', () => {
  it('is none where npm installed what the lock file says', () => {
    const same = { 'node_modules/zod': entry('4.0.0') };
    expect(firstDifference(lock(same), { packages: same })).toBeNull();
  });

  it('is everything on a fresh clone', () => {
    expect(firstDifference(lock({}), null)).toBe('nothing is installed yet');
  });

  it('is a package that came, or came in another version', () => {
    const wanted = lock({ 'node_modules/zod': entry('4.0.1') });
    expect(firstDifference(wanted, { packages: {} })).toBe('node_modules/zod is missing');
    expect(firstDifference(wanted, { packages: { 'node_modules/zod': entry('4.0.0') } })).toMatch('another version');
  });

  it('is not a binary of another platform', () => {
    const wanted = lock({ 'node_modules/@x/win': entry('1.0.0', { optional: true }) });
    expect(firstDifference(wanted, { packages: {} })).toBeNull();
  });
});

describe('the pinned Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-node-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const program = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };

  it('is there when the binary says its version', () => {
    expect(nodeDifference(program('right', '#!/bin/sh\necho v24.21.0\n'), '24.21.0')).toBeNull();
  });

  it('is missing without a binary, with an older one, and with the file that stands in before the script ran', () => {
    const missing = 'Node 24.21.0 is missing';
    expect(nodeDifference(join(folder, 'none'), '24.21.0')).toBe(missing);
    expect(nodeDifference(program('old', '#!/bin/sh\necho v24.9.0\n'), '24.21.0')).toBe(missing);
    expect(nodeDifference(program('blank', 'This file intentionally left blank'), '24.21.0')).toBe(missing);
  });
});
