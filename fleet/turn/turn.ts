/**
 * People behind firewalls that pass nothing but TCP 443 reach the media nodes through Debian's coturn. The fleet server writes
 * its configuration and signs the short-lived credentials that a grant brings; it keeps nothing about the people who use them.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IceServer } from '#contract/grants.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { addressOf, type ListenAt } from '#edge/listen-at.ts';
import { turnConfiguration } from './turn-settings.ts';

export type TurnOptions = {
  dataDir: string;
  /** where clients reach it, by a name or address of the certificate */
  at: ListenAt;
  tls: { cert: string; key: string };
  peers: readonly string[];
};

/** longer than any meeting: coturn looks at it at each refresh */
const CREDENTIAL_TTL_MS = 12 * 3_600_000;

export class Turn {
  readonly #options: TurnOptions;
  readonly #folder: string;
  #secret = '';

  constructor(options: TurnOptions) {
    this.#options = options;
    this.#folder = join(options.dataDir, 'turn');
  }

  /** `turnserver -c` reads it. */
  get configurationFile(): string {
    return join(this.#folder, 'turnserver.conf');
  }
  get #pidFile(): string {
    return join(this.#folder, 'turnserver.pid');
  }

  /** Keeps its secret, so that credentials outlive a restart, and writes the configuration. */
  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const secretFile = join(this.#folder, 'secret');
    if (!existsSync(secretFile)) writeDurably(secretFile, randomBytes(32).toString('base64url'));
    this.#secret = readFileSync(secretFile, 'utf8').trim();
    const { at, tls, peers } = this.#options;
    const [pidFile, databaseFile] = [this.#pidFile, join(this.#folder, 'turndb')];
    const settings = {
      address: await addressOf(at),
      port: at.port,
      tls,
      secret: this.#secret,
      peers,
      pidFile,
      databaseFile,
    };
    writeDurably(this.configurationFile, turnConfiguration(settings));
  }

  /** For one peer. The credential names it, so that coturn's limits are by peer. */
  iceServersFor(peerId: string): IceServer[] {
    const { host, port } = this.#options.at;
    const username = `${Math.floor((Date.now() + CREDENTIAL_TTL_MS) / 1_000)}:${peerId}`;
    const credential = createHmac('sha1', this.#secret).update(username).digest('base64');
    const name = host.includes(':') ? `[${host}]` : host;
    return [{ urls: [`turns:${name}:${port}?transport=tcp`], username, credential }];
  }

  /** A renewed certificate is read by coturn without ending what it relays. False: it does not run here. */
  reloadCertificate(): boolean {
    try {
      process.kill(Number(readFileSync(this.#pidFile, 'utf8')), 'SIGUSR2');
      return true;
    } catch {
      return false;
    }
  }
}
