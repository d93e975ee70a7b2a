/**
 * The product with a measured link in front of those who wait: the TV's box (signalling, media, MQTT), the phone and
 * the guest sit behind one delay proxy; the participant whose picture they wait for sits beside the media node, so that
 * what is counted are the round trips of the one who waits. Also the bare harness, behind the same proxy.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { FleetReady, KioskReady } from '#contract/process-ready.ts';
import { NetworkProxy } from '../../simulators/network/network-proxy.ts';
import { TrustedHome } from '../../e2e/networks/trusted-home.ts';
import { bundlePage } from '../peers/bundle-page.ts';
import { chromiumFlags } from './chromium-flags.ts';

const root = join(import.meta.dirname, '../../..');
export type BareReady = { url: string; mediaPort: number };

export class WaitsScene {
  readonly proxy: NetworkProxy;
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-bench-'));
  readonly #children: ChildProcess[] = [];
  readonly #isOverTls: boolean;
  #home: TrustedHome | null = null;
  #browser!: Browser;
  fleet!: FleetReady;
  kiosk!: KioskReady;
  bare!: BareReady;
  #mediaPorts: Record<number, number> = {};

  /** @param isOverTls as an office is served, by a CA that the browser trusts */
  constructor(seed: number, { isOverTls = false }: { isOverTls?: boolean } = {}) {
    this.proxy = new NetworkProxy({ seed });
    this.#isOverTls = isOverTls;
  }

  async start(): Promise<void> {
    const folder = (name: string): string => join(this.#folder, name);
    const office = this.#isOverTls ? ['--lan', '--host', '127.0.0.1'] : [];
    const args = ['--data-dir', folder('fleet'), '--ephemeral-ports', '--demonstration', ...office];
    const fleet = this.#fork('dist/fleet-main.js', args);
    this.fleet = FleetReady.parse(await said(fleet, (message) => (message as { ready?: string }).ready === 'fleet'));
    for (const { port, transport } of this.fleet.ports) {
      if (transport !== 'tcp') this.#mediaPorts[port] = await this.proxy.udpPortTo('127.0.0.1', port);
    }
    await this.#startKiosk(folder('kiosk'), folder('claim.json'));
    const pageDir = await bundlePage(join(import.meta.dirname, 'waits-page.ts'));
    const bare = this.#fork('tests/load/peers/bare-server.ts', ['--page-dir', pageDir]);
    this.bare = (await said(bare, () => true)) as BareReady;
    this.#mediaPorts[this.bare.mediaPort] = await this.proxy.udpPortTo('127.0.0.1', this.bare.mediaPort);
    this.#home = this.#isOverTls ? new TrustedHome(this.fleet.caCertificatePath) : null;
    this.#browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: chromiumFlags,
      env: { ...process.env, ...(this.#home === null ? {} : { HOME: this.#home.path }) },
    });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#home?.remove();
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    this.proxy.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** PEM of the office's CA; undefined without TLS */
  get ca(): string | undefined {
    return this.#isOverTls ? readFileSync(this.fleet.caCertificatePath!, 'utf8') : undefined;
  }

  /** Whoever is beside the media node. */
  async near(size = { width: 1280, height: 720 }): Promise<Page> {
    return (await this.#browser.newContext({ viewport: size, locale: 'en-US' })).newPage();
  }

  /** Whoever waits behind the link; the addresses in `direct` are on the same box. */
  async far(direct: string[] = [], size = { width: 1280, height: 720 }): Promise<Page> {
    const context: BrowserContext = await this.#browser.newContext({
      viewport: size,
      locale: 'en-US',
      proxy: {
        server: `socks5://127.0.0.1:${await this.proxy.socksPort()}`,
        bypass: ['<-loopback>', ...direct].join(','),
      },
    });
    await context.addInitScript(divertCandidates, this.#mediaPorts);
    return context.newPage();
  }

  /** Enrols, then moves the box's MQTT line behind the proxy too. */
  async #startKiosk(dataDir: string, claimFile: string): Promise<void> {
    writeFileSync(claimFile, JSON.stringify(this.fleet.demonstration?.claim));
    const args = ['--data-dir', dataDir, '--claim-file', claimFile, '--screen-port', '0', '--shell', 'none'];
    const first = this.#fork('dist/kiosk-main.js', args);
    await said(first, (message) => (message as { ready?: string }).ready === 'kiosk');
    first.kill('SIGTERM');
    await new Promise((resolve) => first.once('exit', resolve));
    const identityFile = join(dataDir, 'identity.json');
    const identity = JSON.parse(readFileSync(identityFile, 'utf8')) as { mqttUrl: string };
    const behind = await this.proxy.tcpPortTo('127.0.0.1', Number(new URL(identity.mqttUrl).port));
    writeFileSync(identityFile, JSON.stringify({ ...identity, mqttUrl: `mqtts://127.0.0.1:${behind}` }), {
      mode: 0o600,
    });
    const second = this.#fork('dist/kiosk-main.js', args);
    this.kiosk = KioskReady.parse(await said(second, (message) => (message as { ready?: string }).ready === 'kiosk'));
  }

  #fork(module: string, args: string[]): ChildProcess {
    const child = fork(join(root, module), args, {
      stdio: ['ignore', 'ignore', process.env.BENCH_LOG ? 'inherit' : 'ignore', 'ipc'],
    });
    this.#children.push(child);
    return child;
  }
}

function said(child: ChildProcess, wanted: (message: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => wanted(message) && resolve(message));
    child.once('exit', (code) => reject(new Error(`a process ended with ${code} before it was ready`)));
  });
}

/** Runs in the page: what a router between the page and the node would do to UDP, done to the candidates it reads. */
function divertCandidates(ports: Record<number, number>): void {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = async function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) {
    const lines = (description.sdp ?? '').split('\r\n').flatMap((line) => {
      const match = /^(a=candidate:\S+ \d+ )(udp|tcp)( \d+ \S+ )(\d+)(.*)$/i.exec(line);
      if (match === null) return [line];
      if (match[2]!.toLowerCase() === 'tcp') return [];
      return [`${match[1]}udp${match[3]}${ports[Number(match[4])] ?? match[4]}${match[5]}`];
    });
    await Reflect.apply(set, this, [{ type: description.type, sdp: lines.join('\r\n') }]);
  };
}
