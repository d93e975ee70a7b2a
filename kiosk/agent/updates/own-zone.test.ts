/** The box's zone is what its system has now, not what it had when the agent started. */
import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ownZone } from './own-zone.ts';

const dir = mkdtempSync(join(tmpdir(), 'maru-zone-'));
const link = join(dir, 'localtime');
beforeEach(() => vi.stubEnv('TZ', ''));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(link, { force: true });
});

it('follows the link of the system', () => {
  symlinkSync('/usr/share/zoneinfo/Asia/Seoul', link);
  expect(ownZone(link)).toBe('Asia/Seoul');
  unlinkSync(link);
  symlinkSync('../usr/share/zoneinfo/Europe/Berlin', link);
  expect(ownZone(link)).toBe('Europe/Berlin');
});

it('is Node’s where the link leads nowhere that is known', () => {
  const ofNode = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(ownZone(link)).toBe(ofNode);
  symlinkSync('/usr/share/zoneinfo/Middle/Earth', link);
  expect(ownZone(link)).toBe(ofNode);
  vi.stubEnv('TZ', 'Asia/Tokyo');
  expect(ownZone(link)).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
});
