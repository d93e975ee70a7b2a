/** Starts on a data directory that is in use, or of which a part is missing or damaged. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SmallDisk } from './failing-disk-under-test.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

type Start = { process: ChildProcess; log: () => string; ended: Promise<number | null> };
const started: ChildProcess[] = [];
function startProgram(script: 'main.ts' | 'server.ts', dataDir: string, ...args: string[]): Start {
  const child = fork(
    join(import.meta.dirname, script),
    ['--data-dir', dataDir, '--ephemeral-ports', '--json-logs', ...args],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  started.push(child);
  let log = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return { process: child, log: () => log, ended: once(child, 'exit').then(([code]) => code as number | null) };
}
const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maru-data-dir-'));
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  const running = started.splice(0).filter((child) => child.exitCode === null && child.signalCode === null);
  const ended = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
/** One line, in words, without a stack. */
function refusalIn(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.includes('"level":60'));
  expect(lines).toHaveLength(1);
  expect(log).not.toMatch(/\n\s+at /);
  expect(lines[0]).not.toContain('"stack"');
  return (JSON.parse(lines[0]!) as { msg: string }).msg;
}

describe('of a fleet that has a room and a guest link', () => {
  let fleet: FleetUnderTest;
  let sound: string;

  beforeAll(async () => {
    fleet = new FleetUnderTest();
    await fleet.start();
    const { meetingId } = await fleet.enrolRoom('Room A');
    const invite = { displayName: null, expiresInMinutes: 60 };
    const { status, body } = await fleet.api(
      'POST',
      `/api/v1/meetings/${meetingId}/invites`,
      invite,
      fleet.admin.cookie,
    );
    if (status !== 200) throw new Error(JSON.stringify(body));
    fleet.node.end(true);
    await fleet.kill('SIGTERM');
    sound = mkdtempSync(join(tmpdir(), 'maru-sound-'));
    cpSync(fleet.dataDir, sound, { recursive: true });
  });
  beforeEach(() => {
    rmSync(fleet.dataDir, { recursive: true, force: true });
    cpSync(sound, fleet.dataDir, { recursive: true });
  });
  afterEach(() => fleet.kill());
  afterAll(async () => {
    await fleet.stop();
    rmSync(sound, { recursive: true });
  });
  const at = (path: string): string => join(fleet.dataDir, path);

  const damages: [string, (path: string) => void][] = [
    ['missing', (path) => rmSync(path)],
    ['empty', (path) => truncateSync(path, 0)],
    ['cut in half', (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
    ['garbage', (path) => writeFileSync(path, '\0garbage\n'.repeat(40))],
  ];
  const madeAgain = [
    'tls/server.crt.pem',
    'tls/server.key.pem',
    'nodes/local/cert.pem',
    'nodes/local/key.pem',
    'nodes/local/ca.pem',
    'nodes/local/nodeId',
    'ports.json',
    'telemetry.sqlite',
  ];
  const cases = (paths: string[], kinds = damages) =>
    paths.flatMap((path) => kinds.map(([kind, damage]) => ({ path, kind, damage })));

  async function startsWithNodeIdentity(): Promise<void> {
    await fleet.startServer({ registerNode: false });
    expect(fleet.log).not.toContain('"level":60');
    const { mqtt } = JSON.parse(readFileSync(at('ports.json'), 'utf8')) as { mqtt: number };
    const node = await fleet.connectNode(`mqtts://127.0.0.1:${mqtt}`, at('nodes/local'));
    node.end(true);
  }
  test.each(madeAgain)('%s is empty: it is made again', async (path) => {
    truncateSync(at(path), 0);
    await startsWithNodeIdentity();
  });
  test.each(damages)('all of these are %s: they are made again', async (_, damage) => {
    for (const path of madeAgain) damage(at(path));
    await startsWithNodeIdentity();
  });

  test.each([
    ...cases(['authority.sqlite'], damages.slice(0, 2)).map((each) => ({
      ...each,
      words: /is missing or empty.*Put authority.sqlite back.*empty --data-dir/,
    })),
    ...cases(['authority.sqlite'], damages.slice(2)).map((each) => ({ ...each, words: /is damaged.*Put it back/ })),
    ...cases(['ca/ca.key.pem', 'ca/ca.crt.pem']).map((each) => ({
      ...each,
      words: /CA in .* cannot be used.*Put ca.crt.pem and ca.key.pem back/,
    })),
    ...cases(['keys/signing-key.json'], damages.slice(1)).map((each) => ({
      ...each,
      words: /signing key .* is damaged.*or delete it/,
    })),
  ])('$path $kind: the start is refused in words', async ({ path, damage, words }) => {
    damage(at(path));
    const { log, ended } = startProgram('server.ts', fleet.dataDir);
    expect(await ended).toBe(78);
    expect(refusalIn(log())).toMatch(words);
    expect(log()).not.toContain('"level":30,"msg":"the fleet server serves"');
  });

  test('a signing key that IT deleted is made again', async () => {
    rmSync(at('keys/signing-key.json'));
    await fleet.startServer({ registerNode: false });
    expect(existsSync(at('keys/signing-key.json'))).toBe(true);
  });

  test('a second server is refused, and the first one serves on', async () => {
    await fleet.startServer({ registerNode: false });
    const second = startProgram(
      'server.ts',
      fleet.dataDir,
      '--ports',
      JSON.stringify({ http: 0, deviceApi: 0, mqtt: 0, signaling: 0, live: 0, mediaBase: 0 }),
    );
    expect(await second.ended).toBe(78);
    expect(refusalIn(second.log())).toMatch(/^Another fleet-server uses the data directory/);
    expect((await fleet.api('GET', '/healthz')).status).toBe(200);
  });
});

describe('of a supervisor that runs', () => {
  test('a second one is refused and leaves the first one’s pid files; a killed one is followed by the next', async () => {
    const dataDir = newFolder();
    const serves = async (start: Start): Promise<void> => {
      const ready: unknown[] = [];
      start.process.on('message', (message) => ready.push(message));
      await vi.waitFor(() => expect(ready, start.log()).toHaveLength(1), { timeout: 50_000 });
    };
    const pidOf = (name: string): string => readFileSync(join(dataDir, `${name}.pid`), 'utf8');
    const first = startProgram('main.ts', dataDir);
    await serves(first);
    const pids = [pidOf('fleet-server'), pidOf('media-node')];
    const second = startProgram('main.ts', dataDir);
    expect(await second.ended).toBe(78);
    expect(refusalIn(second.log())).toMatch(/^Another fleet uses the data directory/);
    expect([pidOf('fleet-server'), pidOf('media-node')]).toEqual(pids);
    first.process.kill('SIGKILL');
    await first.ended;
    const third = startProgram('main.ts', dataDir);
    await serves(third);
    third.process.kill('SIGTERM');
    expect(await third.ended).toBe(0);
  });

  test('a server that refuses to start ends its supervisor with it, and is not started again', async () => {
    const dataDir = newFolder();
    const first = startProgram('server.ts', dataDir);
    await once(first.process, 'message');
    first.process.kill('SIGTERM');
    await first.ended;
    rmSync(join(dataDir, 'authority.sqlite'));
    const supervisor = startProgram('main.ts', dataDir);
    expect(await supervisor.ended).toBe(78);
    expect(supervisor.log().match(/is missing or empty/g)).toHaveLength(1);
  });
});

describe('of a first start on a disk that runs full', () => {
  test.for([0, 8, 72, 136, 200, 264])('after %i KB: with room again the next start serves', async (freeKb, context) => {
    const dataDir = newFolder();
    const disk = new SmallDisk(dataDir, '4m');
    try {
      context.skip(disk.missing !== null, disk.missing ?? '');
      disk.fill(freeKb * 1024);
      const first = startProgram('server.ts', dataDir);
      await Promise.race([first.ended, once(first.process, 'message')]);
      first.process.kill('SIGKILL');
      await first.ended;
      disk.free();
      const second = startProgram('server.ts', dataDir);
      await Promise.race([
        once(second.process, 'message'),
        second.ended.then(() => Promise.reject(new Error(second.log()))),
      ]);
      second.process.kill('SIGKILL');
      await second.ended;
    } finally {
      disk.unmount();
    }
  });
});

test('a first start that is ended before a media node is there takes no password with it', async () => {
  const fleet = new FleetUnderTest();
  try {
    await fleet.startServer({ registerNode: false });
    const { mqtt } = JSON.parse(readFileSync(join(fleet.dataDir, 'ports.json'), 'utf8')) as { mqtt: number };
    // who does not speak makes the end last
    const silent = connect(mqtt, '127.0.0.1');
    await once(silent, 'connect');
    await fleet.kill('SIGTERM');
    silent.destroy();
    await fleet.startServer();
    expect(fleet.ready.firstAdmin).not.toBeNull();
  } finally {
    await fleet.stop();
  }
});
