// Root's updater as its units start it, on a box in a folder with a signed feed.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReleaseUnderTest } from '../../provisioning/release/signing/feed-under-test.ts';
import { filesOf, UpdatedBox } from './box-under-test.ts';

const DAY_MS = 86_400_000;
const BASE_MS = Date.UTC(2026, 0, 1);
let box: UpdatedBox;
let one: ReleaseUnderTest;
let two: ReleaseUnderTest;

beforeEach(async () => {
  box = new UpdatedBox();
  one = box.feed.addRelease(filesOf('one'), { version: '1.0.0', madeAtMs: BASE_MS });
  two = box.feed.addRelease(filesOf('two'), { version: '2.0.0', madeAtMs: BASE_MS + DAY_MS });
  box.feed.publish([one, two]);
  await box.installed(one);
  box.stage();
});
afterEach(() => box.remove());

/** An object of release two alone, as the agent staged it. */
function stagedObject(): string {
  const { sha256 } = two.manifest.files.find(({ path }) => path === 'dist/kiosk-agent-main.js')!;
  return join(box.staging, 'objects', sha256);
}
const untouched = () => expect([box.current, box.slots]).toEqual([one.releaseId, [one.releaseId]]);

describe('an order to place', () => {
  it.each(['online', 'medium'] as const)('makes a slot of a release from a feed of the kind %s', async (feed) => {
    expect(box.obey({ order: 'place', target: two.target, feed })).toMatchObject({
      order: 'place',
      outcome: 'done',
      refusal: null,
      releaseId: two.releaseId,
    });
    expect([box.current, box.slots]).toEqual([one.releaseId, [one.releaseId, two.releaseId].sort()]);
    expect(await box.damaged(two)).toBeNull();
    expect(readFileSync(join(box.home, 'releases', two.releaseId, 'manifest.json'))).toEqual(two.bytes);
    expect(existsSync(box.order)).toBe(false);
    expect(readdirSync(join(box.root, 'run'))).toEqual([]);
    expect(statSync(box.report).mode & 0o777).toBe(0o644);
    expect(box.systemctl, 'nothing is started').toEqual([]);
  });

  it('links what another release on the box has, and copies the rest: never the own file of the agent', () => {
    box.obey({ order: 'place', target: two.target });
    const inodes = (id: string, path: string) => statSync(join(box.home, 'releases', id, path)).ino;
    expect(inodes(two.releaseId, 'dist/shared.js')).toBe(inodes(one.releaseId, 'dist/shared.js'));
    const copied = join(box.home, 'releases', two.releaseId, 'dist/kiosk-agent-main.js');
    expect([statSync(copied).nlink, statSync(copied).ino]).not.toEqual([1, statSync(stagedObject()).ino]);
    writeFileSync(stagedObject(), 'changed afterwards');
    expect(readFileSync(copied, 'utf8')).toContain('// two');
  });

  it('does not write a slot again that is whole, and repairs one that is not', async () => {
    box.obey({ order: 'place', target: two.target });
    const path = join(box.home, 'releases', two.releaseId, 'dist/kiosk-agent-main.js');
    const { ino } = statSync(path);
    expect(box.obey({ order: 'place', target: two.target }).outcome).toBe('done');
    expect(statSync(path).ino).toBe(ino);
    writeFileSync(path, 'damaged');
    chmodSync(join(box.home, 'releases', two.releaseId, 'node_modules/node/bin/node'), 0o600);
    rmSync(join(box.home, 'releases', two.releaseId, 'manifest.json'));
    expect(box.obey({ order: 'place', target: two.target }).outcome).toBe('done');
    expect(await box.damaged(two)).toBeNull();
    expect(box.slots).toEqual([one.releaseId, two.releaseId].sort());
  });

  it('keeps two slots', () => {
    box.obey({ order: 'place', target: two.target });
    const three = box.feed.addRelease(filesOf('three'), { version: '3.0.0', madeAtMs: BASE_MS + 2 * DAY_MS });
    box.feed.publish([three]);
    box.stage();
    expect(box.obey({ order: 'place', target: three.target }).outcome).toBe('done');
    expect(box.slots).toEqual([one.releaseId, three.releaseId].sort());
  });

  it.each<[string, string, () => void]>([
    [
      'damaged',
      'an object that was changed',
      () => writeFileSync(stagedObject(), readFileSync(stagedObject(), 'utf8').replace('two', 'owt')),
    ],
    ['incomplete', 'an object that is not there', () => rmSync(stagedObject())],
    ['incomplete', 'an object that ends half way', () => truncateSync(stagedObject(), 500)],
    ['too-large', 'an object that is longer', () => appendFileSync(stagedObject(), 'more')],
    [
      'malformed',
      'a link in place of an object',
      () => {
        renameSync(stagedObject(), join(box.root, 'elsewhere'));
        symlinkSync(join(box.root, 'elsewhere'), stagedObject());
      },
    ],
    [
      'malformed',
      'a pipe in place of an object',
      () => {
        rmSync(stagedObject());
        execFileSync('mkfifo', [stagedObject()]);
      },
    ],
    [
      'malformed',
      'a link in place of the folder of objects',
      () => {
        renameSync(join(box.staging, 'objects'), join(box.root, 'objects'));
        symlinkSync(join(box.root, 'objects'), join(box.staging, 'objects'));
      },
    ],
    ['incomplete', 'nothing fetched', () => rmSync(box.staging, { recursive: true })],
    [
      'signature',
      'a feed of others',
      () => {
        const other = new UpdatedBox();
        const strange = other.feed.addRelease(filesOf('two'), { version: '2.0.0', madeAtMs: BASE_MS + DAY_MS });
        other.feed.publish([strange]);
        other.stage();
        rmSync(box.staging, { recursive: true });
        renameSync(other.staging, box.staging);
        other.remove();
      },
    ],
  ])('is refused as %s with %s, and the box is as it was', (refusal, _what, spoil) => {
    spoil();
    expect(box.obey({ order: 'place', target: two.target })).toMatchObject({
      outcome: 'refused',
      refusal,
      releaseId: null,
    });
    untouched();
  });

  it('is refused for an older release, by what the feed states of both', () => {
    const zero = box.feed.addRelease(filesOf('zero'), { version: '0.9.0', madeAtMs: BASE_MS - DAY_MS });
    box.feed.publish([zero]);
    box.stage();
    expect(box.obey({ order: 'place', target: zero.target })).toMatchObject({ outcome: 'refused', refusal: 'older' });
    untouched();
  });

  it('is refused for another role, and for what nobody offers', () => {
    const server = box.feed.addRelease(filesOf('server'), {
      role: 'server',
      version: '2.0.0',
      madeAtMs: BASE_MS + DAY_MS,
    });
    box.feed.publish([server]);
    box.stage();
    for (const target of [server.target, `kiosk-9.9.9-${'0'.repeat(16)}.json`])
      expect(box.obey({ order: 'place', target })).toMatchObject({ outcome: 'refused', refusal: 'not-offered' });
    untouched();
  });

  it('fails on a box without a pinned root, and for a release that needs other packages of Debian', () => {
    const needy = box.feed.addRelease(filesOf('needy'), {
      version: '2.5.0',
      madeAtMs: BASE_MS + DAY_MS,
      debianPackages: ['maru-no-such-package'],
    });
    box.feed.publish([needy]);
    box.stage();
    expect(box.obey({ order: 'place', target: needy.target })).toMatchObject({
      outcome: 'failed',
      refusal: null,
      detail: expect.stringContaining('maru-no-such-package'),
    });
    rmSync(join(box.root, 'pinned'), { recursive: true });
    expect(box.obey({ order: 'place', target: two.target })).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('takes no updates'),
    });
    untouched();
  });
});

describe('a disk that is too small', () => {
  const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
  let small: UpdatedBox;
  let large: ReleaseUnderTest;
  const mounted = join(tmpdir(), `maru-small-disk-${process.pid}`);

  async function onDisk(sizeBytes: number): Promise<void> {
    mkdirSync(mounted, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', mounted]);
    small = new UpdatedBox(mounted);
    const first = small.feed.addRelease(filesOf('one'), { version: '1.0.0', madeAtMs: BASE_MS });
    const more = { 'dist/large.bin': randomBytes(8 * 1024 ** 2) };
    large = small.feed.addRelease(filesOf('large', more), { version: '2.0.0', madeAtMs: BASE_MS + DAY_MS });
    small.feed.publish([first, large]);
    await small.installed(first);
    small.stage();
  }
  afterEach(() => {
    if (!existsSync(mounted)) return;
    spawnSync('umount', ['--lazy', mounted]);
    rmSync(mounted, { recursive: true });
    small.remove();
  });

  it('is found before anything is written', async (context) => {
    context.skip(!canMount, 'only root mounts a disk');
    await onDisk(70 * 1024 ** 2);
    expect(small.obey({ order: 'place', target: large.target })).toMatchObject({
      outcome: 'refused',
      refusal: 'disk',
      detail: expect.stringContaining('no room'),
    });
    expect(small.slots).toEqual([small.current]);
  });

  it('gives up the former release, where the new one then has room', async (context) => {
    context.skip(!canMount, 'only root mounts a disk');
    await onDisk(80 * 1024 ** 2);
    mkdirSync(join(mounted, 'releases/0.9.0-former'));
    writeFileSync(join(mounted, 'releases/0.9.0-former/large.bin'), randomBytes(7 * 1024 ** 2));
    expect(small.obey({ order: 'place', target: large.target })).toMatchObject({ outcome: 'done' });
    expect(small.slots).toEqual([small.current, large.releaseId].sort());
  });

  it('that runs full meanwhile ends in a refusal, and leaves nothing half', async (context) => {
    context.skip(!canMount, 'only root mounts a disk');
    await onDisk(80 * 1024 ** 2);
    small.give({ order: 'place', target: large.target });
    const running = small.runBehind(['strace', '-f', '-q', '-o', '/dev/null', '-e', 'inject=fsync:delay_enter=300000']);
    await expect.poll(() => small.slots.some((name) => name.endsWith('.making'))).toBe(true);
    writeFileSync(join(mounted, 'log'), '');
    spawnSync('dd', ['if=/dev/zero', `of=${join(mounted, 'log')}`, 'bs=1M'], { stdio: 'ignore' });
    await running;
    expect(small.reported()).toMatchObject({ outcome: 'refused', refusal: 'disk' });
    expect(small.slots).toEqual([small.current]);
    rmSync(join(mounted, 'log'));
    expect(small.obey({ order: 'place', target: large.target }).outcome).toBe('done');
  });
});

describe('an order', () => {
  it.each<[string, string]>([
    ['no JSON', '{'],
    ['nothing', ''],
    ['of zeros', '\0'.repeat(100)],
    ['too long', `{"orderId":"${'x'.repeat(5_000)}"}`],
    ['an array', '[]'],
  ])('that is %s is removed, and nobody is answered', (_what, text) => {
    writeFileSync(box.order, text);
    expect(box.run().status).toBe(0);
    expect([existsSync(box.order), box.reported(), readdirSync(join(box.root, 'run'))]).toEqual([false, null, []]);
    untouched();
  });

  it.each<[string, object]>([
    ['another verb', { order: 'remove' }],
    ['a path as target', { target: '../../etc/passwd' }],
    ['a field that nobody knows', { force: true }],
    ['an attempt below zero', { attempt: -1 }],
    ['no attempt', { attempt: undefined }],
    ['another feed', { feed: 'http://127.0.0.1/' }],
  ])('with %s is refused as malformed', (_what, change) => {
    const order = { orderId: randomUUID(), order: 'place', target: two.target, feed: 'online', attempt: 0, ...change };
    writeFileSync(box.order, JSON.stringify(order));
    expect(box.run().status).toBe(0);
    expect(box.reported()).toMatchObject({ orderId: order.orderId, outcome: 'refused', refusal: 'malformed' });
    untouched();
  });

  it.each<[string, () => void]>([
    ['a link', () => symlinkSync(join(box.root, 'elsewhere'), box.order)],
    ['a pipe', () => execFileSync('mkfifo', [box.order])],
    ['a folder', () => mkdirSync(box.order)],
  ])('in place of which there is %s is removed without being followed or waited for', (_what, make) => {
    const text = JSON.stringify({
      orderId: randomUUID(),
      order: 'place',
      target: two.target,
      feed: 'online',
      attempt: 0,
    });
    writeFileSync(join(box.root, 'elsewhere'), text);
    make();
    expect(box.run().status).toBe(0);
    expect([existsSync(box.order), box.reported(), readdirSync(join(box.root, 'run'))]).toEqual([false, null, []]);
    expect(readFileSync(join(box.root, 'elsewhere'), 'utf8')).toBe(text);
    untouched();
  });

  it('that is a folder with something in it is moved out of the way', () => {
    mkdirSync(box.order);
    writeFileSync(join(box.order, 'x'), '');
    expect(box.run().status).toBe(0);
    expect(existsSync(box.order), 'its unit would start again and again').toBe(false);
  });

  it('that comes while one runs waits for the next start', async () => {
    box.give({ order: 'place', target: two.target });
    const running = box.runBehind([]);
    await expect.poll(() => existsSync(box.order)).toBe(false);
    const second = box.give({ order: 'switch', target: two.target });
    await running;
    expect([existsSync(box.order), box.reported()?.order]).toEqual([true, 'place']);
    expect(box.run().status).toBe(0);
    expect(box.reported()).toMatchObject({ orderId: second, outcome: 'done' });
  });
});

describe('an order to switch', () => {
  const SWITCHED = [
    'restart maru-placement.service',
    'start --no-block maru-guard.service',
    'restart --no-block maru-agent.service maru-screen.service',
  ];
  const ofSwitch = () => box.systemctl.filter((line) => !line.startsWith('--quiet'));
  beforeEach(() => {
    box.obey({ order: 'place', target: two.target });
  });

  it('puts the release on trial: its note, the link, its units, then guard, agent and screen', () => {
    writeFileSync(box.proof, `failed ${two.releaseId} camera of an earlier try\n`);
    expect(box.obey({ order: 'switch', target: two.target, attempt: 7 })).toMatchObject({
      outcome: 'done',
      releaseId: two.releaseId,
    });
    expect(box.current).toBe(two.releaseId);
    expect(box.stateText('trial')).toBe(`new=${two.releaseId}\nold=${one.releaseId}\nattempt=7\nboots=0\n`);
    expect(ofSwitch()).toEqual(SWITCHED);
    expect(box.unit('maru-agent.service')).toContain('/bin/true two');
    expect(existsSync(box.proof), 'an old proof would end the trial').toBe(false);
  });

  it('never changes the guard', () => {
    const guard = box.unit('maru-guard.service');
    box.obey({ order: 'switch', target: two.target });
    expect(box.unit('maru-guard.service')).toBe(guard);
    const list = readFileSync(join(box.root, 'machine/usr/local/share/maru/kiosk.placed'), 'utf8');
    expect(list.split('\n')).toContain('etc/systemd/system/maru-guard.service');
  });

  it('is refused while a trial runs, and so is placing', () => {
    box.obey({ order: 'switch', target: two.target });
    for (const order of ['switch', 'place'] as const)
      expect(box.obey({ order, target: two.target })).toMatchObject({
        outcome: 'failed',
        detail: expect.stringContaining('on trial'),
      });
  });

  it('is done already when the release runs', () => {
    expect(box.obey({ order: 'switch', target: one.target })).toMatchObject({
      outcome: 'done',
      releaseId: one.releaseId,
    });
    expect([box.stateText('trial'), ofSwitch()]).toEqual([null, []]);
  });

  it.each([
    ['proof-failed', 3, 3, 'failed'],
    ['not-proven-in-time', 3, 2, 'failed'],
    ['proof-failed', 3, 4, 'done'],
    ['interrupted', 3, 3, 'done'],
  ])('of one that was returned (%s in attempt %i), in attempt %i, is %s', (failure, failed, attempt, outcome) => {
    writeFileSync(
      join(box.state, 'returned'),
      `release=${two.releaseId}\nattempt=${failed}\nfailure=${failure}\ncheck=\ndetail=\nat=1\n`,
    );
    expect(box.obey({ order: 'switch', target: two.target, attempt }).outcome).toBe(outcome);
    expect(box.current).toBe(outcome === 'done' ? two.releaseId : one.releaseId);
  });

  it.each<[string, string, () => void]>([
    ['damaged', 'a file that changed since', () => appendFileSync(slotFile('dist/shared.js'), 'x')],
    ['damaged', 'another manifest', () => appendFileSync(slotFile('manifest.json'), '\n')],
    ['incomplete', 'no manifest', () => rmSync(slotFile('manifest.json'))],
    ['incomplete', 'a slot that this updater did not place', () => rmSync(join(box.state, 'placed.json'))],
    ['incomplete', 'a damaged note of what was placed', () => writeFileSync(join(box.state, 'placed.json'), '{')],
  ])('is refused as %s with %s', (refusal, _what, spoil) => {
    spoil();
    expect(box.obey({ order: 'switch', target: two.target })).toMatchObject({ outcome: 'refused', refusal });
    expect([box.current, box.stateText('trial')]).toEqual([one.releaseId, null]);
  });
  const slotFile = (path: string) => join(box.home, 'releases', two.releaseId, path);

  it('does not go back to an older slot that is still there', () => {
    box.obey({ order: 'switch', target: two.target });
    rmSync(join(box.state, 'trial'));
    expect(box.obey({ order: 'switch', target: one.target })).toMatchObject({ outcome: 'refused', refusal: 'older' });
    expect(box.current).toBe(two.releaseId);
  });

  it('is undone when the units of the release cannot be placed', () => {
    writeFileSync(join(box.root, 'placement-fails'), '');
    expect(box.obey({ order: 'switch', target: two.target })).toMatchObject({ outcome: 'failed', refusal: null });
    expect([box.current, box.stateText('trial')]).toEqual([one.releaseId, null]);
    expect(ofSwitch()).toEqual(['restart maru-placement.service', 'restart maru-placement.service']);
  });
});

describe('the other modes', () => {
  it('looks whether the program could do the next update, for anybody', () => {
    const release = join(box.home, 'current');
    const look = () => box.look(release);
    const units = ['maru-updater.path', 'maru-updater.service'];
    const folder = join(release, 'provisioning/system/files/kiosk/etc/systemd/system');
    for (const unit of units) {
      writeFileSync(join(folder, unit), `of ${unit}`);
      box.place(unit, `of ${unit}`);
    }
    expect(look()).toEqual({ status: 0, look: { releaseId: one.releaseId, ok: true } });
    box.place('maru-updater.path', 'of another release');
    expect(look().status).toBe(1);
    rmSync(join(release, 'manifest.json'));
    expect(look().status).toBe(1);
  });

  it('ends with a message on options that go against each other', () => {
    const ran = box.runWith(['--look', '--place-system-files']);
    expect([ran.status, ran.words]).toEqual([2, expect.stringContaining('do not go together')]);
  });
});
