/** A manifest beyond its schema: its files fit together, and it is the release that its signed facts describe. */
import { ReleaseManifest } from '#contract/release.ts';
import { FEED_LIMITS, type ReleaseFacts } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import { firstIssue, jsonOf } from './metadata-shape.ts';

/** 20,000 files with five values each, and room. */
const MAX_VALUES = 150_000;

/** @throws FeedError malformed, mixed, too-large */
export function checkedManifest(bytes: Uint8Array, facts: ReleaseFacts): ReleaseManifest {
  const read = ReleaseManifest.safeParse(jsonOf(bytes, 'the manifest', MAX_VALUES));
  if (!read.success) throw new FeedError('malformed', `the manifest: ${firstIssue(read.error)}`);
  const manifest = read.data;
  requireDistinctPaths(manifest);
  const sizeBytes = checkedSize(manifest);
  const { role, version, commit, fileCount } = facts;
  if (manifest.role !== role || manifest.version !== version || manifest.commit !== commit)
    throw new FeedError('mixed', 'the manifest is of another release than its facts');
  if (sizeBytes !== facts.sizeBytes || manifest.files.length !== fileCount)
    throw new FeedError('mixed', 'the manifest has other sizes than its facts');
  return manifest;
}

/** Also where a disk does not distinguish capitals: a file is no second one, and no folder of another one. */
function requireDistinctPaths({ files }: ReleaseManifest): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    const folded = path.toLowerCase();
    if (paths.has(folded)) throw new FeedError('malformed', `the manifest has ${path} twice`);
    paths.add(folded);
  }
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (paths.has(path.slice(0, end))) throw new FeedError('malformed', `the manifest has ${path} below a file`);
}

function checkedSize({ files }: ReleaseManifest): number {
  const sizes = new Map<string, number>();
  let sum = 0;
  for (const { path, sha256, sizeBytes } of files) {
    if (sizeBytes > FEED_LIMITS.objectBytes) throw new FeedError('too-large', `${path} is too large`);
    if ((sizes.get(sha256) ?? sizeBytes) !== sizeBytes)
      throw new FeedError('malformed', `${path} has another size than the same content elsewhere`);
    sizes.set(sha256, sizeBytes);
    sum += sizeBytes;
  }
  if (sum > FEED_LIMITS.releaseBytes) throw new FeedError('too-large', 'the release is too large');
  return sum;
}
