/** The simulators as a person uses them: from the command line, against a fleet that runs, each by the contract alone. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FleetReady } from '#contract/process-ready.ts';
import { eventually } from '../simulators/eventually.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

class CommandLine {
  readonly child: ChildProcess;
  output = '';

  constructor(script: string, args: string[]) {
    this.child = spawn(process.execPath, [`tests/simulators/${script}/main.ts`, ...args], { cwd: root });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk) => (this.output += String(chunk)));
  }

  says(words: RegExp, timeoutMs = 15_000): Promise<string> {
    return eventually(
      `a line with ${words}`,
      () => this.output,
      (output) => words.test(output),
      { timeoutMs },
    );
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended();
  }
}

describe('simulators from the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-simulators-'));
  let fleetProcess: ChildProcess;
  let fleet: FleetReady;
  let room: CommandLine;

  beforeAll(async () => {
    fleetProcess = fork(
      join(root, 'fleet/main.ts'),
      ['--data-dir', join(folder, 'fleet'), '--ephemeral-ports', '--demonstration'],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    const [message] = (await once(fleetProcess, 'message')) as [unknown];
    fleet = FleetReady.parse(message);
    writeFileSync(join(folder, 'claim.json'), JSON.stringify(fleet.demonstration!.claim));
    room = new CommandLine('room', [
      '--claim-file',
      join(folder, 'claim.json'),
      '--identity-file',
      join(folder, 'identity.json'),
      '--answer',
      'set-camera=no-screen',
    ]);
    await room.says(/pairing code \w{8}/);
  });
  afterAll(async () => {
    await room?.stop();
    fleetProcess.kill('SIGTERM');
    await once(fleetProcess, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  test('each has words for --help', async () => {
    for (const script of ['phone', 'room', 'participants', 'network', 'raw']) {
      const asked = new CommandLine(script, ['--help']);
      expect(await asked.ended()).toBe(0);
      expect(asked.output).toContain(`node tests/simulators/${script}/main.ts`);
    }
  });

  test('a phone pairs with the simulated room, starts its meeting and hears a scripted refusal', async () => {
    const code = /pairing code (\w{8})/.exec(room.output)![1]!;
    const phone = new CommandLine('phone', [
      '--fleet-url',
      fleet.fleetUrl,
      '--code',
      code,
      '--command',
      'join-call',
      '--command',
      '{"name":"set-camera","on":false}',
    ]);
    expect(await phone.ended(), phone.output).toBe(1);
    expect(phone.output).toMatch(/"type":"welcome".*"online":true/);
    expect(phone.output).toMatch(/"name":"in-call"/);
    expect(phone.output).toContain('scripted');
    expect(room.output).toMatch(/command .*"join-call".*"joinToken"/);
  });

  test('a code is good for one phone', async () => {
    const code = /pairing code (\w{8})/.exec(room.output)![1]!;
    const second = new CommandLine('phone', ['--fleet-url', fleet.fleetUrl, '--code', code]);
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain('pairing-code-invalid');
  });

  test('two participants see each other’s picture and hear each other’s tone', async () => {
    const participants = new CommandLine('participants', [
      '--join-url',
      fleet.demonstration!.joinUrl,
      '--count',
      '2',
      '--every-ms',
      '500',
    ]);
    try {
      await participants.says(/^1 sees Participant 2: blue 2 #\d+; hears Participant 2: 640 Hz$/m, 40_000);
      await participants.says(/^2 sees Participant 1: green 1 #\d+; hears Participant 1: 530 Hz$/m);
    } finally {
      await participants.stop();
    }
  });
});
