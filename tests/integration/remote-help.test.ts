/**
 * Remote help from console to box: the real fleet server and a real agent, with a page on its TV that does what a page does, and
 * the shell's part of a picture. Each action with what it brings, and a call for help from the room to IT and back.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import {
  AgentToScreen,
  pictureProof,
  SCREEN_LINK_PATH,
  SCREEN_PICTURE_PATH,
  SCREEN_PICTURE_PROOF_HEADER,
  type ScreenEffect,
} from '#contract/screen-link.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { newId } from '../../fleet/store/index.ts';
import { PictureBringer } from '../../kiosk/shell/picture-bringer.ts';
import { screenKeyIn, wantedPictureIn } from '../../kiosk/shell/from-agent.ts';

const PICTURE = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 7, 7, 7]);
const SECRET = 'correct-7301-horse';
let fleet: FleetUnderTest;
let folder: string;
let restartFile: string;
let claimFile: string;
let roomId: string;
let kiosk: ChildProcess;
let screenPort = 0;
let log = '';
let page: WebSocket | null = null;
const effects: ScreenEffect[] = [];
const shown: Json = {};
/** what the page answers to an effect */
let onEffect: (effect: ScreenEffect) => void = () => {};

async function startAgent(): Promise<void> {
  const main = fileURLToPath(new URL('../../kiosk/agent/main.ts', import.meta.url));
  const args = [
    `--data-dir=${folder}`,
    `--claim-file=${claimFile}`,
    `--screen-port=${screenPort}`,
    '--setup-port=0',
    `--restart-file=${restartFile}`,
  ];
  kiosk = fork(main, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  kiosk.stderr!.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  [{ screenPort }] = (await once(kiosk, 'message')) as [{ screenPort: number }];
}
async function openPage(): Promise<void> {
  const opened = new WebSocket(`ws://127.0.0.1:${screenPort}${SCREEN_LINK_PATH}`, {
    origin: `http://127.0.0.1:${screenPort}`,
  });
  page = opened;
  opened.on('error', () => {});
  opened.on('message', (data) => {
    const message = AgentToScreen.parse(JSON.parse(String(data)));
    if (message.type === 'do') {
      effects.push(message.effect);
      onEffect(message.effect);
    }
    if (message.type === 'welcome') Object.assign(shown, message.projections);
    if (message.type === 'projection') shown[message.name] = message.value;
  });
  await once(opened, 'open');
  const key = readFileSync(join(folder, 'shell/screen-key'), 'utf8');
  report({ type: 'hello', protocol: PROTOCOL_VERSION, key, screenId: newId(), inCall: null });
}
const report = (message: object) => page?.send(JSON.stringify(message));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-remote-help-'));
  restartFile = join(folder, 'restart-kiosk');
  fleet = new FleetUnderTest();
  await fleet.start();
  const { body } = await api('POST', '/rooms', { roomName: 'Maple' });
  ({ roomId } = body);
  claimFile = join(folder, 'claim.json');
  writeFileSync(claimFile, JSON.stringify(body));
  await startAgent();
  await openPage();
  await vi.waitFor(async () => expect((await api('GET', `/rooms/${roomId}`)).body.online).toBe(true), {
    timeout: 20_000,
  });
}, 60_000);
afterAll(async () => {
  page?.terminate();
  if (kiosk.exitCode === null) {
    const exited = once(kiosk, 'exit');
    kiosk.kill('SIGTERM');
    await exited;
  }
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

const api = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1${path}`, body, fleet.admin.cookie);
async function ask(action: object): Promise<string> {
  const { status, body } = await api('POST', `/rooms/${roomId}/actions`, { action });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.actionId;
}
const actionOf = async (actionId: string): Promise<Json> =>
  (await api('GET', `/rooms/${roomId}/actions`)).body.rows.find((row: Json) => row.actionId === actionId);
async function over(actionId: string, state = 'done', timeout = 15_000): Promise<Json> {
  await expect.poll(async () => (await actionOf(actionId)).state, { timeout, interval: 100 }).toBe(state);
  return actionOf(actionId);
}
const file = async (actionId: string): Promise<Buffer> => {
  const answer = await fetch(`${fleet.ready.fleetUrl}/api/v1/rooms/${roomId}/actions/${actionId}/file`, {
    headers: { cookie: fleet.admin.cookie },
  });
  return Buffer.from(await answer.arrayBuffer());
};
async function isApplied(): Promise<boolean> {
  const { report } = (await api('GET', `/rooms/${roomId}/settings`)).body;
  return report?.revision === report?.desiredRevision;
}
async function setWatch(values: object): Promise<void> {
  const { revision } = (await api('GET', `/rooms/${roomId}/settings`)).body;
  const { status } = await api('PUT', `/rooms/${roomId}/settings`, { revision, set: { watch: values }, reason: '' });
  expect(status).toBe(200);
}

test('the screen is restarted: done when its page is back', async () => {
  onEffect = ({ name }) => {
    if (name !== 'restart-screen') return;
    page!.terminate();
    setTimeout(() => void openPage(), 100);
  };
  await over(await ask({ name: 'restart-screen' }));
  expect(effects.filter(({ name }) => name === 'restart-screen')).toHaveLength(1);
  onEffect = () => {};
});

test('volume and mute go to the page; nothing opens its microphone', async () => {
  report({
    type: 'track-state',
    microphone: 'on',
    camera: 'on',
    microphoneProblem: null,
    cameraProblem: null,
  });
  await over(await ask({ name: 'set-volume', percent: 17 }));
  await over(await ask({ name: 'mute-microphone' }));
  expect(effects).toContainEqual({ name: 'set-volume', percent: 17 });
  expect(effects).toContainEqual({ name: 'set-microphone', on: false });
  expect(effects).not.toContainEqual({ name: 'set-microphone', on: true });
});

test('a call that IT joins is joined with microphone and camera off', async () => {
  effects.length = 0;
  const actionId = await ask({ name: 'join-call' });
  await expect.poll(() => effects.map(({ name }) => name), { timeout: 10_000 }).toContain('join-call');
  const joined = effects.find((effect) => effect.name === 'join-call')!;
  const before = effects.slice(0, effects.indexOf(joined));
  expect(before).toContainEqual({ name: 'set-microphone', on: false });
  expect(before).toContainEqual({ name: 'set-camera', on: false });
  const { callId, peerId, signalingUrl } = joined.grant;
  const ticket = { callId, peerId, signalingUrl, resumeSecret: 'of-a-test' };
  report({ type: 'call-joined', ticket, meetingTitle: 'Maple', startedAtMs: Date.now() });
  await over(actionId);
  expect(effects).not.toContainEqual({ name: 'set-microphone', on: true });
});

test('in a call the kiosk is not restarted, unless IT means it', async () => {
  const refused = await over(await ask({ name: 'restart-kiosk' }), 'refused');
  expect(refused.code).toBe('room-in-call');
  expect(existsSync(restartFile)).toBe(false);
  const actionId = await ask({ name: 'restart-kiosk', evenInCall: true });
  await expect.poll(() => shown.help.it).toMatchObject([{ kind: 'restarts-soon' }]);
  await expect.poll(() => existsSync(restartFile), { timeout: 15_000 }).toBe(true);
  expect((await actionOf(actionId)).state).toBe('running');
  await over(await ask({ name: 'leave-call' }));
}, 30_000);

test('the agent is restarted: the one that begins by it reports that it is done', async () => {
  const exited = once(kiosk, 'exit');
  const actionId = await ask({ name: 'restart-agent' });
  expect(await exited).toEqual([0, null]);
  expect((await actionOf(actionId)).state).toBe('running');
  // its supervisor, or systemd
  await startAgent();
  await over(actionId, 'done', 20_000);
  await openPage();
}, 40_000);

test('logs come as a bundle without secrets', async () => {
  page!.send(`{"type":"hello","token":"${SECRET}"`);
  const actionId = await ask({ name: 'collect-logs' });
  const { result, hasFile } = await over(actionId);
  expect(hasFile).toBe(true);
  const text = gunzipSync(await file(actionId)).toString();
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(result.lineCount);
  expect(lines.some(({ text: line }) => line.includes('IT asks an action'))).toBe(true);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(readFileSync(join(folder, 'shell/screen-key'), 'utf8'));
  expect(text).not.toContain('PRIVATE KEY');
  page!.terminate();
  await openPage();
});

test('logs are followed as they are written, until they are stopped', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${fleet.ready.fleetUrl}/api/v1/rooms/${roomId}/action-changes`, {
    headers: { cookie: fleet.admin.cookie },
    signal: stop.signal,
  });
  let text = '';
  void (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => {});
  const actionId = await ask({ name: 'follow-logs' });
  await over(actionId, 'running');
  await over(await ask({ name: 'set-volume', percent: 18 }));
  await expect.poll(() => text, { timeout: 10_000 }).toMatch(/event: lines\ndata: .*set-volume/);
  expect((await api('DELETE', `/rooms/${roomId}/actions/${actionId}`)).body.state).toBe('stopped');
  stop.abort();
});

test('the network is tested step by step', async () => {
  onEffect = (effect) => {
    if (effect.name === 'probe-reach')
      report({ type: 'reach-probed', probeId: effect.probeId, unreachableUrls: [], media: 'blocked' });
  };
  const { result } = await over(await ask({ name: 'test-network' }), 'done', 40_000);
  const outcomes = Object.fromEntries(result.checks.map(({ check, outcome }: Json) => [check, outcome]));
  expect(outcomes).toMatchObject({
    'fleet-http': 'passed',
    'fleet-mqtt': 'passed',
    time: 'passed',
    'media-udp': 'failed',
  });
  onEffect = () => {};
}, 50_000);

test('IT sees the screen while the TV says so, and not where the room does not allow it', async () => {
  const shellDir = join(folder, 'shell');
  const bringer = new PictureBringer({
    wanted: () => wantedPictureIn(shellDir),
    key: () => screenKeyIn(shellDir),
    take: async () => PICTURE,
    origin: `http://127.0.0.1:${screenPort}`,
    log: () => {},
  });
  bringer.start();
  try {
    const actionId = await ask({ name: 'look-at-screen' });
    await expect.poll(() => shown.help.it).toMatchObject([{ kind: 'looks-at-screen', by: expect.any(String) }]);
    await expect.poll(async () => (await actionOf(actionId)).hasFile, { timeout: 10_000 }).toBe(true);
    expect(await file(actionId)).toEqual(PICTURE);
    await api('DELETE', `/rooms/${roomId}/actions/${actionId}`);
    await expect.poll(() => shown.help.it).toEqual([]);
    // a process of the box that has not the key brings none
    const pictureId = newId();
    const proof = await pictureProof('x'.repeat(43), pictureId, PICTURE);
    const forged = await fetch(`http://127.0.0.1:${screenPort}${SCREEN_PICTURE_PATH}?id=${pictureId}`, {
      method: 'POST',
      headers: { [SCREEN_PICTURE_PROOF_HEADER]: proof },
      body: PICTURE,
    });
    expect(forged.status).toBe(403);
    await setWatch({ mayBeSeen: false });
    await expect.poll(isApplied).toBe(true);
    expect((await over(await ask({ name: 'look-at-screen' }), 'refused')).code).toBe('seeing-not-allowed');
    expect(shown.help.it).toEqual([]);
  } finally {
    bringer.stop();
  }
}, 30_000);

test('without a shell there is no picture, and the action fails in words', async () => {
  await setWatch({ mayBeSeen: true });
  await expect.poll(() => log).toContain('"section":"watch"');
  await expect.poll(isApplied).toBe(true);
  const { code } = await over(await ask({ name: 'look-at-screen' }), 'failed');
  expect(code).toBe('no-screen');
}, 30_000);

test('a call for help goes to IT and its answer comes back to the room, after a restart of the fleet too', async () => {
  const phone = await pairedPhone();
  await fleet.kill();
  await fleet.startServer();
  await expect.poll(async () => (await api('GET', `/rooms/${roomId}`)).body.online, { timeout: 20_000 }).toBe(true);
  expect(await phone({ name: 'call-for-help', topic: 'no-picture', text: 'since noon' })).toBe(null);
  expect(await phone({ name: 'call-for-help', topic: 'other', text: '' })).toBe('not-possible-now');
  await expect.poll(async () => (await api('GET', '/help-requests')).body.counts.open, { timeout: 10_000 }).toBe(1);
  const { helpId } = (await api('GET', '/help-requests')).body.rows[0];
  await expect.poll(() => shown.help.request.state).toBe('sent');
  const detail = (await api('GET', `/help-requests/${helpId}`)).body;
  expect(detail.messages).toMatchObject([{ text: 'since noon' }]);
  expect(detail.diagnostics.recentEvents.map(({ name }: Json) => name)).toContain('agent-started');
  await expect.poll(() => shown.help.request.state).toBe('seen');
  await api('POST', `/help-requests/${helpId}/messages`, { text: 'Please look at the cable.' });
  await expect.poll(() => shown.help.request.messages.at(-1)?.text).toBe('Please look at the cable.');
  expect(await phone({ name: 'write-to-it', text: 'It works' })).toBe(null);
  await expect
    .poll(async () => (await api('GET', '/help-requests')).body.rows[0].messages.at(-1).text)
    .toBe('It works');
  expect(await phone({ name: 'withdraw-help' })).toBe(null);
  await expect.poll(async () => (await api('GET', '/help-requests')).body.rows[0].state).toBe('withdrawn');
}, 60_000);

/** @returns sends a command of a phone that is paired by the TV's code; null: done */
async function pairedPhone(): Promise<(command: object) => Promise<string | null>> {
  const { PhoneUnderTest } = await import('../../fleet/room-under-test.ts');
  const { body } = await api('POST', `/rooms/${roomId}/tablet-codes`, { tabletName: 'One' });
  const paired = await api('POST', '/pairings', { code: body.code });
  return async (command) => {
    const phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(paired.body.controllerToken);
    await expect.poll(() => phone.of('welcome').length).toBe(1);
    const id = phone.command(command);
    const reply = () => phone.of('command-reply').find((each) => each.id === id);
    await expect.poll(reply, { timeout: 10_000 }).toBeDefined();
    const { error } = reply();
    phone.close();
    return error?.code ?? null;
  };
}
