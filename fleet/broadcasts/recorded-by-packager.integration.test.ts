/** Recordings with the real fleet server and the real packager, fed with RTP as a media node sends it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { keptFreePorts } from '../free-ports.ts';
import { newId } from '../store/index.ts';
import { complaintsOf } from './packager/testing/broadcast-under-test.ts';
import { makeProgram, type ProgramMedia } from './packager/testing/program-media.ts';
import { ProgramSender } from './packager/testing/program-sender.ts';
import { RecordingsUnderTest } from './recordings-under-test.ts';

const under = new RecordingsUnderTest();
const { fleet } = under;
let packager: SupervisedProcess;
let liveUrl: string;
let media: ProgramMedia;
let meetingId: string;
let callId: string;
let sender: ProgramSender | null = null;

beforeAll(async () => {
  media = makeProgram({ seconds: 5 });
  const { live } = await keptFreePorts(fleet.dataDir);
  liveUrl = `http://127.0.0.1:${live}`;
  packager = new SupervisedProcess({
    script: fileURLToPath(new URL('packager/main.ts', import.meta.url)),
    args: () => ['--data-dir', fleet.dataDir, '--live-at', `127.0.0.1:${live}`, '--json-logs'],
    pidFile: join(fleet.dataDir, 'packager.pid'),
    compiledDir: join(fleet.dataDir, 'compiled'),
    log: () => {},
  });
  packager.start();
  await under.start({ hasPackager: false });
});
afterAll(async () => {
  await packager.stop();
  await under.stop();
});
beforeEach(async () => {
  ({ meetingId } = await fleet.enrolRoom(`Room ${newId()}`));
  callId = await under.openCall(meetingId);
});
afterEach(() => {
  sender?.stop();
  sender = null;
});

const folderOf = (broadcastId: string): string => join(fleet.dataDir, 'broadcasts', broadcastId);
const killPackager = (): void =>
  void process.kill(Number(readFileSync(join(fleet.dataDir, 'packager.pid'), 'utf8')), 'SIGKILL');
let ssrc = 1_000;
/** Its program sends; the recording starts with the test's word. */
async function recording(): Promise<{ broadcastId: string; start: () => Promise<number> }> {
  under.program.onMessage = () => {};
  const answer = await under.asAdmin('POST', `/api/v1/meetings/${meetingId}/recordings`);
  const { broadcastId } = answer.body.air.recording;
  await expect.poll(() => under.node.portOf(broadcastId), { timeout: 10_000 }).toBeGreaterThan(0);
  ssrc += 10;
  sender = new ProgramSender({ port: under.node.portOf(broadcastId)!, media, ssrc });
  await sender.start();
  await sleep(2_000);
  const start = async (): Promise<number> => {
    under.program.publishing(broadcastId);
    await expect.poll(async () => (await under.row(broadcastId)).phase, { interval: 20 }).toBe('live');
    return (await under.row(broadcastId)).liveAtMs!;
  };
  return { broadcastId, start };
}
const end = () => under.asAdmin('DELETE', `/api/v1/meetings/${meetingId}/recordings/current`);
const isReady = async (broadcastId: string) =>
  expect.poll(async () => (await under.row(broadcastId)).recording, { timeout: 15_000 }).toBe('ready');

/** Downloaded, as ffprobe reads it. */
async function probed(
  broadcastId: string,
): Promise<{ durationMs: number; title: string; chapters: [number, string][] }> {
  const url = new URL(`/api/v1/broadcasts/${broadcastId}/file`, fleet.ready.fleetUrl);
  const answer = await fetch(url, { headers: { cookie: fleet.admin.cookie } });
  expect(answer.status).toBe(200);
  const path = join(fleet.dataDir, `${broadcastId}.mp4`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  expect(complaintsOf(path)).toBe('');
  const shown = ['-v', 'error', '-of', 'json', '-show_chapters', '-show_format', path];
  const { chapters, format } = JSON.parse(execFileSync('/usr/bin/ffprobe', shown).toString());
  return {
    durationMs: Number(format.duration) * 1_000,
    title: format.tags.title,
    chapters: chapters.map((each: { start_time: string; tags: { title: string } }) => [
      Math.round(Number(each.start_time)),
      each.tags.title,
    ]),
  };
}

test('a recording of one second is a file of one second', async () => {
  const { broadcastId, start } = await recording();
  await start();
  // as the packager has it: on a busy machine, it goes live a while after the fleet server has decided so
  const clockPath = join(folderOf(broadcastId), 'timeline.json');
  await expect.poll(() => existsSync(clockPath), { interval: 10 }).toBe(true);
  const { epochMs } = JSON.parse(readFileSync(clockPath, 'utf8'));
  await sleep(epochMs + 1_000 - Date.now());
  const shortestMs = Date.now() - epochMs;
  await end();
  await isReady(broadcastId);
  const longestMs = Date.now() - epochMs;
  const { durationMs } = await probed(broadcastId);
  expect(durationMs).toBeGreaterThan(shortestMs - 300);
  expect(durationMs).toBeLessThan(longestMs);
});

test('the packager and the fleet server are killed in the middle: less than a second is lost, chapters and captions stand where they were', async () => {
  await under.store.write((trx) =>
    trx.updateTable('meeting').set({ title: '임원 회의' }).where('meetingId', '=', meetingId).execute(),
  );
  const { broadcastId, start } = await recording();
  const liveAtMs = await start();
  under.program.send({ name: 'chapter', broadcastId, atMs: liveAtMs + 2_000, kind: 'speaker', title: '김하늘' });
  await sleep(3_000);
  killPackager();
  await sleep(3_000);
  under.program.running = [broadcastId];
  await under.restartFleet(callId);
  under.program.send({ name: 'chapter', broadcastId, atMs: liveAtMs + 5_000, kind: 'page', title: '분기 실적, 3' });
  await expect
    .poll(() => under.store.read.selectFrom('chapter').select('atMs').where('broadcastId', '=', broadcastId).execute())
    .toHaveLength(3);
  await fleet.measureClock({ callIds: [callId], participantCounts: { [callId]: 1 } });
  // while the slate stood, and after it
  for (const [text, atMs] of [
    ['Is it still on?', 4_000],
    ['It is', 6_000],
  ] as const) {
    const spoken = { segmentId: newId(), peerId: newId(), displayName: '김하늘', text };
    const segment = { ...spoken, fromMs: liveAtMs + atMs, untilMs: liveAtMs + atMs + 400 };
    await under.node.report('transcript-segment', { callId, meetingId, person: null, segment });
  }
  const written = () => under.store.read.selectFrom('transcript').select('text').where('callId', '=', callId).execute();
  await expect.poll(written, { timeout: 5_000 }).toHaveLength(2);
  // the last of them is spoken before its end
  await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(liveAtMs + 7_500);
  await end();
  const lastedMs = Date.now() - liveAtMs;
  await isReady(broadcastId);
  const { durationMs, title, chapters } = await probed(broadcastId);
  expect(durationMs).toBeGreaterThan(lastedMs - 1_000);
  expect(durationMs).toBeLessThan(lastedMs + 1_000);
  expect(title).toBe('임원 회의');
  expect(chapters).toEqual([
    [0, '임원 회의'],
    [2, '김하늘'],
    [5, '분기 실적, 3'],
  ]);
  const { epochMs } = JSON.parse(readFileSync(join(folderOf(broadcastId), 'timeline.json'), 'utf8'));
  const captionsUrl = new URL(`/api/v1/broadcasts/${broadcastId}/captions.vtt`, fleet.ready.fleetUrl);
  const captions = await fetch(captionsUrl, { headers: { cookie: fleet.admin.cookie } });
  const cues = [...(await captions.text()).matchAll(/^00:00:(\S+) --> \S+\n<v 김하늘>(.*)$/gm)];
  expect(cues.map(([, , text]) => text)).toEqual(['Is it still on?', 'It is']);
  for (const [n, atMs] of [4_000, 6_000].entries())
    expect(Math.abs(Number(cues[n]![1]) * 1_000 - (liveAtMs + atMs - epochMs))).toBeLessThanOrEqual(2);
});

test('both are killed at its end: it is finished all the same, replayed, and gone at once when it is deleted', async () => {
  const { broadcastId, start } = await recording();
  await start();
  await sleep(2_500);
  await end();
  killPackager();
  await under.restartFleet(callId);
  await isReady(broadcastId);
  expect((await under.row(broadcastId)).durationMs).toBeGreaterThan(1_500);

  const { cookie } = await under.personOf(meetingId, 'member');
  const viewing = await fleet.api('POST', `/api/v1/broadcasts/${broadcastId}/viewings`, undefined, cookie);
  const [, token] = /^maru-watch=([^;]+);/.exec(viewing.headers.get('set-cookie')!)!;
  const replay = () =>
    fetch(`${liveUrl}/live/${broadcastId}/replay.m3u8`, { headers: { authorization: `Bearer ${token}` } });
  const playlist = await replay();
  expect([playlist.status, await playlist.text()]).toEqual([200, expect.stringContaining('#EXT-X-ENDLIST')]);
  expect((await under.asAdmin('DELETE', `/api/v1/broadcasts/${broadcastId}/recording`)).status).toBe(200);
  expect(existsSync(folderOf(broadcastId))).toBe(false);
  await expect.poll(async () => (await replay()).status, { timeout: 500, interval: 20 }).toBe(404);
});
