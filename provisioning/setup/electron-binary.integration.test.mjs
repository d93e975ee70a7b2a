// Electron's binary through the real `electron` package: from a mirror on loopback, and on networks where there is no way to it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringElectron, isElectronThere, isElectronWanted } from './electron-binary.mjs';
import { ElectronMirror } from './electron-mirror-under-test.mjs';

const HOUR_MS = 3_600_000;
let mirror;
beforeEach(async () => {
  mirror = new ElectronMirror();
  await mirror.start();
});
afterEach(() => mirror.stop());

const details = [];
const bring = (env = mirror.env, node = process.execPath) => {
  details.length = 0;
  return bringElectron((text) => details.push(text), { root: mirror.root, env, node });
};
const isThere = () => isElectronThere(mirror.root, mirror.env);
const isWanted = (more = {}) => isElectronWanted('test', { root: mirror.root, env: mirror.env, ...more });
const leftInTemporary = () => readdirSync(mirror.temporary);

describe('from a mirror, Electron', () => {
  it('is unpacked where its package looks for it, with its progress shown', async () => {
    expect(await bring()).toBeNull();
    const { version } = mirror;
    expect(mirror.requests).toEqual([`/electron/v${version}/electron-v${version}-linux-${process.arch}.zip`]);
    expect(execFileSync(join(mirror.root, 'node_modules/electron/dist/electron'), { encoding: 'utf8' })).toBe(
      'started\n',
    );
    expect(isThere()).toBe(true);
    expect(details).toContain('100 % of 3 MB');
    expect(details.length).toBeGreaterThan(5);
    expect(details.at(-1)).toBe('unpacking');
    expect(leftInTemporary()).toEqual([]);
  });

  it('comes from the cache when the packages are installed anew', async () => {
    await bring();
    for (const name of ['dist', 'path.txt'])
      rmSync(join(mirror.root, 'node_modules/electron', name), { recursive: true });
    expect(isWanted()).toBe(true);
    expect(await bring()).toBeNull();
    expect(isThere()).toBe(true);
    expect(mirror.requests).toHaveLength(1);
  });

  it.each([
    ['serves another file', /^127\.0\.0\.1:\d+ serves another file than Electron published$/],
    ['breaks off', /^the download from 127\.0\.0\.1:\d+ broke off \(UND_ERR/],
    ['has no such file', /^127\.0\.0\.1:\d+ answers 404$/],
  ])('is not taken where the mirror %s; the next try comes an hour later', async (manner, words) => {
    mirror.manner = manner;
    expect(await bring()).toMatch(words);
    expect(isThere()).toBe(false);
    expect(leftInTemporary()).toEqual([]);
    expect(existsSync(join(mirror.folder, 'cache/electron'))).toBe(false);
    expect(isWanted()).toBe(false);
    expect(isWanted({ now: Date.now() + HOUR_MS + 1_000 })).toBe(true);

    mirror.manner = 'serves';
    expect(await bring()).toBeNull();
    expect(isThere()).toBe(true);
  });

  it('leaves nothing behind when somebody ends set-up half way', async () => {
    mirror.manner = 'stops half way';
    const script = join(import.meta.dirname, 'electron-download.mjs');
    const env = { ...mirror.env, ELECTRON_INSTALL_PLATFORM: 'linux', ELECTRON_INSTALL_ARCH: process.arch };
    const child = spawn(process.execPath, [script, join(mirror.root, 'node_modules/electron')], { env });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const closed = once(child, 'close');
    await expect.poll(() => output).toContain('% of 3 MB');
    expect(leftInTemporary()).toHaveLength(1);
    child.kill('SIGTERM');
    await closed;
    expect(output).toMatch(/\nfailed: stopped\n$/);
    expect(leftInTemporary()).toEqual([]);
  });
});

// runs one program in a network of its own
const alone = ['unshare', '--map-root-user', '--net', '--mount'];
const canBeAlone = spawnSync(alone[0], [...alone.slice(1), 'ip', 'link', 'set', 'lo', 'up']).status === 0;
const why = 'this machine lets nobody make network namespaces';
const networks = {
  'has no network': '',
  // two neighbours that are known and do not exist; one of them is the name server
  'has a network that drops every packet': `
    ip link add out type veth peer name nowhere && ip link set nowhere up
    ip addr add 192.0.2.1/24 dev out && ip link set out up
    for last in 2 3; do ip neigh add 192.0.2.$last lladdr 02:00:00:00:00:0$last dev out nud permanent; done
    printf "nameserver 192.0.2.2\noptions timeout:15 attempts:3\n" > "$HOME/resolv.conf"
     mount --bind "$HOME/resolv.conf" /etc/resolv.conf`,
};
/** A program that stands for Node, and runs it in such a network. */
function nodeWhoseMachine(network) {
  const path = join(mirror.folder, 'node');
  const inside = `${networks[network]}\nexec "${process.execPath}" "$@"`;
  writeFileSync(path, `#!/bin/sh\nexec ${alone.join(' ')} sh -ec '${inside}' sh "$@"\n`, { mode: 0o755 });
  return path;
}

describe('where there is no way to it, Electron', () => {
  it.for([
    ['has no network', {}, /^no address is known for github\.com \((EAI_AGAIN|ENOTFOUND)\)$/],
    ['has a network that drops every packet', {}, /^github\.com does not answer$/],
    [
      'has a network that drops every packet',
      { ELECTRON_MIRROR: 'http://192.0.2.3/' },
      /^192\.0\.2\.3 does not answer$/,
    ],
    ['has no network', { HTTPS_PROXY: 'http://me:secret@127.0.0.1:9' }, /^127\.0\.0\.1:9 cannot be reached \(/],
    ['has no network', { ELECTRON_MIRROR: 'http://me:secret@mirror.invalid/' }, /^(?!.*secret).*mirror\.invalid/],
  ])('is given up within seconds on a machine that %s (%o)', async ([network, asked, words], context) => {
    context.skip(!canBeAlone, why);
    const { ELECTRON_MIRROR: _none, ...env } = mirror.env;
    const startedMs = Date.now();
    expect(await bring({ ...env, ...asked }, nodeWhoseMachine(network))).toMatch(words);
    // 3 s are the limit, the rest is Node's start on a busy machine; a look-up by itself would last 45 s
    expect(Date.now() - startedMs).toBeLessThan(20_000);
  });
});
