import { describe, expect, it } from 'vitest';
import { adviceFor, missingFrom, packagesFor } from './debian-packages.mjs';

describe('packages of Debian', () => {
  it('are few for a start, more for the suite, and compilers only where the worker is built', () => {
    const start = packagesFor('start', { buildsWorker: false });
    expect(start).toContain('chromium');
    expect(start).not.toContain('strace');
    expect(start).not.toContain('meson');
    expect(packagesFor('test', { buildsWorker: false })).toEqual(expect.arrayContaining([...start, 'strace']));
    expect(packagesFor('start', { buildsWorker: true })).toEqual(expect.arrayContaining([...start, 'meson']));
  });

  it('bring what makes pages of documents', () => {
    const converter = ['bubblewrap', 'libreoffice-writer-nogui', 'poppler-data', 'poppler-utils', 'python3-uno'];
    expect(packagesFor('start', { buildsWorker: false })).toEqual(expect.arrayContaining(converter));
  });

  it('are missing when dpkg does not know them or has only their settings left', () => {
    const output = 'chromium installed\njanus config-files\nxvfb not-installed\n';
    expect(missingFrom(['chromium', 'ffmpeg', 'janus', 'xvfb'], output)).toEqual(['ffmpeg', 'janus', 'xvfb']);
  });

  it('become one command that a person can paste', () => {
    const commands = adviceFor(['chromium', 'meson'])
      .split('\n')
      .filter((line) => line.includes('apt-get'));
    expect(commands).toEqual([
      '  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium meson',
    ]);
  });
});
