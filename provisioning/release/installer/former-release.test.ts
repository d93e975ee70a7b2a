import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeFiles, readTree } from '../../system/placed-files.ts';
import { endByThemselves } from './former-release.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-units-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('leaves those running that look for another release, and restarts those of a release that did not', () => {
  const units = join(root, 'etc/systemd/system');
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, 'maru-media.service'), '[Service]\nExecStart=/opt/maru/current/node fleet-media-main.js\n');
  writeFileSync(
    join(units, 'maru-program.service'),
    '[Service]\nExecStart=node main.js --release-link=/opt/maru/current\n',
  );
  expect(endByThemselves(root)).toEqual(['maru-program.service']);
});

it('knows the units of this release', () => {
  placeFiles(root, readTree(join(import.meta.dirname, '../../system/files/server')), 'placed');
  expect(endByThemselves(root)).toEqual(['maru-media.service', 'maru-packager.service', 'maru-program.service']);
});
