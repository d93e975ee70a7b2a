/**
 * Where a release comes from: a folder that holds all of it, or the fleet server. Both give files by the path that the list of
 * hashes names, and each is checked against it.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { releaseRoutes, SUMS_FILE } from '#contract/release.ts';
import { parseSums, sha256OfFile } from '#edge/sha256-sums.ts';
import { InstallError } from './install-error.ts';
import type { FleetServer } from './install-options.ts';

/** What apt needs to read `debian/` of the release. */
export type AptSource = { uri: string; options: readonly string[] };

export interface ReleaseSource {
  /** path to hash, of every file of the release */
  readonly sums: ReadonlyMap<string, string>;
  readonly apt: AptSource;
  /** Checks what can be checked without another copy of it. @throws InstallError naming the first file that is wrong */
  verify(progress: (done: number, of: number) => void): Promise<void>;
  /** Whole and checked, or not there. @throws InstallError */
  copy(path: string, target: string, mode: number): Promise<void>;
}

const MAX_SUMS_BYTES = 8_000_000;
const ANSWER_TIMEOUT_MS = 20_000;
const TRIES = 6;
const TRY_AGAIN_MS = 2_000;

const damaged = (path: string): InstallError =>
  new InstallError(`${path} is damaged or missing: it is not what the release's list of hashes names`);

function checkedSums(text: string, sumsSha256: string): Map<string, string> {
  if (createHash('sha256').update(text).digest('hex') !== sumsSha256) throw damaged(SUMS_FILE);
  return parseSums(text);
}

/** A stick, a disc or a copy of the folder. */
export class FolderSource implements ReleaseSource {
  readonly sums: ReadonlyMap<string, string>;
  readonly apt: AptSource;
  readonly #folder: string;

  private constructor(folder: string, sums: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.sums = sums;
    this.apt = { uri: `file:${encodeURI(join(folder, 'debian'))}`, options: [] };
  }

  /** @throws InstallError where the list is not the one that the bootstrap names */
  static async open(folder: string, sumsSha256: string): Promise<FolderSource> {
    const text = await textOf(createReadStream(join(folder, SUMS_FILE)), MAX_SUMS_BYTES).catch(() => {
      throw damaged(SUMS_FILE);
    });
    return new FolderSource(folder, checkedSums(text, sumsSha256));
  }

  async verify(progress: (done: number, of: number) => void): Promise<void> {
    let done = 0;
    for (const [path, sha256] of this.sums) {
      const found = await sha256OfFile(join(this.#folder, path)).catch(() => null);
      if (found !== sha256) throw damaged(path);
      progress(++done, this.sums.size);
    }
  }

  async copy(path: string, target: string, mode: number): Promise<void> {
    await write(createReadStream(join(this.#folder, path)), target, mode, this.sums.get(path), path);
  }
}

/** The fleet server's device API, known by the hash of its CA. */
export class ServerSource implements ReleaseSource {
  readonly sums: ReadonlyMap<string, string>;
  readonly apt: AptSource;
  readonly #baseUrl: string;
  readonly #agent: Agent;

  private constructor(baseUrl: string, agent: Agent, sums: ReadonlyMap<string, string>, caFile: string) {
    this.#baseUrl = baseUrl;
    this.#agent = agent;
    this.sums = sums;
    // one request after the other: several at once on a connection count as several boxes
    const options = { CaInfo: caFile, Proxy: 'DIRECT', 'Pipeline-Depth': '0' };
    this.apt = {
      uri: `${baseUrl}debian`,
      options: Object.entries(options).map(([name, value]) => `Acquire::https::${name}=${value}`),
    };
  }

  /**
   * @param workFolder of ours, for the CA certificate that apt is to trust
   * @throws InstallError where it is not there, not the server of that CA, or has another release
   */
  static async open(
    { deviceApiUrl, caSha256 }: FleetServer,
    sumsSha256: string,
    workFolder: string,
  ): Promise<ServerSource> {
    const ca = await pinnedCa(deviceApiUrl, caSha256);
    const caFile = join(workFolder, 'fleet-ca.pem');
    await writeFile(caFile, ca);
    const agent = new Agent({ ca, keepAlive: true, maxSockets: 4 });
    const baseUrl = new URL(releaseRoutes.file.path.replace('*', ''), deviceApiUrl).href;
    const text = await textOf(await ask(new URL(SUMS_FILE, baseUrl), agent), MAX_SUMS_BYTES);
    return new ServerSource(baseUrl, agent, checkedSums(text, sumsSha256), caFile);
  }

  /** Each file is checked when it comes. */
  async verify(): Promise<void> {}

  async copy(path: string, target: string, mode: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await ask(new URL(path, this.#baseUrl), this.#agent);
        await write(answer, target, mode, this.sums.get(path), path);
        return;
      } catch (error) {
        // a server that restarts, or serves as many others as it can
        if (attempt === TRIES || (error instanceof InstallError && !(error instanceof NotNow))) throw error;
        await sleep(TRY_AGAIN_MS * attempt);
      }
    }
  }

  /** Ends the connections that were kept. */
  close(): void {
    this.#agent.destroy();
  }
}

class NotNow extends InstallError {}

/** Nothing is asked of a server before one of its certificates has shown the fingerprint. */
async function pinnedCa(deviceApiUrl: string, caSha256: string): Promise<string> {
  const { hostname, port } = new URL(deviceApiUrl);
  // trust is decided below, by fingerprint; requests verify against what was found
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 443),
    rejectUnauthorized: false,
  });
  try {
    const chain = await new Promise<DetailedPeerCertificate>((resolve, reject) => {
      const notThere = (why: string) =>
        reject(new InstallError(`the fleet server ${deviceApiUrl} is not reached: ${why}`));
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => notThere('no answer'));
      socket.once('secureConnect', () => resolve(socket.getPeerCertificate(true)));
      socket.once('error', (error) => notThere(error.message));
    });
    const seen = new Set<string>();
    for (let each = chain; each && !seen.has(each.fingerprint256); each = each.issuerCertificate) {
      seen.add(each.fingerprint256);
      if (each.fingerprint256.replaceAll(':', '').toLowerCase() === caSha256)
        return new X509Certificate(each.raw).toString();
    }
  } finally {
    socket.destroy();
  }
  throw new InstallError(`${deviceApiUrl} is not the server that --ca-sha256 names: nothing was fetched from it`);
}

function ask(url: URL, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, timeout: ANSWER_TIMEOUT_MS }, (answer) => {
      if (answer.statusCode === 200) return resolve(answer);
      answer.resume();
      const status = answer.statusCode ?? 0;
      if (status === 429 || status >= 500)
        return reject(new NotNow(`the fleet server answers ${status}; try again later`));
      return reject(new InstallError(`the fleet server does not have ${url.pathname} (it answers ${status})`));
    });
    sent.once('timeout', () => sent.destroy(new NotNow('the fleet server does not answer any more')));
    sent.once('error', (error) =>
      reject(error instanceof InstallError ? error : new NotNow(`the fleet server: ${error.message}`)),
    );
    sent.end();
  });
}

async function textOf(stream: Readable, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    size += (part as Buffer).length;
    if (size > maxBytes) throw new InstallError('the list of hashes is too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function write(
  from: Readable,
  target: string,
  mode: number,
  sha256: string | undefined,
  path: string,
): Promise<void> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(part: Buffer, _encoding, done) {
      hash.update(part);
      done(null, part);
    },
  });
  try {
    await pipeline(from, hashing, createWriteStream(target, { mode, flush: true }));
    if (hash.digest('hex') !== sha256) throw damaged(path);
  } catch (error) {
    await rm(target, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new InstallError(`the disk is full: ${target} could not be written`);
    if (code === 'ENOENT' || code === 'EIO') throw damaged(path);
    throw error;
  }
}
