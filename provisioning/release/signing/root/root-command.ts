/** Makes, signs, shows and publishes a root. Each step may be on another machine: the files travel, keys do not. */
import { existsSync, readFileSync } from 'node:fs';
import type { Metadata, Root } from '@tufjs/models';
import { msOfDays, passphrasesOf, say, signatures } from '../command.ts';
import { newestRoot, readFeed, readRoot, writeFeedFile } from '../feed-folder.ts';
import { openKeys, readPublicKey } from '../key-files.ts';
import { writeRoots } from '../publish-feed.ts';
import {
  changedKeys,
  checkRootChain,
  missingRootSignatures,
  ROOT_ROLES,
  type RootRoles,
  rootRolesOf,
  unsignedRoot,
} from '../root-metadata.ts';
import { metadataBytes, signMetadata } from '../signed-metadata.ts';
import { shortKeyId } from '../signers.ts';
import { SigningError } from '../signing-error.ts';
import type { RoleChange, RootOptions } from './root-options.ts';

export async function runRootCommand(options: RootOptions): Promise<void> {
  const { file, made, former: formerFile } = options;
  const former = formerFile === null ? null : rootAt(formerFile);
  if (former !== null && missingRootSignatures(former, null).own > 0)
    throw new SigningError(`${formerFile} is not signed whole: it is no root that another one can follow`);
  if (made !== 'as-is' && existsSync(file))
    throw new SigningError(`${file} is there already: sign it, or remove it first`);
  const root = made === 'as-is' ? rootAt(file) : newRoot(options, former);
  if (former !== null && root.signed.version !== former.signed.version + 1)
    throw new SigningError(`${file} is root ${root.signed.version}, and ${formerFile} root ${former.signed.version}`);
  if (options.keys.length > 0) await sign(root, former, options);
  if (made !== 'as-is' || options.keys.length > 0) writeFeedFile(file, metadataBytes(root));
  show(root, former);
  const missing = missingRootSignatures(root, former);
  const isWhole = missing.old === 0 && missing.own === 0;
  if (options.feed !== null) return publish(root, options.feed);
  say(
    isWhole
      ? `\nNothing is missing. Next: npm run release:root -- ${file} --feed FEED`
      : `\nNext: npm run release:root -- ${file} --keys KEY, by the people who have ${missing.old > 0 ? 'the former keys' : 'its keys'}`,
  );
}

/** @throws SigningError naming the file */
function rootAt(file: string): Metadata<Root> {
  if (!existsSync(file)) throw new SigningError(`${file} is not there`);
  return readRoot(readFileSync(file), file);
}

function newRoot({ changes, days }: RootOptions, former: Metadata<Root> | null): Metadata<Root> {
  const none = { keys: [], threshold: 1 };
  const roles: RootRoles =
    former === null ? { root: none, targets: none, snapshot: none, timestamp: none } : rootRolesOf(former);
  for (const { role, add, remove, threshold } of changes as RoleChange[])
    roles[role] = changedKeys(role, roles[role], { add: add.map(readPublicKey), remove, threshold });
  const version = (former?.signed.version ?? 0) + 1;
  return unsignedRoot({ version, expiresAtMs: Date.now() + msOfDays(days), roles });
}

async function sign(
  root: Metadata<Root>,
  former: Metadata<Root> | null,
  { keys, passphraseFiles }: RootOptions,
): Promise<void> {
  const wanted = [root, former].flatMap((each) => (each === null ? [] : rootRolesOf(each).root.keys));
  const isWanted = ({ keyId }: { keyId: string }): boolean => wanted.some((key) => key.keyId === keyId);
  const signers = await openKeys(keys, passphrasesOf(passphraseFiles), isWanted);
  if (signers.length === 0)
    throw new SigningError('none of these keys is of the root, neither of this one nor of the former');
  signMetadata(root, signers);
  for (const { keyId } of signers) say(`signed by ${shortKeyId(keyId)}`);
}

function show(root: Metadata<Root>, former: Metadata<Root> | null): void {
  const roles = rootRolesOf(root);
  const missing = missingRootSignatures(root, former);
  say(`root ${root.signed.version}, good until ${root.signed.expires}`);
  for (const role of ROOT_ROLES) {
    const { keys, threshold } = roles[role];
    say(`  ${role}: ${threshold} of ${keys.map(({ keyId }) => shortKeyId(keyId)).join(', ')}`);
  }
  if (former !== null) say(`  by the keys of root ${former.signed.version}: ${missingWords(missing.old)}`);
  say(`  by its own keys: ${missingWords(missing.own)}`);
}

const missingWords = (missing: number): string => (missing === 0 ? 'signed' : `${signatures(missing)} missing`);

function publish(root: Metadata<Root>, feed: string): void {
  const state = readFeed(feed);
  if (state === null) throw new SigningError(`${feed} is no feed yet: npm run release:sign --root begins one`);
  const newest = newestRoot(state);
  checkRootChain([newest, root]);
  writeRoots(feed, { roots: [root] });
  const before = rootRolesOf(newest);
  const now = rootRolesOf(root);
  const changed = ROOT_ROLES.filter((role) => JSON.stringify(before[role]) !== JSON.stringify(now[role]));
  say(`\n${feed} has root ${root.signed.version}.`);
  if (changed.includes('targets'))
    say('Next: npm run release:sign -- --feed FEED --resign --keys KEYS, by the new keys of targets');
  else if (changed.some((role) => role !== 'root'))
    say('Next: npm run release:sign -- --feed FEED --renew --keys KEYS, by the new keys');
}
