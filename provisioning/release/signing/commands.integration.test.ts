// The three commands as people run them: keys, a feed of a release folder, other keys, several people, and what is refused.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import models from '@tufjs/models';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FEED_LIMITS } from '#contract/update-feed.ts';
import { writeReleaseFolder } from '../release-folder.ts';
import { runFeedCommand } from './feed/feed-command.ts';
import { parseFeedOptions } from './feed/feed-options.ts';
import { readFeed } from './feed-folder.ts';
import { offeredIn } from './feed-metadata.ts';
import { makeKeys, parseKeysOptions } from './keys/keys-command.ts';
import { runRootCommand } from './root/root-command.ts';
import { parseRootOptions } from './root/root-options.ts';

const PASSPHRASE = 'throwaway of this test';
let made: string;
let work: string;
let printed: string[];

const at = (name: string): string => join(work, name);
const secret = (): string[] => ['--passphrase-file', join(made, 'passphrase')];
const keys = (...args: string[]): Promise<void> => makeKeys(parseKeysOptions([...args, ...secret()]));
const root = (...args: string[]): Promise<void> => runRootCommand(parseRootOptions([...args, ...secret()]));
const sign = (...args: string[]): Promise<void> => runFeedCommand(parseFeedOptions([...args, ...secret()]));
const keyFiles = (folder: string, role: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${role}-`) && name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
const idOf = (file: string): string => /-([0-9a-f]{12})\./.exec(basename(file))![1]!;
const offered = (feed = 'feed'): string[] =>
  offeredIn(readFeed(at(feed))!.lists!.targets).map(({ facts }) => facts.version);
const releaseIdIn = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'release-facts.json'), 'utf8')) as { releaseId: string }).releaseId;

async function makeRelease(
  name: string,
  { role = 'kiosk' as 'kiosk' | 'server', version = '1.0.0', commit = 'b'.repeat(40), packages = [] as string[] },
) {
  const folder = at(name);
  const paths = ['dist/main.js', 'node_modules/node/bin/node', 'provisioning/release/install.js', 'sbom.cdx.json'];
  const files = paths.map((path) => ({
    path,
    mode: '0644' as const,
    content: { text: `${path} of ${role} ${version}` },
  }));
  const kioskFolder = role === 'server' ? at('kiosk') : null;
  const release = { folder, role, version, commit, madeAtMs: 1_767_225_600_000, changelog: '## 1\n\n- New.\n' };
  await writeReleaseFolder({
    ...release,
    contents: { files, debianPackages: packages },
    makeRepository: null,
    kioskFolder,
  });
  return folder;
}

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  made = mkdtempSync(join(tmpdir(), 'maru-signing-keys-'));
  writeFileSync(join(made, 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  await keys('--out', join(made, 'keys'));
});
afterAll(() => rmSync(made, { recursive: true }));
beforeEach(() => {
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  work = mkdtempSync(join(tmpdir(), 'maru-signing-'));
  cpSync(join(made, 'keys'), at('keys'), { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(work, { recursive: true });
});

const begin = async (...more: string[]): Promise<void> => {
  await makeRelease('kiosk', {});
  await sign(
    '--feed',
    at('feed'),
    '--root',
    at('keys/1.root.json'),
    '--release',
    at('kiosk'),
    '--keys',
    at('keys'),
    ...more,
  );
};

describe('keys', () => {
  it('are three of the root and one of each other role, readable by their owner alone and encrypted', () => {
    expect(
      ['root', 'targets', 'snapshot', 'timestamp', 'offline'].map(
        (role) => keyFiles(at('keys'), role, '.key.pem').length,
      ),
    ).toEqual([3, 1, 1, 1, 1]);
    for (const file of keyFiles(join(made, 'keys'), 'root', '.key.pem')) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    }
  });

  it('are not made with a short passphrase, nor over others', async () => {
    writeFileSync(at('short'), 'short\n');
    await expect(makeKeys(parseKeysOptions(['--out', at('new'), '--passphrase-file', at('short')]))).rejects.toThrow(
      /12 letters/,
    );
    await expect(keys('--out', at('keys'))).rejects.toThrow(/is not empty/);
  });

  it('sign what openssl verifies by the public key alone', async () => {
    await begin();
    const timestamp = JSON.parse(readFileSync(at('feed/metadata/timestamp.json'), 'utf8')) as {
      signatures: { sig: string }[];
    };
    const metadata = models.Metadata.fromJSON('timestamp' as never, timestamp as never);
    // the canonical bytes, as the library hands them to a signer
    metadata.sign((bytes) => {
      writeFileSync(at('signed'), bytes);
      return new models.Signature({ keyID: 'none', sig: '' });
    });
    writeFileSync(at('signature'), Buffer.from(timestamp.signatures[0]!.sig, 'hex'));
    const [publicKey] = keyFiles(at('keys'), 'timestamp', '.pub.pem');
    const verify = [
      'pkeyutl',
      '-verify',
      '-rawin',
      '-pubin',
      '-inkey',
      publicKey!,
      '-in',
      at('signed'),
      '-sigfile',
      at('signature'),
    ];
    expect(execFileSync('openssl', verify, { encoding: 'utf8' })).toContain('Verified Successfully');
    appendFileSync(at('signed'), ' ');
    expect(() => execFileSync('openssl', verify, { stdio: 'ignore' })).toThrow();
  });
});

describe('a release in a feed', () => {
  it('makes its folder a medium, whole by one number, which the folder of a server carries', async () => {
    await makeRelease('kiosk', {});
    await makeRelease('server', { role: 'server' });
    const before = createHash('sha256')
      .update(readFileSync(at('kiosk/install.sh')))
      .digest('hex');
    await sign(
      '--feed',
      at('feed'),
      '--root',
      at('keys/1.root.json'),
      '--release',
      at('kiosk'),
      '--keys',
      at('keys'),
      '--server',
      at('server'),
    );
    for (const folder of ['kiosk', 'server/kiosk']) {
      expect(readFileSync(at(`${folder}/update-root.json`))).toEqual(readFileSync(at('keys/1.root.json')));
      expect(readdirSync(at(`${folder}/metadata`)).sort()).toEqual([
        '1.offline.json',
        '1.root.json',
        '1.targets.json',
        'offline.json',
        'targets.json',
      ]);
      execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: at(folder) });
    }
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: at('server') });
    const sum = createHash('sha256')
      .update(readFileSync(at('kiosk/install.sh')))
      .digest('hex');
    expect(sum).not.toBe(before);
    expect(printed.join('')).toContain(sum);
    const [target] = readdirSync(at('kiosk/targets'));
    expect(readFileSync(at(`kiosk/targets/${target}`))).toEqual(readFileSync(at('kiosk/manifest.json')));
  });

  it('stays beside the next one, and goes when it is withdrawn, with the contents that nobody else names', async () => {
    await begin();
    const first = releaseIdIn(at('kiosk'));
    const objects = readdirSync(at('feed/objects'));
    await sign(
      '--feed',
      at('feed'),
      '--release',
      await makeRelease('next', { version: '1.1.0' }),
      '--keys',
      at('keys'),
    );
    expect(offered()).toEqual(['1.0.0', '1.1.0']);
    await sign('--feed', at('feed'), '--withdraw', first, '--keys', at('keys'));
    expect(offered()).toEqual(['1.1.0']);
    expect(objects.filter((name) => existsSync(at(`feed/objects/${name}`)))).toEqual([]);
    await expect(sign('--feed', at('feed'), '--withdraw', first, '--keys', at('keys'))).rejects.toThrow(
      /is not offered/,
    );
    await expect(sign('--feed', at('feed'), '--medium', at('kiosk'))).rejects.toThrow(/which this feed does not offer/);
  });

  it('is renewed by the keys of snapshot and timestamp alone', async () => {
    await begin();
    for (const role of ['root', 'targets', 'offline'])
      for (const file of keyFiles(at('keys'), role, '.key.pem')) rmSync(file);
    await sign('--feed', at('feed'), '--renew', '--keys', at('keys'), '--timestamp-days', '3');
    const { snapshot, timestamp, lists } = readFeed(at('feed'))!;
    expect([snapshot!.signed.version, timestamp!.signed.version, lists!.targets.signed.version]).toEqual([2, 2, 1]);
    const days = (Date.parse(timestamp!.signed.expires) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
  });

  it.each([
    [
      'a damaged object',
      (): void => {
        const object = at(`kiosk/objects/${readdirSync(at('kiosk/objects'))[0]}`);
        writeFileSync(object, readFileSync(object, 'utf8').replace(' of ', ' 0f '));
      },
      /is damaged/,
    ],
    ['a missing object', (): void => rmSync(at(`kiosk/objects/${readdirSync(at('kiosk/objects'))[0]}`)), /is missing/],
    [
      'another manifest',
      (): void => appendFileSync(at('kiosk/manifest.json'), '\n'),
      /is of another release: its releaseId/,
    ],
    ['no manifest', (): void => rmSync(at('kiosk/manifest.json')), /is no release folder/],
  ])('is refused with %s, and the feed is not begun', async (_what, damage, words) => {
    await makeRelease('kiosk', {});
    damage();
    const args = [
      '--feed',
      at('feed'),
      '--root',
      at('keys/1.root.json'),
      '--release',
      at('kiosk'),
      '--keys',
      at('keys'),
    ];
    await expect(sign(...args)).rejects.toThrow(words);
    expect(existsSync(at('feed'))).toBe(false);
  });

  it('is refused where it is larger than any machine accepts', async () => {
    const large = 'x'.repeat(FEED_LIMITS.manifestBytes);
    await makeRelease('kiosk', { packages: [large] });
    const args = [
      '--feed',
      at('feed'),
      '--root',
      at('keys/1.root.json'),
      '--release',
      at('kiosk'),
      '--keys',
      at('keys'),
    ];
    await expect(sign(...args)).rejects.toThrow(/is larger than a machine accepts/);
  });

  it('is refused for another kind of machine, and where its files were not committed', async () => {
    const args = ['--feed', at('feed'), '--root', at('keys/1.root.json'), '--keys', at('keys'), '--release'];
    await makeRelease('kiosk', {});
    await expect(sign(...args, await makeRelease('server', { role: 'server' }))).rejects.toThrow(
      /is a server's release/,
    );
    const changed = await makeRelease('changed', { commit: `${'b'.repeat(40)}+changes` });
    await expect(sign(...args, changed)).rejects.toThrow(/not committed/);
    await sign(...args, changed, '--allow-changes');
    expect(offered()).toEqual(['1.0.0']);
  });

  it('is refused with a wrong passphrase, and without a key that is needed', async () => {
    await makeRelease('kiosk', {});
    writeFileSync(at('wrong'), 'another passphrase\n');
    const args = [
      '--feed',
      at('feed'),
      '--root',
      at('keys/1.root.json'),
      '--release',
      at('kiosk'),
      '--keys',
      at('keys'),
    ];
    const wrong = parseFeedOptions([...args, '--passphrase-file', at('wrong')]);
    await expect(runFeedCommand(wrong)).rejects.toThrow(/none of the passphrases given opens .*\.key\.pem/);
    for (const file of keyFiles(at('keys'), 'timestamp', '.key.pem')) rmSync(file);
    await expect(sign(...args)).rejects.toThrow(/timestamp needs 1 signature of its 1 keys, and has 0: 1 missing/);
    expect(existsSync(at('feed'))).toBe(false);
  });

  it('is not signed on top of lists that somebody else put there', async () => {
    await begin();
    const file = at('feed/metadata/1.targets.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('New.', 'Bad.'));
    await expect(sign('--feed', at('feed'), '--resign', '--keys', at('keys'))).rejects.toThrow(
      /is not signed by the keys of targets/,
    );
  });
});

describe('the next root', () => {
  it('is signed by one person after the other, and counts what is missing', async () => {
    await begin();
    const [first, second] = keyFiles(at('keys'), 'root', '.key.pem');
    await keys('--out', at('new'), '--role', 'timestamp');
    const [publicKey] = keyFiles(at('new'), 'timestamp', '.pub.pem');
    const former = idOf(keyFiles(at('keys'), 'timestamp', '.key.pem')[0]!);
    const next = at('keys/2.root.json');
    await root(next, '--add', `timestamp=${publicKey}`, '--remove', `timestamp=${former}`, '--keys', first!);
    expect(printed.join('')).toContain('by its own keys: 1 signature missing');
    await expect(root(next, '--feed', at('feed'))).rejects.toThrow(/root 2 is not signed by the keys of root 1/);
    await root(next, '--keys', first!);
    expect(printed.at(-1)).toContain('by the people who have the former keys');
    await root(next, '--keys', second!);
    expect(printed.at(-1)).toContain('Nothing is missing');
    await root(next, '--feed', at('feed'));
    await expect(sign('--feed', at('feed'), '--renew', '--keys', at('keys'))).rejects.toThrow(
      /timestamp needs 1 signature/,
    );
    await sign('--feed', at('feed'), '--renew', '--keys', at('keys'), '--keys', at('new'));
    expect(readFeed(at('feed'))!.roots.map(({ signed }) => signed.version)).toEqual([1, 2]);
  });

  it('needs the threshold of the former keys where all of them are exchanged', async () => {
    await keys('--out', at('new'), '--role', 'root', '--count', '3');
    const add = keyFiles(at('new'), 'root', '.pub.pem').flatMap((file) => ['--add', `root=${file}`]);
    const remove = keyFiles(at('keys'), 'root', '.pub.pem').flatMap((file) => ['--remove', `root=${idOf(file)}`]);
    const next = at('keys/2.root.json');
    await root(next, ...add, ...remove, '--keys', at('new'));
    expect(printed.join('')).toContain('by the keys of root 1: 2 signatures missing');
    await root(next, '--keys', at('keys'));
    expect(printed.at(-1)).toContain('Nothing is missing');
    await root(at('keys/3.root.json'), '--threshold', 'root=3', '--keys', at('new'));
    await begin('--root', next, '--root', at('keys/3.root.json'));
    expect(readFileSync(at('kiosk/update-root.json'))).toEqual(readFileSync(at('keys/3.root.json')));
  });

  it('is refused with a key twice, a key of two roles, and a threshold that nobody can reach', async () => {
    const next = at('keys/2.root.json');
    const [own] = keyFiles(at('keys'), 'root', '.pub.pem');
    const [other] = keyFiles(at('keys'), 'targets', '.pub.pem');
    await keys('--out', at('new'), '--role', 'root');
    const [fresh] = keyFiles(at('new'), 'root', '.pub.pem');
    await expect(root(next, '--add', `root=${own}`)).rejects.toThrow(/root has the key \w+ already/);
    await expect(root(next, '--add', `root=${fresh}`, '--add', `root=${fresh}`)).rejects.toThrow(
      /root has the key \w+ twice/,
    );
    await expect(root(next, '--add', `root=${other}`)).rejects.toThrow(/each role has keys of its own/);
    await expect(root(next, '--threshold', 'root=4')).rejects.toThrow(/root needs 4 signatures, but has 3 keys/);
    await expect(root(next, '--remove', 'root=abcdef')).rejects.toThrow(/root has no key abcdef/);
    await expect(root(next, '--add', `root=${keyFiles(at('new'), 'root', '.key.pem')[0]}`)).rejects.toThrow(
      /is a private key/,
    );
    expect(existsSync(next)).toBe(false);
  });

  it('is the first one of the public keys that people bring', async () => {
    for (const person of ['a', 'b']) await keys('--out', at(person), '--role', 'root');
    const add = ['a', 'b'].flatMap((person) => ['--add', `root=${keyFiles(at(person), 'root', '.pub.pem')[0]}`]);
    for (const role of ['targets', 'snapshot', 'timestamp'])
      add.push('--add', `${role}=${keyFiles(at('keys'), role, '.pub.pem')[0]}`);
    const first = at('1.root.json');
    await root(first, '--first', ...add, '--threshold', 'root=2', '--keys', at('a'));
    expect(printed.at(-1)).toContain('by the people who have its keys');
    await root(first, '--keys', at('b'));
    expect(printed.at(-1)).toContain('Nothing is missing');
  });
});

describe('lists that two people sign', () => {
  it('are published once both have, and not when the feed went on meanwhile', async () => {
    await begin();
    await keys('--out', at('second'), '--role', 'targets');
    const add = `targets=${keyFiles(at('second'), 'targets', '.pub.pem')[0]}`;
    await root(at('keys/2.root.json'), '--add', add, '--threshold', 'targets=2', '--keys', at('keys'));
    await root(at('keys/2.root.json'), '--feed', at('feed'));
    const next = await makeRelease('next', { version: '1.1.0' });
    const change = ['--feed', at('feed'), '--release', next, '--keys', at('keys')];
    await expect(sign(...change)).rejects.toThrow(/targets needs 2 signatures of its 2 keys, and has 1: 1 missing/);
    await sign(...change, '--draft', at('draft'));
    await sign(...change, '--draft', at('stale'));
    expect(printed.join('')).toContain('targets lacks 1 signature, offline is signed');
    expect(offered()).toEqual(['1.0.0']);
    const publish = (draft: string) => sign('--feed', at('feed'), '--draft', at(draft), '--keys', at('keys'));
    await expect(publish('draft')).rejects.toThrow(/targets needs 2 signatures/);
    await sign('--draft', at('draft'), '--keys', at('second'));
    expect(printed.join('')).toContain('1.1.0-');
    await publish('draft');
    expect(offered()).toEqual(['1.0.0', '1.1.0']);
    await expect(publish('stale')).rejects.toThrow(/the feed went on/);
    await sign('--feed', at('feed'), '--medium', next);
    expect(existsSync(join(next, 'metadata/2.offline.json'))).toBe(true);
  });

  it('take another key for media, and refuse one of another role', async () => {
    await begin();
    await keys('--out', at('new'), '--role', 'offline');
    const [former, fresh] = [
      keyFiles(at('keys'), 'offline', '.pub.pem')[0]!,
      keyFiles(at('new'), 'offline', '.pub.pem')[0]!,
    ];
    const [shared] = keyFiles(at('keys'), 'targets', '.pub.pem');
    await expect(sign('--feed', at('feed'), '--offline-add', shared!, '--keys', at('keys'))).rejects.toThrow(
      /offline has keys of its own/,
    );
    await sign(
      '--feed',
      at('feed'),
      '--offline-add',
      fresh,
      '--offline-remove',
      idOf(former),
      '--keys',
      at('keys'),
      '--keys',
      at('new'),
    );
    expect(readFeed(at('feed'))!.lists!.offline.signed.version).toBe(2);
  });
});
