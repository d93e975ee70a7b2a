/** The steps of `npm run release:sign`. Whatever is wrong is found before the feed is written. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { OFFLINE_ROLE } from '#contract/update-feed.ts';
import { passphrasesOf, say, signatures } from '../command.ts';
import { type FeedLists, type FeedState, newestRoot, readFeed, readRoot } from '../feed-folder.ts';
import { type OfferedTarget, offeredIn, offlineKeysOf } from '../feed-metadata.ts';
import { openKeys, publicKeysOf, readPublicKey } from '../key-files.ts';
import {
  type Expiries,
  missingInLists,
  nextLists,
  signedFeed,
  signLists,
  writeRoots,
  writeSignedFeed,
} from '../publish-feed.ts';
import { changedKeys, checkRootChain, rootRolesOf } from '../root-metadata.ts';
import type { RoleKeys } from '../signed-metadata.ts';
import { type Signer, shortKeyId } from '../signers.ts';
import { SigningError } from '../signing-error.ts';
import { readDraft, writeDraft } from './draft.ts';
import { forgetWithdrawn, needManifests, putRelease } from './feed-content.ts';
import { type FeedOptions, isChange } from './feed-options.ts';
import { makeMedium, putIntoServer } from './medium.ts';
import { type ReleaseInFolder, readReleaseFolder } from './release-in-folder.ts';

export async function runFeedCommand(options: FeedOptions): Promise<void> {
  const { feed, draft } = options;
  if (feed === null) return signDraft(draft!, options);
  const state = openFeed(feed, options);
  const releases: ReleaseInFolder[] = [];
  for (const folder of options.releases) releases.push(await readReleaseFolder(folder, options.allowsChanges));
  for (const folder of options.media) releases.push(await readReleaseFolder(folder, true));
  if (isChange(options)) {
    const lists = changedLists(state, releases.slice(0, options.releases.length), options);
    if (draft !== null) return beginDraft(feed, state, { lists, releases, options });
    await publish(feed, state, lists, options, releases);
  } else if (draft !== null) {
    const { lists } = readDraft(draft);
    refuseOtherDraft(draft, state, lists);
    needManifests(feed, offeredIn(lists.targets));
    await publish(feed, state, lists, options, []);
    await rm(draft, { recursive: true });
  } else if (options.isRenewed) {
    if (state.lists === null) throw new SigningError(`${feed} offers nothing yet`);
    await publish(feed, state, state.lists, options, []);
  }
  await makeMedia(readFeed(feed) ?? state, releases, options);
  show(feed, readFeed(feed) ?? state);
}

/** @throws SigningError where there is none and none is begun, or both */
function openFeed(feed: string, { roots }: FeedOptions): FeedState {
  const state = readFeed(feed);
  if (state !== null && roots.length > 0)
    throw new SigningError(`${feed} has its roots: npm run release:root puts the next one there`);
  if (state !== null) return state;
  if (roots.length === 0) throw new SigningError(`${feed} is no feed yet: --root names its first root`);
  const chain = roots.map((file) => readRoot(readFileSync(file), file));
  checkRootChain(chain);
  return { roots: chain, lists: null, snapshot: null, timestamp: null };
}

/** Not signed yet. */
function changedLists(state: FeedState, releases: readonly ReleaseInFolder[], options: FeedOptions): FeedLists {
  const present = state.lists ? offeredIn(state.lists.targets) : [];
  for (const id of options.withdrawn)
    if (!present.some(({ facts }) => facts.releaseId === id)) throw new SigningError(`${id} is not offered`);
  const added = releases.map(({ offered }) => offered);
  const kept = present.filter(
    ({ name, facts }) => !options.withdrawn.includes(facts.releaseId) && !added.some((each) => each.name === name),
  );
  const offline = offlineKeys(state, options);
  return nextLists(state, { offered: [...kept, ...added], offline }, expiriesOf(options));
}

/** The first ones are those that lie beside the keys, where none are named. @throws SigningError */
function offlineKeys(state: FeedState, { offline, keys }: FeedOptions): RoleKeys {
  const add = offline.add.map(readPublicKey);
  const former: RoleKeys = state.lists
    ? offlineKeysOf(state.lists.targets)
    : { keys: add.length > 0 ? [] : publicKeysOf(OFFLINE_ROLE, keys), threshold: 1 };
  const changed = changedKeys(OFFLINE_ROLE, former, { ...offline, add });
  if (changed.keys.length === 0) throw new SigningError('--offline-add names the first key that signs for media');
  const shared = Object.values(rootRolesOf(newestRoot(state)))
    .flatMap((role) => role.keys)
    .find(({ keyId }) => changed.keys.some((key) => key.keyId === keyId));
  if (shared)
    throw new SigningError(`the key ${shortKeyId(shared.keyId)} is of another role: offline has keys of its own`);
  return changed;
}

async function publish(
  feed: string,
  state: FeedState,
  lists: FeedLists,
  options: FeedOptions,
  releases: readonly ReleaseInFolder[],
): Promise<void> {
  const signers = await signersFor(state, lists, options, options.isRenewed ? ['feed'] : ['lists', 'feed']);
  if (!options.isRenewed) signLists(state, lists, signers);
  const signed = signedFeed(state, { lists, signers, expiries: expiriesOf(options) });
  for (const release of releases.slice(0, options.releases.length)) putRelease(feed, release);
  writeRoots(feed, state);
  writeSignedFeed(feed, signed);
  if (options.withdrawn.length > 0) forgetWithdrawn(feed, offeredIn(lists.targets));
}

function signersFor(
  state: FeedState,
  lists: FeedLists,
  { keys, passphraseFiles }: FeedOptions,
  parts: readonly ('lists' | 'feed')[],
): Promise<Signer[]> {
  const roles = rootRolesOf(newestRoot(state));
  const wanted = [
    ...(parts.includes('lists') ? [roles.targets, offlineKeysOf(lists.targets)] : []),
    ...(parts.includes('feed') ? [roles.snapshot, roles.timestamp] : []),
  ].flatMap((role) => role.keys);
  const isWanted = ({ keyId }: { keyId: string }): boolean => wanted.some((key) => key.keyId === keyId);
  return openKeys(keys, passphrasesOf(passphraseFiles), isWanted);
}

/** The feed has the contents already, and offers nothing new before the draft is published. */
async function beginDraft(
  feed: string,
  state: FeedState,
  { lists, releases, options }: { lists: FeedLists; releases: readonly ReleaseInFolder[]; options: FeedOptions },
): Promise<void> {
  signLists(state, lists, await signersFor(state, lists, options, ['lists']));
  writeRoots(feed, state);
  for (const release of releases) putRelease(feed, release);
  writeDraft(options.draft!, state, lists);
  showDraft(options.draft!, state, lists);
}

async function signDraft(draft: string, options: FeedOptions): Promise<void> {
  const { state, lists } = readDraft(draft);
  const signers = await signersFor(state, lists, options, ['lists']);
  if (signers.length === 0) throw new SigningError('none of these keys is of targets or offline');
  signLists(state, lists, signers);
  writeDraft(draft, state, lists);
  showDraft(draft, state, lists);
}

function refuseOtherDraft(draft: string, state: FeedState, lists: FeedLists): void {
  const { state: own } = readDraft(draft);
  const follows =
    lists.targets.signed.version === (state.lists?.targets.signed.version ?? 0) + 1 &&
    lists.offline.signed.version === (state.lists?.offline.signed.version ?? 0) + 1;
  const sameRoot = isDeepStrictEqual(newestRoot(own).signed.toJSON(), newestRoot(state).signed.toJSON());
  if (!follows || !sameRoot) throw new SigningError(`the feed went on since ${draft} was made: make the draft again`);
  if (!isDeepStrictEqual(offeredIn(lists.targets), offeredIn(lists.offline)))
    throw new SigningError(`the two lists of ${draft} do not offer the same releases`);
}

async function makeMedia(
  state: FeedState,
  releases: readonly ReleaseInFolder[],
  { servers }: FeedOptions,
): Promise<void> {
  for (const release of releases) {
    const sum = await makeMedium(state, release);
    say(`${release.folder} is a medium of ${release.offered.facts.releaseId}; sha256sum install.sh is ${sum}`);
    for (const server of servers)
      say(`${server} carries it; sha256sum install.sh is ${await putIntoServer(server, release)}`);
  }
}

function expiriesOf({ lifetimesMs }: FeedOptions): Expiries {
  const nowMs = Date.now();
  const entries = Object.entries(lifetimesMs).map(([role, ms]) => [role, nowMs + ms]);
  return Object.fromEntries(entries) as Expiries;
}

function showDraft(draft: string, state: FeedState, lists: FeedLists): void {
  showOffered(offeredIn(lists.targets));
  const { targets, offline } = missingInLists(state, lists);
  say(`\n${draft}: targets ${missingWords(targets)}, offline ${missingWords(offline)}`);
  say(
    targets + offline > 0
      ? `Next: npm run release:sign -- --draft ${draft} --keys KEY, by each of the people`
      : `Next: npm run release:sign -- --feed FEED --draft ${draft} --keys KEYS, by the keys of snapshot and timestamp`,
  );
}

const missingWords = (missing: number): string => (missing === 0 ? 'is signed' : `lacks ${signatures(missing)}`);

function showOffered(offered: readonly OfferedTarget[]): void {
  if (offered.length === 0) say('Nothing is offered.');
  for (const { facts } of [...offered].sort((a, b) => b.facts.madeAtMs - a.facts.madeAtMs))
    say(
      `${facts.releaseId}  ${new Date(facts.madeAtMs).toISOString().slice(0, 10)}  ${facts.role}, ${facts.commit ?? 'no commit'}`,
    );
}

function show(feed: string, state: FeedState): void {
  showOffered(state.lists ? offeredIn(state.lists.targets) : []);
  const root = newestRoot(state);
  const parts = { root, targets: state.lists?.targets, offline: state.lists?.offline, ...state };
  for (const name of ['root', 'targets', 'offline', 'snapshot', 'timestamp'] as const) {
    const signed = parts[name]?.signed;
    if (signed) say(`${feed}: ${name} ${signed.version}, good until ${signed.expires}`);
  }
}
