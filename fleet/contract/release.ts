/**
 * A release as its folder, the fleet server and a box know it: the files that it is made of, each by its SHA-256, and the route
 * by which a box fetches them before it has any of our software.
 */
import { z } from './schema.ts';
import { Sha256 } from './waiting-kiosk.ts';

const SEGMENT = '[A-Za-z0-9@_+~][A-Za-z0-9@_+~.-]*';
/** Relative, with `/` between its parts; no part begins with a dot, so none leads elsewhere. */
export const ReleasePath = z
  .string()
  .max(240)
  .regex(new RegExp(`^${SEGMENT}(/${SEGMENT})*$`));

export const ReleaseRole = z.enum(['kiosk', 'server']);
export type ReleaseRole = z.infer<typeof ReleaseRole>;

export const ReleaseFile = z.object({
  path: ReleasePath,
  mode: z.enum(['0644', '0755']),
  sizeBytes: z.number().int().nonnegative(),
  sha256: Sha256,
});
export type ReleaseFile = z.infer<typeof ReleaseFile>;

/** `manifest.json`. One commit gives one manifest, whenever and however often a release is made of it. */
export const ReleaseManifest = z.object({
  format: z.literal(1),
  role: ReleaseRole,
  version: z.string().regex(/^[0-9A-Za-z.+-]{1,40}$/),
  /** null: made outside of a git checkout; with `+changes` where files of it were not committed */
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}(\+changes)?$/)
    .nullable(),
  /** that Debian 12 must have, by name; what these depend on is apt's to find */
  debianPackages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)),
  /** sorted by path; the content of each is `objects/SHA256` of the release's folder */
  files: z.array(ReleaseFile).max(20_000),
});
export type ReleaseManifest = z.infer<typeof ReleaseManifest>;

/** In a release's folder: `SHA256  PATH` of every file but this one and `install.sh`, which names its hash. */
export const SUMS_FILE = 'SHA256SUMS';
export const MANIFEST_FILE = 'manifest.json';
export const BOOTSTRAP_FILE = 'install.sh';

/** Of the device API, without a certificate: a bare box has none. `*` is a path that the folder's SHA256SUMS names. */
export const releaseRoutes = {
  file: { method: 'GET', path: '/device/v1/releases/kiosk/*' },
} as const;
