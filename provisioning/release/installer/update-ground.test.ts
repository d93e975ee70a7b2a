import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReleaseSource } from './release-source.ts';
import { endTrial, noteConfirmed, noteWhenMade, PINNED_ROOT, placePinnedRoot } from './update-ground.ts';

const RELEASE = `1.0.0-${'0'.repeat(16)}`;
let root: string;
let lines: string[];
const say = (line: string): void => void lines.push(line);
const state = (name: string) => join(root, 'var/lib/maru-updater', name);

function sourceOf(files: Record<string, string>): ReleaseSource {
  return {
    sums: new Map(Object.keys(files).map((path) => [path, ''])),
    apt: { uri: '', options: [] },
    verify: async () => {},
    copy: async (path, target) => writeFileSync(target, files[path]!),
  };
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-ground-'));
  mkdirSync(join(root, 'var/lib/maru-updater'), { recursive: true });
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true }));

describe('what updates stand on after an installation', () => {
  it('ends a trial in words, and says nothing where there is none', () => {
    endTrial(root, say);
    expect(lines).toEqual([]);
    writeFileSync(state('trial'), 'new=a\n');
    endTrial(root, say);
    expect([existsSync(state('trial')), lines]).toEqual([false, [expect.stringContaining('ends the trial')]]);
  });

  it('is the release as a confirmed one, and nothing that failed before', () => {
    writeFileSync(state('returned'), `release=${RELEASE}\n`);
    noteConfirmed(root, RELEASE, 1_700_000_000_999);
    expect(readFileSync(state('confirmed'), 'utf8')).toBe(`release=${RELEASE}\nat=1700000000\n`);
    expect(existsSync(state('returned'))).toBe(false);
  });

  it('is a pinned root where the release has one, never over one that is there', async () => {
    await placePinnedRoot(root, sourceOf({}), say);
    expect([existsSync(join(root, PINNED_ROOT)), lines]).toEqual([false, []]);
    await placePinnedRoot(root, sourceOf({ 'update-root.json': 'first' }), say);
    await placePinnedRoot(root, sourceOf({ 'update-root.json': 'second' }), say);
    expect([readFileSync(join(root, PINNED_ROOT), 'utf8'), lines.length]).toEqual(['first', 1]);
  });

  it('is when the release was made, so that nothing older is taken', async () => {
    const facts = {
      releaseId: RELEASE,
      role: 'kiosk',
      version: '1.0.0',
      commit: null,
      madeAtMs: 5,
      sizeBytes: 1,
      fileCount: 1,
      notes: '',
    };
    await noteWhenMade(root, sourceOf({}), root);
    expect(existsSync(state('placed.json'))).toBe(false);
    await noteWhenMade(root, sourceOf({ 'release-facts.json': JSON.stringify(facts) }), root);
    expect(JSON.parse(readFileSync(state('placed.json'), 'utf8'))).toEqual({
      [RELEASE]: { madeAtMs: 5, manifestSha256: null },
    });
  });
});
