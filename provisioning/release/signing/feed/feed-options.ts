/** The command line of `npm run release:sign`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OFFLINE_ROLE, ReleaseId } from '#contract/update-feed.ts';
import { wholeNumber } from '#edge/command-line.ts';
import { daysOf, msOfDays } from '../command.ts';
import type { Expiries } from '../publish-feed.ts';

export type OfflineChanges = { add: string[]; remove: string[]; threshold: number | null };
export type FeedOptions = {
  /** null: only a draft is signed */
  feed: string | null;
  /** of a feed that is begun */
  roots: string[];
  releases: string[];
  allowsChanges: boolean;
  withdrawn: string[];
  offline: OfflineChanges;
  /** new lists where nothing else changes them */
  isSignedAnew: boolean;
  isRenewed: boolean;
  draft: string | null;
  media: string[];
  servers: string[];
  keys: string[];
  passphraseFiles: string[];
  /** how long each is good from now on */
  lifetimesMs: Expiries;
};

export const feedUsage = `npm run release:sign -- --feed DIR [options]: offers releases in a signed feed, and renews it

  --feed DIR             metadata/, targets/ and objects/; made where it is not there. Without other options: what it offers
  --root FILE            begins a feed by its first root; may be repeated for those after it
  --keys PATH            a private key, or a folder of them; may be repeated. Those that are needed are used
  --passphrase-file F    its first line; - is standard input; may be repeated. Without it, it is asked for

What changes:
  --release DIR          a kiosk's release folder: is offered, and gets the feed's metadata, so that it is a medium; may be repeated
  --allow-changes        also one that was made of files that were not committed
  --withdraw RELEASE_ID  is not offered any more; may be repeated
  --resign               signs everything again: for new keys of targets, or a later end
  --renew                signs snapshot and timestamp again, and nothing else: each day
  --offline-add FILE     a public key that signs for media; with --offline-remove ID and --offline-threshold N

Signatures of several people:
  --draft DIR            with a change: puts the lists there, to be signed, and publishes nothing
                         with --keys alone: signs them; what the draft offers is printed
                         with --feed and --keys of snapshot and timestamp: publishes them, once nothing is missing

Folders of releases:
  --medium DIR           puts the newest metadata into a kiosk's release folder that the feed offers; may be repeated
  --server DIR           a server's release folder, whose kiosk/ becomes the folder of --release or --medium

  --targets-days N       how long each is good: 365
  --offline-days N       180, of the list for media
  --snapshot-days N      30
  --timestamp-days N     7`;

/** @throws Error naming what is wrong */
export function parseFeedOptions(args: string[]): FeedOptions {
  const many = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({
    args,
    options: {
      feed: { type: 'string' },
      root: many,
      keys: many,
      'passphrase-file': many,
      release: many,
      'allow-changes': { type: 'boolean', default: false },
      withdraw: many,
      resign: { type: 'boolean', default: false },
      renew: { type: 'boolean', default: false },
      'offline-add': many,
      'offline-remove': many,
      'offline-threshold': { type: 'string' },
      draft: { type: 'string' },
      medium: many,
      server: many,
      'targets-days': { type: 'string', default: '365' },
      'offline-days': { type: 'string', default: '180' },
      'snapshot-days': { type: 'string', default: '30' },
      'timestamp-days': { type: 'string', default: '7' },
    },
  });
  const unknown = values.withdraw.find((id) => !ReleaseId.safeParse(id).success);
  if (unknown !== undefined) throw new Error(`--withdraw names a release as VERSION-HASH, not "${unknown}"`);
  const lifetime = (role: keyof Expiries): number => {
    const name = `${role}-days` as const;
    return msOfDays(daysOf(name, values[name]));
  };
  const threshold = values['offline-threshold'];
  const options: FeedOptions = {
    feed: values.feed === undefined ? null : resolve(values.feed),
    roots: values.root,
    releases: values.release.map((path) => resolve(path)),
    allowsChanges: values['allow-changes'],
    withdrawn: values.withdraw,
    offline: {
      add: values['offline-add'],
      remove: values['offline-remove'],
      threshold: threshold === undefined ? null : wholeNumber('offline-threshold', threshold, 1, 20),
    },
    isSignedAnew: values.resign,
    isRenewed: values.renew,
    draft: values.draft === undefined ? null : resolve(values.draft),
    media: values.medium.map((path) => resolve(path)),
    servers: values.server.map((path) => resolve(path)),
    keys: values.keys,
    passphraseFiles: values['passphrase-file'],
    lifetimesMs: {
      targets: lifetime('targets'),
      [OFFLINE_ROLE]: lifetime('offline'),
      snapshot: lifetime('snapshot'),
      timestamp: lifetime('timestamp'),
    },
  };
  check(options);
  return options;
}

export const isChange = ({ releases, withdrawn, offline, isSignedAnew }: FeedOptions): boolean =>
  isSignedAnew ||
  releases.length + withdrawn.length + offline.add.length + offline.remove.length > 0 ||
  offline.threshold !== null;

function check(options: FeedOptions): void {
  const { feed, draft, keys, isRenewed, releases, media, servers } = options;
  if (feed === null && draft === null) throw new Error('--feed names the folder of the feed');
  if (feed === null && isChange(options)) throw new Error('--feed names the folder of the feed that changes');
  if (feed === null && keys.length === 0) throw new Error('--keys names the keys that sign the draft');
  if (isRenewed && (isChange(options) || draft !== null)) throw new Error('--renew changes nothing else');
  if (servers.length > 0 && releases.length + media.length !== 1)
    throw new Error("--server carries the kiosks' folder that one --release or --medium names");
}
