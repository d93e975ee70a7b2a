/** A simulated fleet from the command line: rooms that enrol, live, fail, apply settings and say goodbye, beside a real fleet server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'maru-simulated-'));
const ROOMS = 6;

let fleet: FleetUnderTest;
let token: string;
beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  token = await newToken(['rooms.create', 'rooms.manage']);
});
afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('rooms enrol, are online, hold meetings, apply a change of settings, and say goodbye', async () => {
  const first = simulate('--rooms', String(ROOMS), '--faults-per-hour', '0', '--boot-seconds', '1', '--seed', '7');
  await expect.poll(async () => (await rooms()).filter(({ online }) => online).length).toBe(ROOMS);
  const change = { revision: 0, set: { watch: { temperatureMaxCelsius: 80 } } };
  expect((await api('PUT', '/api/v1/organisation/settings', change)).revision).toBe(1);
  for (const { roomId } of await rooms())
    await expect
      .poll(async () => (await api('GET', `/api/v1/rooms/${roomId}/settings`)).report)
      .toMatchObject({ revision: 1, desiredRevision: 1, refused: [] });
  await expect.poll(async () => (await rooms()).filter(({ call }) => call !== null).length).toBeGreaterThan(0);
  expect(await first.end()).toBe(0);
  expect(first.output).toMatch(new RegExp(`seed 7, ${ROOMS} rooms`));
  expect(first.output).toMatch(new RegExp(`${ROOMS} rooms are enrolled`));
  expect((await rooms()).map(({ online }) => online)).toEqual(Array.from({ length: ROOMS }, () => false));
});

test('the next run goes on with the same rooms, makes those that are missing, lets them fail, and removes all where it was asked to', async () => {
  const before = await rooms();
  // a room that is new opens no alert
  const roomIds = before.map(({ roomId }) => roomId);
  await api('PUT', '/api/v1/room-services', { roomIds, state: 'in-service' });
  const second = simulate(
    '--rooms',
    String(ROOMS + 1),
    '--faults-per-hour',
    '5400',
    '--boot-seconds',
    '1',
    '--seed',
    '8',
    '--remove',
  );
  const opened = async () => (await api('GET', '/api/v1/alerts')).rows.map(({ signal }: Json) => signal);
  await expect.poll(async () => new Set(await opened()).size, { timeout: 45_000 }).toBeGreaterThan(2);
  const now = (await rooms()).map(({ roomId }) => roomId);
  expect(now).toHaveLength(ROOMS + 1);
  expect(now).toEqual(expect.arrayContaining(before.map(({ roomId }) => roomId)));
  for (const roomId of now) {
    const { events } = await api('GET', `/api/v1/rooms/${roomId}/events`);
    expect(events.map(({ event }: Json) => event.sequence)).toEqual(events.map((_: Json, n: number) => n + 1));
  }
  expect(await second.end()).toBe(0);
  expect(await rooms()).toEqual([]);
});

test('what is wrong with a run is said in words, without a stack', async () => {
  const unreachable = simulate('--fleet-url', 'http://127.0.0.1:9', '--folder', join(folder, 'nowhere'));
  expect([await unreachable.ended(), unreachable.output]).toEqual([1, expect.stringMatching(/ended: ECONNREFUSED/)]);
  const [limited, none] = [await newToken(['rooms.view']), ''];
  const mayNot = simulate('--folder', join(folder, 'limited'), { MARU_API_TOKEN: limited });
  expect([await mayNot.ended(), mayNot.output]).toEqual([1, expect.stringMatching(/ended: forbidden/)]);
  const without = simulate({ MARU_API_TOKEN: none });
  expect([await without.ended(), without.output]).toEqual([
    2,
    expect.stringMatching(/^MARU_API_TOKEN holds no API token/),
  ]);
  const many = simulate('--rooms', 'many');
  expect([await many.ended(), many.output]).toEqual([2, expect.stringMatching(/^--rooms is a whole number/)]);
  for (const { output } of [unreachable, mayNot, without, many]) expect(output).not.toMatch(/\n\s+at |maru_\w{10}/);
});

type Run = { output: string; end: () => Promise<number | null>; ended: () => Promise<number | null> };

function simulate(...args: (string | NodeJS.ProcessEnv)[]): Run {
  const words = args.filter((each): each is string => typeof each === 'string');
  const env = Object.assign({}, ...args.filter((each) => typeof each !== 'string')) as NodeJS.ProcessEnv;
  const places = ['--fleet-url', fleet.ready.fleetUrl, '--folder', join(folder, 'rooms')];
  const child: ChildProcess = spawn(process.execPath, ['tests/simulators/fleet/main.ts', ...places, ...words], {
    cwd: root,
    env: { ...process.env, MARU_API_TOKEN: token, ...env },
  });
  const ended = async (): Promise<number | null> => {
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  const run: Run = {
    output: '',
    ended,
    end: () => {
      child.kill('SIGINT');
      return ended();
    },
  };
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (run.output += String(chunk)));
  return run;
}

async function newToken(permissions: string[]): Promise<string> {
  const body = { tokenName: 'Rehearsal', permissions, scope: { kind: 'organisation' }, expiresInDays: 1 };
  return (await api('POST', '/api/v1/accounts/current/tokens', body)).secret;
}

async function api(method: string, path: string, body?: object): Promise<Json> {
  const answer = await fleet.api(method, path, body, fleet.admin.cookie);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const rooms = async (): Promise<Json[]> => (await api('GET', '/api/v1/rooms')).rows;
