// For tests: a checkout with the real `electron` package but for what it downloads, and a mirror on loopback that serves that.
// The archive is small, and its program says that it was started.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, readJson } from './checkout.mjs';

const real = join(checkout, 'node_modules');

/** What the mirror does with a request for the archive. */
const manners = {
  serves: async (response, archive) => {
    response.setHeader('content-length', archive.length);
    for (let from = 0; from < archive.length; from += 200_000) {
      response.write(archive.subarray(from, from + 200_000));
      await sleep(1);
    }
    response.end();
  },
  'serves another file': (response) => response.end(randomBytes(1_000)),
  'breaks off': async (response, archive) => {
    response.setHeader('content-length', archive.length);
    response.write(archive.subarray(0, archive.length / 2));
    await sleep(50);
    response.destroy();
  },
  'stops half way': (response, archive) => {
    response.setHeader('content-length', archive.length);
    response.write(archive.subarray(0, archive.length / 2));
  },
  'has no such file': (response) => response.writeHead(404).end(),
};

export class ElectronMirror {
  /** @type {keyof typeof manners} */
  manner = 'serves';
  requests = [];
  #server;
  #archive;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'maru-electron-mirror-'));
    this.root = join(this.folder, 'checkout');
    this.version = readJson(join(real, 'electron/package.json')).version;
    this.#makeArchive();
    this.#makeCheckout();
  }

  async start() {
    this.#server = createServer((request, response) => {
      this.requests.push(request.url);
      void manners[this.manner](response, this.#archive);
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Of a machine that knows this mirror alone, with an empty cache. */
  get env() {
    const { PATH } = process.env;
    const { port } = this.#server.address();
    return {
      PATH,
      HOME: this.folder,
      TMPDIR: this.temporary,
      XDG_CACHE_HOME: join(this.folder, 'cache'),
      ELECTRON_MIRROR: `http://127.0.0.1:${port}/electron/`,
    };
  }

  get temporary() {
    const folder = join(this.folder, 'temporary');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  #makeArchive() {
    const content = join(this.folder, 'content');
    mkdirSync(content);
    writeFileSync(join(content, 'electron'), '#!/bin/sh\necho started\n', { mode: 0o755 });
    writeFileSync(join(content, 'version'), this.version);
    writeFileSync(join(content, 'filler.bin'), randomBytes(3_000_000));
    const path = join(this.folder, 'electron.zip');
    execFileSync('python3', ['-m', 'zipfile', '-c', path, 'electron', 'version', 'filler.bin'], { cwd: content });
    this.#archive = readFileSync(path);
  }

  #makeCheckout() {
    const folder = join(this.root, 'node_modules/electron');
    mkdirSync(folder, { recursive: true });
    for (const name of ['package.json', 'install.js']) cpSync(join(real, 'electron', name), join(folder, name));
    for (const name of ['@electron', '@electron-internal'])
      symlinkSync(join(real, name), join(this.root, 'node_modules', name));
    const name = `electron-v${this.version}-linux-${arch()}.zip`;
    const sum = createHash('sha256').update(this.#archive).digest('hex');
    writeFileSync(join(folder, 'checksums.json'), JSON.stringify({ [name]: sum }));
  }
}
