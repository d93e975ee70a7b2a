// The guard's script as a box runs it, under the shells of Debian, on a box in a folder.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuardedBox } from './guard-under-test.ts';

/** That a box may have as its sh; all cases under the one of this machine. */
const SHELLS = ['dash', 'bash'].filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0);
const BACK = [
  'restart maru-placement.service',
  'daemon-reload',
  'restart --no-block maru-agent.service maru-screen.service',
];
let box: GuardedBox;
afterEach(() => box.remove());

describe.each(SHELLS)('the guard under %s', (shell) => {
  it('confirms, and goes back', async () => {
    box = new GuardedBox(shell);
    box.switched();
    box.prove('passed new-2\n');
    expect(await box.run()).toEqual({ code: 0, words: expect.stringContaining('new-2 is confirmed') });
    box.keep('confirmed', 'release=old-1\nat=1\n');
    box.switched(4);
    box.prove('failed new-2 call no way\n');
    expect((await box.run()).words.trimEnd()).toMatch(/goes: proof-failed call no way\nguard: old-1 runs again$/);
    expect([box.current, box.systemctl]).toEqual(['releases/old-1', BACK]);
  });
});

/** The guard has noted when its trial began: time that passes before is not counted. */
const untilCounted = () => expect.poll(() => box.fields('trial')?.since, { timeout: 20_000 }).toBeDefined();

describe('the guard', () => {
  beforeEach(() => {
    box = new GuardedBox('sh');
  });

  it('has nothing to do without a trial', async () => {
    box.link('old-1');
    expect(await box.run()).toEqual({ code: 0, words: '' });
    expect(box.systemctl).toEqual([]);
  });

  it('confirms a release that passed, and touches nothing else', async () => {
    box.switched();
    box.prove('passed new-2\n');
    expect((await box.run()).code).toBe(0);
    expect(box.fields('confirmed')).toEqual({ release: 'new-2', at: expect.stringMatching(/^\d{10}$/) });
    expect([box.fields('trial'), box.fields('returned'), existsSync(box.proof)]).toEqual([null, null, false]);
    expect([box.current, box.systemctl]).toEqual(['releases/new-2', []]);
  });

  it('goes back from one that failed, with its check and words', async () => {
    box.switched();
    box.prove('failed new-2 camera no picture within 20 s\n');
    expect((await box.run()).code).toBe(0);
    expect([box.current, box.fields('trial'), box.fields('confirmed')]).toEqual(['releases/old-1', null, null]);
    expect(box.fields('returned')).toEqual({
      release: 'new-2',
      attempt: '3',
      failure: 'proof-failed',
      check: 'camera',
      detail: 'no picture within 20 s',
      at: expect.stringMatching(/^\d{10}$/),
    });
    expect(box.systemctl).toEqual(BACK);
    expect(existsSync(box.proof), 'an old proof would fail the next try').toBe(false);
  });

  it('goes back from one that proves nothing in its time, and not before', async () => {
    box.switched();
    const guard = box.start();
    await untilCounted();
    await sleep(1_500);
    box.passTime(179);
    await sleep(1_500);
    expect(box.current).toBe('releases/new-2');
    box.passTime(1);
    await guard.ended;
    expect([box.current, box.fields('returned')?.failure]).toEqual(['releases/old-1', 'not-proven-in-time']);
  });

  it('counts its time from its first start, however often it is killed itself', async () => {
    box.switched();
    await box.runAndCut();
    for (let kills = 0; kills < 3; kills += 1) {
      box.passTime(45);
      await box.runAndCut();
    }
    expect(box.fields('trial')).toMatchObject({ boots: '1', since: '100' });
    box.passTime(45);
    await box.run();
    expect(box.fields('returned')?.failure).toBe('not-proven-in-time');
  });

  it('does not count time without power, and a restart of the box is no failure', async () => {
    box.switched();
    await box.runAndCut();
    box.passTime(179);
    box.restart();
    box.prove('passed new-2\n');
    await box.run();
    expect(box.fields('confirmed')?.release).toBe('new-2');
  });

  it('goes back in the eleventh boot of one trial, as interrupted', async () => {
    box.switched();
    for (let boots = 1; boots <= 10; boots += 1) {
      await box.runAndCut();
      expect([box.current, box.fields('trial')?.boots]).toEqual(['releases/new-2', String(boots)]);
      box.restart();
    }
    await box.run();
    expect(box.fields('returned')).toMatchObject({ release: 'new-2', failure: 'interrupted', check: '' });
    expect([box.current, box.systemctl]).toEqual(['releases/old-1', BACK]);
  });

  it('always leads to a release that is there, over 20 power cuts while it starts', async () => {
    box.switched();
    for (let cuts = 0; cuts < 20; cuts += 1) {
      const guard = box.start();
      await sleep(cuts * 4);
      guard.kill();
      await guard.ended;
      const slot = join(box.home, box.current, 'node_modules/node/bin/node');
      expect(existsSync(slot)).toBe(true);
      box.restart();
    }
    box.prove('passed new-2');
    await box.run();
    expect(box.fields('trial')).toBeNull();
  });

  it('ends the way back that a power cut interrupted, wherever that was', async () => {
    box.switched();
    const reason = 'release=new-2\nattempt=3\nfailure=proof-failed\ncheck=call\ndetail=cut\nat=1\n';
    // before the link moved
    box.keep('returned', reason);
    box.restart();
    await box.run();
    expect([box.current, box.fields('trial'), box.systemctl]).toEqual(['releases/old-1', null, BACK]);
    // after it, before the units were placed
    box.keep('trial', 'new=new-2\nold=old-1\nattempt=3\nboots=2\n');
    await box.run();
    expect([box.current, box.fields('trial'), box.systemctl]).toEqual(['releases/old-1', null, [...BACK, ...BACK]]);
    expect(box.fields('returned')).toMatchObject({ failure: 'proof-failed', detail: 'cut', at: '1' });
  });

  it('tries a release again that was returned in an earlier attempt', async () => {
    box.keep('returned', 'release=new-2\nattempt=2\nfailure=proof-failed\ncheck=call\ndetail=\nat=1\n');
    box.switched(3);
    box.prove('passed new-2');
    await box.run();
    expect([box.current, box.fields('confirmed')?.release]).toEqual(['releases/new-2', 'new-2']);
  });

  it('drops a trial whose switch never happened', async () => {
    box.switched();
    box.link('old-1');
    box.prove('failed new-2 camera\n');
    expect((await box.run()).words).toContain('the trial never began');
    expect([box.current, box.fields('trial'), box.fields('returned')]).toEqual(['releases/old-1', null, null]);
    expect(box.systemctl, 'units of a switch that was taken back').toEqual(['restart maru-placement.service']);
  });

  it('confirms nothing that does not run, whatever a proof has', async () => {
    box.switched();
    const guard = box.start();
    await untilCounted();
    box.link('old-1');
    box.prove('passed new-2\n');
    await sleep(1_500);
    expect(box.fields('confirmed')).toBeNull();
    guard.kill();
    await guard.ended;
    await box.run();
    expect([box.fields('confirmed'), box.fields('trial')]).toEqual([null, null]);
  });

  it('leaves what an installation put there meanwhile', async () => {
    box.switched();
    box.makeSlot('other-3');
    box.link('other-3');
    await box.run();
    expect([box.current, box.fields('trial')]).toEqual(['releases/other-3', null]);
  });

  it.each([
    ['empty', ''],
    ['of zeros', '\0'.repeat(400)],
    ['half', 'new=new-2\nol'],
    ['with a path', 'new=new-2\nold=../../etc\nattempt=1\nboots=0\n'],
    ['with another number', 'new=new-2\nold=old-1\nattempt=1\nboots=1+(1)\n'],
  ])('goes to what was confirmed last when its note of the trial is damaged: %s', async (_what, text) => {
    box.switched();
    box.keep('confirmed', 'release=old-1\nat=1\n');
    box.keep('trial', text);
    expect((await box.run()).words).toContain('damaged');
    expect([box.current, box.fields('trial')]).toEqual(['releases/old-1', null]);
    expect(box.fields('returned')).toMatchObject({ release: 'new-2', failure: 'interrupted' });
  });

  it('stays when its note is damaged and nothing else was ever confirmed', async () => {
    box.switched();
    box.keep('trial', 'x');
    await box.run();
    expect([box.current, box.fields('trial'), box.systemctl]).toEqual(['releases/new-2', null, []]);
  });

  it('stays with the release on trial when the former is gone, and reports that', async () => {
    box.switched();
    rmSync(join(box.home, 'releases/old-1'), { recursive: true });
    box.prove('failed new-2 speaker silent');
    expect((await box.run()).words).toContain('the room stays with new-2');
    expect([box.current, box.fields('trial'), box.systemctl]).toEqual(['releases/new-2', null, []]);
    expect(box.fields('returned')).toMatchObject({
      failure: 'proof-failed',
      check: 'speaker',
      detail: 'silent (the former release is not there: the room stays with this one)',
    });
  });

  it.each([
    ['of another release', 'passed old-1\n'],
    ['with more behind it', 'passed new-2x\n'],
    ['without a release', 'passed\n'],
    ['that is nothing', ''],
    ['in the second line', 'hello\npassed new-2\n'],
  ])('ignores a proof %s', async (_what, text) => {
    box.proveWithinS = 2;
    box.switched();
    box.prove(text);
    const guard = box.start();
    await untilCounted();
    await sleep(1_200);
    expect(box.fields('trial')).not.toBeNull();
    box.passTime(2);
    await guard.ended;
    expect(box.fields('returned')?.failure).toBe('not-proven-in-time');
  });

  it.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a link', (path: string) => symlinkSync('elsewhere', path)],
    ['a link to an endless file', (path: string) => symlinkSync('/dev/zero', path)],
    ['a long file', (path: string) => writeFileSync(path, 'x'.repeat(50_000_000))],
  ])('neither waits for nor follows %s in place of a proof', async (_what, make) => {
    writeFileSync(join(box.root, 'run/elsewhere'), 'passed new-2\n');
    box.switched();
    make(box.proof);
    const guard = box.start();
    await untilCounted();
    await sleep(1_200);
    box.passTime(200);
    await guard.ended;
    expect(box.fields('returned')?.failure).toBe('not-proven-in-time');
  });

  it('keeps words of a proof that a file of lines can hold', async () => {
    box.switched();
    box.prove(`failed new-2 ../etc a=b\x1b[31m\rrelease=x ${'y'.repeat(600)}\n`);
    await box.run();
    const { detail, check } = box.fields('returned')!;
    expect([check, detail]).toEqual(['', expect.stringMatching(/^a=b\[31mrelease=x y+$/)]);
    expect(detail!.length).toBeLessThanOrEqual(300);
    expect(box.current).toBe('releases/old-1');
  });

  it('goes back though nothing can be written down, and though systemctl fails', async () => {
    box.switched();
    writeFileSync(join(box.root, 'bin/systemctl'), '#!/bin/sh\nexit 1\n');
    // a disk that runs full: what is written beside cannot be made
    symlinkSync('/dev/full', join(box.state, 'returned.new'));
    box.prove('failed new-2 call');
    const { words } = await box.run();
    expect(words).toContain('the reason could not be written down');
    expect([box.current, box.fields('trial')]).toEqual(['releases/old-1', null]);
  });

  it('changes nothing on a healthy box in 100 starts', async () => {
    box.link('new-2');
    box.keep('confirmed', 'release=new-2\nat=1\n');
    for (let starts = 0; starts < 100; starts += 1) {
      box.restart();
      expect(await box.run()).toEqual({ code: 0, words: '' });
    }
    expect([box.current, box.fields('confirmed'), box.systemctl]).toEqual([
      'releases/new-2',
      { release: 'new-2', at: '1' },
      [],
    ]);
  });

  it('keeps a confirmation that a power cut interrupted', async () => {
    box.switched();
    box.keep('confirmed', 'release=new-2\nat=1\n');
    box.restart();
    await box.run();
    expect([box.current, box.fields('trial'), box.fields('confirmed')?.at]).toEqual(['releases/new-2', null, '1']);
  });
});

it('is a script that its unit starts with no other environment', () => {
  box = new GuardedBox('sh');
  const unit = readFileSync(join(import.meta.dirname, 'files/kiosk/etc/systemd/system/maru-guard.service'), 'utf8');
  expect(unit).toMatch(/^ExecStart=\/bin\/sh \/usr\/local\/lib\/maru\/guard\.sh$/m);
  expect(unit).not.toMatch(/^Environment/m);
});
