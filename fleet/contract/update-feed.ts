/**
 * How signed releases travel: a folder that is the same as a feed on the fleet server, as a medium (stick, disc, share) and as
 * what a box keeps while it fetches. Metadata is The Update Framework's (specification 1.0); a target is a release's
 * manifest, and the content of each of its files is an object by its hash. There is no archive.
 *
 *     metadata/N.root.json  metadata/timestamp.json  metadata/N.snapshot.json  metadata/N.targets.json  metadata/N.offline.json
 *     metadata/targets.json  metadata/offline.json   on a medium, which has no snapshot that names versions: its newest, once more
 *     targets/SHA256.NAME   a manifest, under its own hash and its target's name
 *     objects/SHA256        the content of a file
 */
import { PROTOCOL_VERSION } from './protocol-version.ts';
import { EpochMs, z } from './schema.ts';
import { ReleaseRole } from './release.ts';

/** `VERSION-HASH`, with the first 16 digits of the manifest's SHA-256: also the name of the release's folder on a box. */
export const ReleaseId = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,39}-[0-9a-f]{16}$/);
export type ReleaseId = z.infer<typeof ReleaseId>;

/** A target's name in the metadata. */
export const targetNameOf = (role: ReleaseRole, releaseId: string): string => `${role}-${releaseId}.json`;
export const TargetName = z.string().regex(/^(kiosk|server)-[0-9A-Za-z][0-9A-Za-z.+-]{0,39}-[0-9a-f]{16}\.json$/);

/** What a target states of its release beside length and hash (`custom` in the metadata). Signed, so it may be believed. */
export const ReleaseFacts = z.object({
  releaseId: ReleaseId,
  role: ReleaseRole,
  version: z.string().max(40),
  commit: z.string().max(60).nullable(),
  /** of the commit: an older one never replaces a newer one */
  madeAtMs: EpochMs,
  /** that the release speaks with a fleet server */
  protocol: z.number().int().positive().default(PROTOCOL_VERSION),
  /** of all its files, and how many */
  sizeBytes: z.number().int().nonnegative(),
  fileCount: z.number().int().nonnegative(),
  /** of the CHANGELOG, in Markdown, for people */
  notes: z.string().max(20_000),
});
export type ReleaseFacts = z.infer<typeof ReleaseFacts>;

/**
 * `online`: root, timestamp, snapshot, targets, as a client of The Update Framework reads them. `medium`: for closed
 * networks, where nobody renews a timestamp each day: root, targets, and the delegated role `offline` with an expiry of months.
 */
export const FeedKind = z.enum(['online', 'medium']);
export type FeedKind = z.infer<typeof FeedKind>;

export const OFFLINE_ROLE = 'offline';
export const METADATA_FOLDER = 'metadata';
export const TARGETS_FOLDER = 'targets';
export const OBJECTS_FOLDER = 'objects';
/** The root that a machine trusts from its installation on; in a release's folder and on the box. */
export const PINNED_ROOT_FILE = 'update-root.json';

/** The most that is read of each before its signature was checked. */
export const FEED_LIMITS = {
  rootBytes: 512 * 1024,
  timestampBytes: 16 * 1024,
  snapshotBytes: 512 * 1024,
  targetsBytes: 5 * 1024 * 1024,
  manifestBytes: 8 * 1024 * 1024,
  objectBytes: 512 * 1024 * 1024,
  releaseBytes: 4 * 1024 * 1024 * 1024,
} as const;

/**
 * Of the device API, with a room's certificate that is good. `*` is a path of the feed as above; objects and targets are
 * answered with ranges (`Range: bytes=N-`), so that a fetch goes on where it was.
 */
export const updateFeedRoutes = {
  file: { method: 'GET', path: '/device/v1/updates/*' },
} as const;

/** Why a feed, a medium or a release is refused. Nothing outside of the staging area was written. */
export const FeedRefusal = z.enum([
  /** not what its schema says: not JSON, odd paths or modes, wrong types */
  'malformed',
  /** too few, unknown, revoked or doubled signatures */
  'signature',
  /** its time is over, or the clock is years off */
  'expired',
  /** older than what was trusted before, of metadata or of the release */
  'older',
  /** parts of two feeds: a length, a hash or a version is not the one that another part names */
  'mixed',
  /** larger than stated or than allowed */
  'too-large',
  /** the content of a file is not what its hash says */
  'damaged',
  /** a file that is named is not there; a medium that ends half way */
  'incomplete',
  /** no such target, or it is for another kind of machine */
  'not-offered',
  /** did not answer, or too slowly */
  'unreachable',
  /** no room on the disk, or it cannot be written */
  'disk',
]);
export type FeedRefusal = z.infer<typeof FeedRefusal>;
