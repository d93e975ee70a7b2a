import { describe, expect, it } from 'vitest';
import type { ReleaseFile, ReleaseManifest } from '#contract/release.ts';
import { FEED_LIMITS } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import { checkedManifest } from './release-manifest.ts';
import { RepositoryUnderTest, sha256Hex } from './repository-under-test.ts';

const fileOf = (path: string, rest: Partial<ReleaseFile> = {}): ReleaseFile => ({
  path,
  mode: '0644',
  sizeBytes: 3,
  sha256: sha256Hex(path),
  ...rest,
});
const manifestOf = (files: unknown[], rest: object = {}) =>
  ({ format: 1, role: 'kiosk', version: '1.0.0', commit: null, debianPackages: [], files, ...rest }) as ReleaseManifest;

/** Facts always fit, so that what is refused is the manifest. */
function outcomeOf(manifest: ReleaseManifest, facts: object = {}): string {
  const release = new RepositoryUnderTest().addManifest(manifest, { facts });
  try {
    checkedManifest(release.bytes, release.facts);
    return 'verified';
  } catch (error) {
    if (error instanceof FeedError) return error.refusal;
    throw error;
  }
}

describe('a manifest', () => {
  it('is taken with files beside each other and in folders', () => {
    expect(outcomeOf(manifestOf(['a', 'a.b', 'a-b/c', 'b/c/d', 'b/c-d', 'b/e'].map((path) => fileOf(path))))).toBe(
      'verified',
    );
    expect(outcomeOf(manifestOf([]))).toBe('verified');
  });

  it.each([
    ['the same path twice', ['a/b', 'a/b']],
    ['paths that differ by capitals', ['a/Readme', 'a/README']],
    ['folders that differ from a file by capitals', ['Lib', 'lib/x']],
    ['a file below a file', ['a', 'a/b']],
    ['a file far below a file', ['a/b', 'a/b/c/d/e']],
  ])('is refused with %s', (_name, paths) => {
    expect(outcomeOf(manifestOf(paths.map((path) => fileOf(path))))).toBe('malformed');
    expect(outcomeOf(manifestOf(paths.toReversed().map((path) => fileOf(path))))).toBe('malformed');
  });

  it.each([
    '/etc/passwd',
    '../x',
    'a/../../x',
    './x',
    'a//b',
    'a/',
    '',
    '.hidden',
    'a/.ssh/keys',
    'a\\b',
    'a\0b',
    'a\nb',
    'C:/x',
    '한글',
    'caf\u0301e',
    'ａ',
    '-rf',
    'a/-rf',
    'x'.repeat(241),
  ])('is refused with the path %j', (path) => {
    expect(outcomeOf(manifestOf([fileOf(path)]))).toBe('malformed');
  });

  it.each(['0777', '4755', '0600', '755', 493, null])('is refused with the mode %j', (mode) => {
    expect(outcomeOf(manifestOf([fileOf('a', { mode: mode as never })]))).toBe('malformed');
  });

  it.each([-1, 0.5, 1e300, '3', null])('is refused with the size %j', (sizeBytes) => {
    expect(outcomeOf(manifestOf([fileOf('a', { sizeBytes: sizeBytes as never })]), { sizeBytes: 3 })).toBe('malformed');
  });

  it('is refused where one content has two sizes', () => {
    const sha256 = 'a'.repeat(64);
    expect(outcomeOf(manifestOf([fileOf('a', { sha256 }), fileOf('b', { sha256, sizeBytes: 4 })]))).toBe('malformed');
  });

  it('is refused with a file or a release that is too large', () => {
    const { objectBytes, releaseBytes } = FEED_LIMITS;
    expect(outcomeOf(manifestOf([fileOf('a', { sizeBytes: objectBytes + 1 })]))).toBe('too-large');
    const many = Array.from({ length: releaseBytes / objectBytes + 1 }, (_, n) =>
      fileOf(`f${n}`, { sizeBytes: objectBytes }),
    );
    expect(outcomeOf(manifestOf(many))).toBe('too-large');
    expect(outcomeOf(manifestOf(many.slice(1)))).toBe('verified');
  });

  it.each([
    ['role', { role: 'server' }],
    ['version', { version: '2.0.0' }],
    ['commit', { commit: 'b'.repeat(40) }],
    ['sizes', { sizeBytes: 4 }],
    ['number of files', { fileCount: 2 }],
  ])('is refused where the signed facts state another %s', (_name, facts) => {
    expect(outcomeOf(manifestOf([fileOf('a')]), facts)).toBe('mixed');
  });

  it('is refused when it is no JSON, nested deeply, or not in UTF-8', () => {
    const { facts } = new RepositoryUnderTest().addManifest(manifestOf([]));
    const refusal = (bytes: Buffer) => {
      expect(() => checkedManifest(bytes, facts)).toThrow(expect.objectContaining({ refusal: 'malformed' }));
    };
    refusal(Buffer.from(''));
    refusal(Buffer.from('{'));
    refusal(Buffer.from('\ufeff{}'));
    refusal(Buffer.from([0x22, 0xff, 0x22]));
    refusal(Buffer.from(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`));
    refusal(Buffer.from(`{"a":${'[{"b":'.repeat(200_000)}1${'}]'.repeat(200_000)}}`));
    refusal(Buffer.from(`{"__proto__":{"format":1}}`));
    refusal(Buffer.from(`[${'0,'.repeat(400_000)}0]`));
  });
});
