/** A setting changed in the console is in force on a real kiosk within two seconds, without a restart, also after it was away. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { AgentToScreen, SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { newId } from '../../fleet/store/index.ts';

const IN_FORCE_MS = 2_000;
const PASSWORD = 'open-sesame-7302';
let fleet: FleetUnderTest;
let folder: string;
let kiosk: ChildProcess;
let page: WebSocket;
let language: string | null = null;
/** the projections by name, as the TV's page has them */
const shown: Json = {};
let roomId: string;
let log = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-kiosk-settings-'));
  fleet = new FleetUnderTest();
  await fleet.start();
  const { body } = await fleet.api('POST', '/api/v1/rooms', { roomName: 'Maple' }, fleet.admin.cookie);
  ({ roomId } = body);
  const claimFile = join(folder, 'claim.json');
  writeFileSync(claimFile, JSON.stringify(body));
  const main = fileURLToPath(new URL('../../kiosk/agent/main.ts', import.meta.url));
  kiosk = fork(main, [`--data-dir=${folder}`, `--claim-file=${claimFile}`, '--screen-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  kiosk.stderr!.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const [{ screenPort }] = (await once(kiosk, 'message')) as [{ screenPort: number }];
  page = new WebSocket(`ws://127.0.0.1:${screenPort}${SCREEN_LINK_PATH}`, { origin: `http://127.0.0.1:${screenPort}` });
  page.on('message', (data) => {
    const message = AgentToScreen.parse(JSON.parse(String(data)));
    if (message.type === 'welcome' || message.type === 'frame') language = message.frame.language;
    const values: Record<string, unknown> =
      message.type === 'welcome'
        ? message.projections
        : message.type === 'projection'
          ? { [message.name]: message.value }
          : {};
    Object.assign(shown, values);
  });
  await once(page, 'open');
  const key = readFileSync(join(folder, 'shell/screen-key'), 'utf8');
  page.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, key, screenId: newId(), inCall: null }));
}, 60_000);
afterAll(async () => {
  page?.terminate();
  const exited = once(kiosk, 'exit');
  kiosk.kill('SIGTERM');
  await exited;
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

const settings = async (): Promise<Json> =>
  (await fleet.api('GET', `/api/v1/rooms/${roomId}/settings`, undefined, fleet.admin.cookie)).body;
/** @returns the revision of what is desired of the room */
async function set(over: object): Promise<number> {
  const body = { revision: (await settings()).revision, ...over };
  const answer = await fleet.api('PUT', `/api/v1/rooms/${roomId}/settings`, body, fleet.admin.cookie);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.report.desiredRevision;
}
const isInForce = (what: () => unknown, value: unknown) => expect.poll(what, { timeout: IN_FORCE_MS }).toEqual(value);
const reported = async () => (await settings()).report;

test('the language of the TV, without a restart', async () => {
  await expect.poll(async () => (await settings()).report?.revision, { timeout: 20_000 }).toBe(0);
  expect(language).toBe('en');
  const revision = await set({ set: { screen: { language: 'ko' } } });
  await isInForce(() => language, 'ko');
  await isInForce(async () => (await reported()).revision, revision);
});

test('the hours of the TV and a preferred device: each part applies its own section', async () => {
  const hours = { fromMinuteOfDay: 480, toMinuteOfDay: 1140, days: ['mon'] };
  await set({ set: { tv: { hours } } });
  const revision = await set({
    set: { mediaDevices: { preferred: [{ kind: 'camera', label: 'Conference Cam' }] } },
  });
  await isInForce(async () => (await reported()).revision, revision);
  expect(await reported()).toMatchObject({ local: {}, refused: [] });
  const kept = JSON.parse(readFileSync(join(folder, 'fleet-settings.json'), 'utf8'));
  expect(kept.values).toMatchObject({ tv: { hours }, mediaDevices: { preferred: [{ label: 'Conference Cam' }] } });
  for (const section of ['tv', 'mediaDevices']) expect(log).toContain(`"section":"${section}","revision"`);
});

test('a calendar whose password only this box can read; one without it is refused with the reason', async () => {
  const asked: string[] = [];
  const calendar = createServer((request, response) => {
    asked.push(Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString());
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(calendar, 'listening');
  const { port } = calendar.address() as { port: number };
  const values = { kind: 'caldav', url: `http://127.0.0.1:${port}/a/`, userName: 'room-a' };
  await set({ set: { calendar: values } });
  await isInForce(
    async () => (await reported()).refused,
    [{ section: 'calendar', field: 'password', code: 'setting-missing', message: 'the calendar needs password' }],
  );
  expect(shown.agenda?.calendar.state).toBe('none');
  await set({ secrets: { calendar: { password: PASSWORD } } });
  await isInForce(async () => (await reported()).refused, []);
  await expect.poll(() => asked, { timeout: IN_FORCE_MS }).toContain(`room-a:${PASSWORD}`);
  expect(log).not.toContain(PASSWORD);
  await set({ clear: { calendar: Object.keys(values) }, secrets: { calendar: { password: null } } });
  await isInForce(() => shown.agenda?.calendar.state, 'none');
  calendar.closeAllConnections();
  calendar.close();
});

test('what was changed while the room was away, within two seconds of its return; the last good ones meanwhile', async () => {
  await fleet.kill();
  await expect.poll(() => shown.state?.notices, { timeout: 10_000 }).toContain('fleet-unreachable');
  expect(language).toBe('ko');
  await fleet.startServer();
  // the kiosk comes by itself; it may not have before this change
  const revision = await set({ set: { screen: { language: 'en' } } });
  await expect.poll(() => shown.state?.notices, { timeout: 15_000 }).not.toContain('fleet-unreachable');
  await isInForce(() => language, 'en');
  await isInForce(async () => (await reported()).revision, revision);
}, 40_000);
