/** The metadata of an online feed, by tuf-js: The Update Framework's client workflow (specification 1.0, section 5). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { FEED_LIMITS } from '#contract/update-feed.ts';
import { codeOf, diskError, FeedError } from './feed-error.ts';
import { feedErrorOf, requireFresh, rootOf, signedTargets, targetsOf, type VerifiedMetadata } from './feed-metadata.ts';
import { type FeedSource, readWhole } from './feed-source.ts';
import { type MetadataShape, metadataOf } from './metadata-shape.ts';
import type { TrustedName, TrustStore } from './trust-store.ts';

const MAX_ROOT_ROTATIONS = 256;
/** tuf-js wants an address; only its path is used. */
const NO_HOST = 'https://feed.invalid/';
/** In the order in which they are trusted. */
const roles = ['root', 'timestamp', 'snapshot', 'targets'] as const;
const limits: Record<MetadataShape, number> = {
  root: FEED_LIMITS.rootBytes,
  timestamp: FEED_LIMITS.timestampBytes,
  snapshot: FEED_LIMITS.snapshotBytes,
  targets: FEED_LIMITS.targetsBytes,
};

type OnlineArguments = { store: TrustStore; source: FeedSource; root: Buffer; nowMs: number };

/**
 * tuf-js writes its files in place, without a sync: it works in a copy, and what it came to trust is stored by us, also when a
 * later part is refused.
 */
export async function verifyOnline({ store, source, root, nowMs }: OnlineArguments): Promise<VerifiedMetadata> {
  const folder = join(store.folder, 'work');
  const fetcher = new SourceFetcher(source);
  try {
    await fillWorkFolder(folder, store, root);
    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: `${NO_HOST}metadata`,
      fetcher,
      config: {
        rootMaxLength: limits.root,
        timestampMaxLength: limits.timestamp,
        snapshotMaxLength: limits.snapshot,
        targetsMaxLength: limits.targets,
        maxRootRotations: MAX_ROOT_ROTATIONS,
        maxDelegations: 1,
      },
    });
    try {
      await updater.refresh();
    } finally {
      for (const role of roles) {
        const bytes = readIn(folder, role);
        if (bytes) store.write(storedName(role), bytes);
      }
    }
    return verifiedIn(folder, nowMs);
  } catch (error) {
    throw fetcher.failure ?? feedErrorOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const storedName = (role: MetadataShape): TrustedName => (role === 'root' ? 'root' : `online/${role}`);

async function fillWorkFolder(folder: string, store: TrustStore, root: Buffer): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    for (const role of roles) {
      const bytes = role === 'root' ? root : store.read(storedName(role));
      if (bytes && holdsShape(role, bytes)) writeFileSync(join(folder, `${role}.json`), bytes);
    }
  } catch (error) {
    throw diskError(error, 'the trust store cannot be written');
  }
}

/** A damaged disk must not be worse than nothing stored. */
function holdsShape(role: MetadataShape, bytes: Buffer): boolean {
  try {
    metadataOf(role, bytes, role);
    return true;
  } catch {
    return false;
  }
}

/** By our own time too: tuf-js knows the machine's alone. */
function verifiedIn(folder: string, nowMs: number): VerifiedMetadata {
  const bytesOf = (role: MetadataShape): Buffer => {
    const bytes = readIn(folder, role);
    if (bytes) return bytes;
    throw new FeedError('incomplete', `${role} is not there`);
  };
  const root = rootOf(bytesOf('root'), 'root');
  const timestamp = Metadata.fromJSON(
    MetadataKind.Timestamp,
    metadataOf('timestamp', bytesOf('timestamp'), 'timestamp'),
  );
  const snapshot = Metadata.fromJSON(MetadataKind.Snapshot, metadataOf('snapshot', bytesOf('snapshot'), 'snapshot'));
  const targets = targetsOf(bytesOf('targets'), 'targets');
  const all = { root, timestamp, snapshot, targets };
  const expiries = Object.entries(all).map(([name, { signed }]) => requireFresh(name, signed.expires, nowMs));
  return { targets: signedTargets(targets.signed), expiresAtMs: Math.min(...expiries) };
}

function readIn(folder: string, role: string): Buffer | null {
  try {
    return readFileSync(join(folder, `${role}.json`));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw diskError(error, 'the trust store cannot be read');
  }
}

class SourceFetcher extends BaseFetcher {
  readonly #source: FeedSource;
  /** why the last one failed: tuf-js keeps the text of errors only */
  failure: unknown = null;

  constructor(source: FeedSource) {
    super();
    this.#source = source;
  }

  override async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const path = url.slice(NO_HOST.length);
    const role = roles.find((one) => path.endsWith(`${one}.json`));
    try {
      if (role === undefined) throw new FeedError('malformed', 'metadata of a role that no online feed has');
      const bytes = await readWhole(this.#source, path, Math.min(maxLength, limits[role]));
      if (role === 'root') rootOf(bytes, path);
      else if (role === 'targets') targetsOf(bytes, path);
      else metadataOf(role, bytes, path);
      return bytes;
    } catch (error) {
      // the root that is trusted is the newest one
      if (role === 'root' && error instanceof FeedError && error.refusal === 'incomplete')
        throw new DownloadHTTPError('Failed to download', 404);
      this.failure = error;
      throw error;
    }
  }

  /** Everything comes by `downloadBytes`. */
  override fetch(): never {
    throw new FeedError('malformed', 'targets are not fetched by tuf-js');
  }
}
