/** The two commands as a person or a timer runs them: what is refused, in words and with which exit code, and what is left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SmallDisk } from '../failing-disk-under-test.ts';
import { BackupFolders } from './backup-under-test.ts';

type Program = 'backup/main.ts' | 'backup/return/main.ts' | 'server.ts';
type Ended = { code: number | null; out: string; err: string };
function start(program: Program, args: string[], input = ''): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', program), ...args], { stdio: 'pipe' });
  const ran = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString('latin1');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ran.err += chunk.toString();
  });
  child.stdin.end(input);
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...ran })) };
}
const backup = (args: string[], input = '') => start('backup/main.ts', args, input).ended;
const giveBack = (args: string[], input = '') => start('backup/return/main.ts', args, input).ended;

const folders = new BackupFolders();
let key: string;
let sound: string;
let target: string;
beforeAll(async () => {
  await folders.make();
  key = folders.write('key.txt', `# public key: ${folders.recipient}\n${folders.identity}\n`);
  sound = await folders.backUp();
});
afterAll(() => folders.remove());
beforeEach(() => {
  target = mkdtempSync(join(folders.root, 'target-'));
});
const forUs = () => ['--data', folders.dataDir, '--recipient', folders.recipient];
/** without what SQLite leaves of locks and of a reader */
const contentOf = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !/(\.lock(-journal)?|-wal|-shm)$/.test(name));
/** So large that a signal comes in the middle. */
const withLargeFile = async (work: () => Promise<void>): Promise<void> => {
  const large = folders.write('data/large.bin', Buffer.alloc(64 * 1024 * 1024, 7));
  await work().finally(() => rmSync(large));
};

describe('npm run backup', () => {
  test('makes a file that its owner alone reads, says what is not in it, and leaves no copy behind', async () => {
    const { code, out } = await backup([...forUs(), '--to', join(target, 'a.age')]);
    expect(code).toBe(0);
    for (const part of ['documents', 'recordings', 'telemetry'])
      expect(out).toContain(`not in it: ${part} (--with-${part})`);
    expect(statSync(join(target, 'a.age')).mode & 0o777).toBe(0o600);
    expect(readdirSync(target)).toEqual(['a.age']);
    expect(contentOf(folders.dataDir).sort()).toEqual(['authority.sqlite', 'ca', 'keys']);
    const again = await backup([...forUs(), '--to', join(target, 'a.age')]);
    expect(again).toMatchObject({ code: 73, err: expect.stringMatching(/is there already.*\(cannot-write\)/) });
  });

  test('writes to standard output what the file would be, and nothing else', async () => {
    const { code, out, err } = await backup(forUs());
    expect([code, out.slice(0, 21)]).toEqual([0, 'age-encryption.org/v1']);
    expect(err).toContain('not in it: recordings');
    const file = folders.write('piped.age', Buffer.from(out, 'latin1'));
    expect(await giveBack(['--from', file, '--identity', key, '--check'])).toMatchObject({ code: 0 });
  });

  test('makes a pair of keys of which the secret one stays in a file', async () => {
    const made = await backup(['--new-key', join(target, 'key')]);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^age1[a-z0-9]+\n$/) });
    expect(made.out + made.err).not.toContain('AGE-SECRET');
    expect(statSync(join(target, 'key')).mode & 0o777).toBe(0o600);
    expect((await backup(['--new-key', join(target, 'key')])).code).toBe(1);
  });

  test('by a passphrase from standard input is opened by the same', async () => {
    const file = join(target, 'p.age');
    const args = ['--data', folders.dataDir, '--to', file, '--passphrase-file', '-'];
    expect(await backup(args, 'correct horse battery staple\n')).toMatchObject({ code: 0 });
    const check = ['--from', file, '--check', '--passphrase-file', '-'];
    expect(await giveBack(check, 'correct horse battery staple\n')).toMatchObject({ code: 0 });
    expect(await giveBack(['--from', file, '--check'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no terminal'),
    });
  });

  test('repeats no secret that was given in the wrong place', async () => {
    const given = [
      ['--passphrase', 'hunter2hunter2'],
      ['--recipient', folders.identity],
      ['--recipient', 'hunter2hunter2'],
    ];
    for (const wrong of given) {
      const { code, out, err } = await backup(['--data', folders.dataDir, ...wrong]);
      expect([code, out]).toEqual([2, '']);
      expect(err).not.toContain(wrong[1]);
    }
    const { code, err } = await backup(['--data', folders.dataDir]);
    expect([code, err.split('\n')[0]]).toEqual([2, expect.stringMatching(/^who may open it\?/)]);
  });

  test('refuses what is no fleet, and a place inside of the data directory', async () => {
    const nothing = ['--data', target, '--recipient', folders.recipient, '--to', join(folders.root, 'n.age')];
    expect(await backup(nothing)).toMatchObject({ code: 72, err: expect.stringContaining('(data-incomplete)') });
    const inside = await backup([...forUs(), '--to', join(folders.dataDir, 'keys/a.age')]);
    expect(inside).toMatchObject({ code: 73, err: expect.stringContaining('would be lost with it') });
    expect(existsSync(join(folders.root, 'n.age'))).toBe(false);
    expect(readdirSync(target)).toEqual([]);
  });

  test('is made once at a time', async () => {
    const lock = new Database(join(folders.dataDir, 'backup.lock'));
    lock.exec('begin exclusive');
    const second = await backup([...forUs(), '--to', join(target, 'a.age')]);
    lock.close();
    expect(second).toMatchObject({ code: 75, err: expect.stringContaining('(data-in-use)') });
    expect(readdirSync(target)).toEqual([]);
  });

  test('that is interrupted leaves nothing, and one that is killed nothing that looks whole', async () => {
    await withLargeFile(async () => {
      const file = join(target, 'a.age');
      const unfinished = `${file}.unfinished`;
      const interruptedBy = async (signal: NodeJS.Signals): Promise<Ended> => {
        const { child, ended } = start('backup/main.ts', [...forUs(), '--to', file]);
        await vi.waitFor(() => expect(statSync(unfinished).size).toBeGreaterThan(0), { timeout: 30_000, interval: 5 });
        child.kill(signal);
        return ended;
      };
      expect(await interruptedBy('SIGTERM')).toMatchObject({
        code: 130,
        err: expect.stringContaining('(interrupted)'),
      });
      expect(readdirSync(target)).toEqual([]);
      expect(readdirSync(folders.dataDir)).not.toContain('backup-scratch');
      await interruptedBy('SIGKILL');
      expect(readdirSync(target)).toEqual(['a.age.unfinished']);
    });
    const next = await backup([...forUs(), '--to', join(target, 'a.age')]);
    expect(next, next.err).toMatchObject({ code: 0 });
    expect(readdirSync(target)).toEqual(['a.age']);
    expect(readdirSync(folders.dataDir)).not.toContain('backup-scratch');
  });

  test('into a disk that runs full is refused, and leaves nothing there', async (context) => {
    const disk = new SmallDisk(target, '100k');
    context.skip(disk.missing !== null, disk.missing ?? '');
    try {
      const full = await backup([...forUs(), '--to', join(target, 'a.age')]);
      expect(full).toMatchObject({ code: 74, err: expect.stringContaining('(no-room)') });
      expect(readdirSync(target)).toEqual([]);
    } finally {
      disk.unmount();
    }
  });

  test('keeps the newest of a folder, and touches nothing else there', async () => {
    const others = ['maru-2020-01-01T00-00-00Z.age', 'maru-2020-01-02T00-00-00Z.age', 'maru-2099-01-01T00-00-00Z.age'];
    for (const name of [...others, 'maru-by-hand.age', 'maru-2020-01-03T00-00-00Z.age.unfinished'])
      folders.write(join(target, name).slice(folders.root.length), 'x');
    expect(await backup([...forUs(), '--to-folder', target, '--keep', '2'])).toMatchObject({ code: 0 });
    const left = readdirSync(target).sort();
    expect(left).toHaveLength(3);
    expect(left).toEqual(expect.arrayContaining(['maru-2099-01-01T00-00-00Z.age', 'maru-by-hand.age']));
    const made = left.find((name) => !['maru-2099-01-01T00-00-00Z.age', 'maru-by-hand.age'].includes(name));
    const check = ['--from', join(target, made!), '--identity', key, '--check'];
    expect(await giveBack(check)).toMatchObject({ code: 0 });
  });

  test('is run by the owner of the folder', async (context) => {
    context.skip(process.getuid?.() !== 0, 'only root gives files away');
    mkdirSync(join(target, 'theirs'));
    chownSync(join(target, 'theirs'), 12_345, 12_345);
    const args = ['--data', join(target, 'theirs')];
    const made = await backup([...args, '--recipient', folders.recipient, '--to', join(target, 'a.age')]);
    expect(made).toMatchObject({ code: 77, err: expect.stringContaining('(wrong-user)') });
    expect(await giveBack([...args, '--from', sound, '--identity', key])).toMatchObject({ code: 77 });
  });
});

describe('npm run return', () => {
  const ours = () => ['--from', sound, '--identity', key];

  test('with --check writes nothing anywhere', async () => {
    const data = join(target, 'data');
    const checked = await giveBack([...ours(), '--check', '--data', data]);
    expect(checked).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is whole: 4 files.*Nothing was written\.\n$/s),
    });
    expect(existsSync(data)).toBe(false);
  });

  test('refuses a folder that holds anything, or that a fleet uses, and leaves it as it was', async () => {
    folders.write(join(target, 'notes.txt').slice(folders.root.length), 'mine');
    const full = await giveBack([...ours(), '--data', target]);
    expect(full).toMatchObject({ code: 73, err: expect.stringMatching(/holds notes\.txt.*\(not-empty\)/) });
    expect(readdirSync(target)).toEqual(['notes.txt']);
    const used = mkdtempSync(join(folders.root, 'used-'));
    const lock = new Database(join(used, 'fleet.lock'));
    lock.exec('begin exclusive');
    const inUse = await giveBack([...ours(), '--data', used]);
    lock.close();
    expect(inUse).toMatchObject({ code: 75, err: expect.stringContaining('(data-in-use)') });
    expect(contentOf(used)).toEqual([]);
  });

  test('of a damaged backup leaves an empty folder', async () => {
    const bytes = readFileSync(sound);
    bytes[bytes.length - 40]! ^= 1;
    const damaged = folders.write('damaged.age', bytes);
    const refused = await giveBack(['--from', damaged, '--identity', key, '--data', target]);
    expect(refused).toMatchObject({ code: 65, err: expect.stringContaining('(backup-damaged)') });
    expect(contentOf(target)).toEqual([]);
  });

  test('that is killed leaves a folder in which no server starts, until it is run again', async () => {
    let large = '';
    await withLargeFile(async () => {
      large = await folders.backUp();
    });
    const { child, ended } = start('backup/return/main.ts', ['--from', large, '--identity', key, '--data', target]);
    const placed = join(target, 'returning/large.bin');
    await vi.waitFor(() => expect(statSync(placed).size).toBeGreaterThan(0), { timeout: 30_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
    const server = start('server.ts', ['--data-dir', target, '--ephemeral-ports', '--json-logs']);
    expect(await server.ended).toMatchObject({
      code: 78,
      err: expect.stringMatching(/The return of a backup into .* was not finished/),
    });
    const again = await giveBack([...ours(), '--data', target]);
    expect(again, again.err).toMatchObject({ code: 0 });
    expect(contentOf(target).sort()).toEqual(['authority.sqlite', 'ca', 'keys']);
  });

  test('leaves a disk of recordings alone, and names what the start would remove there', async () => {
    folders.write(
      join(target, 'broadcasts/019aa0de-0000-7000-8000-000000000001/final.mp4').slice(folders.root.length),
      'x',
    );
    const returned = await giveBack([...ours(), '--data', target]);
    expect(returned, returned.err).toMatchObject({ code: 0 });
    expect(returned.out).toContain('1 folders of recordings are in');
    expect(contentOf(target).sort()).toEqual(['authority.sqlite', 'broadcasts', 'ca', 'keys']);
  });
});
