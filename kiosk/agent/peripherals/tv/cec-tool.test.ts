import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FollowedTool, ToolRunner } from './cec-tool.ts';
import { FAKE_CEC_CTL, FakeTools } from './testing/fake-tools.ts';

let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
});
afterEach(() => tools.remove());

const soon = async (isSo: () => boolean) => {
  for (let look = 0; look < 800 && !isSo(); look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
};
/** A dead one that nobody has collected yet is dead. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const runner = (deadlineMs = 5_000) => new ToolRunner({ program: FAKE_CEC_CTL, deadlineMs });
const ask = ['-d', '/dev/cec1', '--to', '0', '--give-device-power-status'];

describe('a tool that is run', () => {
  it('gives what it printed', async () => {
    const run = await runner().run(ask);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('REPORT_POWER_STATUS');
  });

  it('is killed at its deadline, though it is deaf and a child of it holds its output', async () => {
    tools.set('mode', 'hangs');
    const startedMs = performance.now();
    await expect(runner(1_000).run(ask)).rejects.toMatchObject({ code: 'tv-not-answering' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await soon(() => !isAlive(tools.pidOf('pid')));
  });

  it('is stopped when it prints too much', async () => {
    tools.set('mode', 'floods');
    await expect(runner().run(ask)).rejects.toMatchObject({ code: 'device-malformed' });
  });

  it('that is not there is an adapter that is not there', async () => {
    const missing = new ToolRunner({ program: '/nowhere/cec-ctl', deadlineMs: 1_000 });
    await expect(missing.run(ask)).rejects.toMatchObject({ code: 'device-gone' });
  });

  it('is run one at a time, and a bad run does not keep the next from it', async () => {
    const running = runner();
    tools.set('mode', 'hangs');
    const hung = expect(running.run(ask, 2_000)).rejects.toMatchObject({ code: 'tv-not-answering' });
    const next = running.run(ask);
    // the next one starts at once, and must find other orders
    await soon(() => tools.calls.length === 1);
    tools.set('mode', 'well');
    await hung;
    await expect(next).resolves.toMatchObject({ exitCode: 0 });
    expect(tools.calls).toHaveLength(2);
  });

  it('is let come to its end when it is stopped, and no other is begun', async () => {
    tools.set('mode', 'slow');
    const running = runner();
    const first = running.run(ask);
    const second = running.run(ask);
    await soon(() => tools.calls.length === 1);
    await running.stop();
    expect((await first).stdout).toContain('REPORT_POWER_STATUS');
    await expect(second).rejects.toMatchObject({ code: 'device-gone' });
    expect(tools.calls).toHaveLength(1);
  });

  it('is killed when it is stopped and does not end', async () => {
    tools.set('mode', 'hangs');
    const running = runner(10_000);
    const hung = running.run(ask).catch(() => 'ended');
    await soon(() => tools.calls.length === 1);
    await running.stop();
    await soon(() => !isAlive(tools.pidOf('pid')));
    void hung;
  });

  it('has no shell between: what looks like one stays an argument', async () => {
    await runner().run(['-d', '/dev/cec1; touch pwned', '$(id)', '--give-osd-name']);
    expect(tools.calls).toEqual(['-d /dev/cec1; touch pwned $(id) --give-osd-name']);
  });
});

describe('a tool that is followed', () => {
  const followed = (onLine: (line: string) => void, onEnd: (why: string, exitCode: number | null) => void) =>
    new FollowedTool({ program: FAKE_CEC_CTL, args: ['--wait-for-msgs'], onLine, onEnd });
  it('tells line by line, also of lines that come in pieces', async () => {
    const lines: string[] = [];
    const tool = followed(
      (line) => lines.push(line),
      () => {},
    );
    tool.start();
    tools.say('first\nsec');
    await soon(() => lines.length === 1);
    tools.say('ond\n');
    await soon(() => lines.length === 2);
    expect(lines).toEqual(['first', 'second']);
    await tool.stop();
  });

  it('may print a line without an end', async () => {
    const lines: string[] = [];
    const tool = followed(
      (line) => lines.push(line),
      () => {},
    );
    tool.start();
    tools.say(`${'x'.repeat(200_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    tools.say('\nafter\n');
    await soon(() => lines.includes('after'));
    await tool.stop();
  });

  it('says once that it ended, and nothing when it was stopped', async () => {
    tools.set('follower', 'dies');
    const ends: unknown[] = [];
    const tool = followed(
      () => {},
      (why, exitCode) => ends.push([why, exitCode]),
    );
    tool.start();
    await soon(() => ends.length === 1);
    expect(ends).toEqual([[`${FAKE_CEC_CTL} ended (1)`, 1]]);
    tools.set('follower', '');
    tool.start();
    await tool.stop();
    expect(ends).toHaveLength(1);
  });

  it('that is not there has ended', async () => {
    const ends: string[] = [];
    const tool = new FollowedTool({ program: '/nowhere', args: [], onLine: () => {}, onEnd: (why) => ends.push(why) });
    tool.start();
    await soon(() => ends.length === 1);
    await tool.stop();
  });
});
