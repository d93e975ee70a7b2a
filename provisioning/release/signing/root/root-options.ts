/** The command line of `npm run release:root`. */
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '#edge/command-line.ts';
import { daysOf } from '../command.ts';
import { versionedName } from '../feed-folder.ts';
import { ROOT_ROLES, type RootRole } from '../root-metadata.ts';

export type RoleChange = { role: RootRole; add: string[]; remove: string[]; threshold: number | null };
export type RootOptions = {
  /** the root that is made, signed, shown or published */
  file: string;
  /** `next`: made of the one before; `first`: made of public keys alone; `as-is`: it is there already */
  made: 'next' | 'first' | 'as-is';
  /** the root before `file`; null: `file` is the first */
  former: string | null;
  changes: RoleChange[];
  days: number;
  keys: string[];
  passphraseFiles: string[];
  feed: string | null;
};

export const rootUsage = `npm run release:root -- N.root.json [options]: changes, signs, shows and publishes the root, which names the keys of all roles

Makes N.root.json (it is not there yet; the one before it lies beside it, or --from names it):
  --from FILE           the root before it
  --add ROLE=FILE       a public key (NAME.pub.pem) is of the role from now on; may be repeated
  --remove ROLE=ID      a key is not, by the first digits of its id; may be repeated
  --threshold ROLE=N    so many keys of the role must sign
  --days N              how long it is good (365)
  --first               1.root.json, of the public keys of --add alone: root, targets, snapshot, timestamp

Signs it, now or later, on this machine or on another:
  --keys PATH           a private key, or a folder of them; may be repeated
  --passphrase-file F   its first line; - is standard input; may be repeated. Without it, it is asked for

Publishes it, once nothing is missing:
  --feed DIR            the feed that it is put into

Without options it shows what the root names, and who signed it. The keys of offline are changed by npm run release:sign.`;

/** @throws Error naming what is wrong */
export function parseRootOptions(args: string[]): RootOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      add: { type: 'string', multiple: true, default: [] },
      remove: { type: 'string', multiple: true, default: [] },
      threshold: { type: 'string', multiple: true, default: [] },
      days: { type: 'string' },
      first: { type: 'boolean', default: false },
      keys: { type: 'string', multiple: true, default: [] },
      'passphrase-file': { type: 'string', multiple: true, default: [] },
      feed: { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  const version = Number(/^([1-9]\d{0,6})\.root\.json$/.exec(basename(file ?? ''))?.[1] ?? 0);
  if (file === undefined || more.length > 0 || version === 0)
    throw new Error('one file is named, as N.root.json with its version: 2.root.json follows 1.root.json');
  const changes = changesOf(values);
  const isMade = changes.length > 0 || values.days !== undefined || values.first;
  if (values.first && (version !== 1 || values.from !== undefined || values.remove.length > 0))
    throw new Error('--first makes 1.root.json, of --add alone');
  if (version === 1 && isMade && !values.first)
    throw new Error('1.root.json is made by --first, or by npm run release:keys');
  if (version === 1 && values.from !== undefined) throw new Error('no root comes before 1.root.json');
  return {
    file,
    made: values.first ? 'first' : isMade ? 'next' : 'as-is',
    former: version === 1 ? null : (values.from ?? join(dirname(file), versionedName('root', version - 1))),
    changes,
    days: daysOf('days', values.days ?? '365'),
    keys: values.keys,
    passphraseFiles: values['passphrase-file'],
    feed: values.feed ?? null,
  };
}

function changesOf(values: { add: string[]; remove: string[]; threshold: string[] }): RoleChange[] {
  const changes = new Map<RootRole, RoleChange>();
  const each = (name: 'add' | 'remove' | 'threshold', put: (change: RoleChange, value: string) => void): void => {
    for (const text of values[name]) {
      const [, named, value] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
      const role = ROOT_ROLES.find((known) => known === named);
      if (named === 'offline') throw new Error('the keys of offline are named by targets: npm run release:sign');
      if (role === undefined) throw new Error(`--${name} is ROLE=…, of ${ROOT_ROLES.join(', ')}: not "${text}"`);
      const change = changes.get(role) ?? { role, add: [], remove: [], threshold: null };
      changes.set(role, change);
      put(change, value!);
    }
  };
  each('add', (change, value) => void change.add.push(value));
  each('remove', (change, value) => {
    if (!/^[0-9a-f]{6,64}$/.test(value))
      throw new Error(`--remove names a key by 6 or more digits of its id, not "${value}"`);
    change.remove.push(value);
  });
  each('threshold', (change, value) => {
    change.threshold = wholeNumber('threshold', value, 1, 20);
  });
  return [...changes.values()];
}
