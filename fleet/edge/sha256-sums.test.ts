import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatSums, parseSums, sha256OfFile } from './sha256-sums.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-sums-'));
afterAll(() => rmSync(folder, { recursive: true }));
const HASH = 'ab'.repeat(32);

describe('a list of hashes', () => {
  it('is one that sha256sum writes and checks', async () => {
    writeFileSync(join(folder, 'a'), 'one');
    writeFileSync(join(folder, 'b.json'), 'two');
    const printed = execFileSync('sha256sum', ['a', 'b.json'], { cwd: folder, encoding: 'utf8' });
    const sums = new Map([
      ['b.json', await sha256OfFile(join(folder, 'b.json'))],
      ['a', await sha256OfFile(join(folder, 'a'))],
    ]);
    expect(formatSums(sums)).toBe(printed);
    expect(parseSums(printed)).toEqual(sums);
  });

  it.each([
    ['cut off', `${HASH}  a\n${HASH}  b`],
    ['without a hash', `a\n`],
    ['with half a hash', `${HASH.slice(1)}  a\n`],
    ['leading out of its folder', `${HASH}  ../a\n`],
    ['leading out of it later', `${HASH}  a/../../b\n`],
    ['from the root', `${HASH}  /etc/passwd\n`],
    ['with a hidden file', `${HASH}  a/.b\n`],
    ['with more than a path', `${HASH}  a b\n`],
  ])('is refused %s', (_what, text) => {
    expect(() => parseSums(text)).toThrow();
  });
});
