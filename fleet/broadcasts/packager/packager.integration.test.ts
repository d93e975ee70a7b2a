/** The packager as a process, through the client of its link. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { livePath, livePaths } from '#contract/live-delivery.ts';
import { type PackagerEvent, PackagerLink } from './client.ts';
import { WatchTokens } from './testing/watch-tokens.ts';
import { scanRecording } from './mp4/box-scan.ts';
import { Packager } from './packager.ts';
import { ReplayTimeline } from './replay.ts';
import { complaintsOf } from './testing/broadcast-under-test.ts';
import { noDelivery } from './testing/no-delivery.ts';
import { PackagerUnderTest } from './testing/packager-under-test.ts';
import { makeProgram } from './testing/program-media.ts';
import { ProgramSender } from './testing/program-sender.ts';
import { placeOf } from './timeline.ts';

// real time and real processes, on machines that are busy with the rest of the suite
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
const eventually = <T>(look: () => T, interval = 50) => expect.poll(look, { timeout: 50_000, interval });

let packager: PackagerUnderTest;
let tokens: WatchTokens;
let sender: ProgramSender | null;
beforeEach(async () => {
  tokens = await WatchTokens.create();
  packager = new PackagerUnderTest(tokens.keys);
  sender = null;
  await packager.start();
});
afterEach(async () => {
  sender?.stop();
  await packager.stop();
});

async function onAir() {
  const opened = packager.open();
  await eventually(() => packager.all('opened').length).toBe(1);
  const port = packager.all('opened')[0]!.mediaPort;
  sender = new ProgramSender({ port, media: makeProgram({ seconds: 5 }), ssrc: 500 });
  await sender.start();
  await eventually(() => packager.all('health').at(-1)).toMatchObject({ picture: 'good', hasSound: true });
  packager.link.goLive(opened.broadcastId, Date.now());
  await eventually(() => readdirSync(opened.folder)).toContain('1.m4s');
  return { ...opened, port };
}

test('killed on air: the timeline goes on where the recording ended, with the slate in between; then the end, and an MP4 with chapters', async () => {
  const { broadcastId, folder, port } = await onAir();
  const first = packager.pid;
  process.kill(first, 'SIGKILL');
  const before = scanRecording(join(folder, 'recording.mp4'))!;
  await eventually(() => packager.all('opened').length).toBe(2);
  // its sender need not know
  expect(packager.all('opened')[1]!.mediaPort).toBe(port);
  await eventually(() => packager.all('health').at(-1)).toMatchObject({ isOnSlate: false, picture: 'good' });
  await sleep(1_500);
  packager.link.end(broadcastId);
  await eventually(() => packager.all('ended')).toHaveLength(1);
  expect(complaintsOf(join(folder, 'recording.mp4'))).toBe('');
  const { fragments } = scanRecording(join(folder, 'recording.mp4'))!;
  expect(fragments.slice(0, before.fragments.length)).toEqual(before.fragments);
  let [videoTime, sequence] = [0, 0];
  for (const fragment of fragments) {
    expect(fragment.videoTime).toBe(videoTime);
    videoTime += fragment.videoDuration;
    const next = placeOf(fragment.sequence).sequence;
    expect([sequence, sequence + 1]).toContain(next);
    sequence = next;
  }
  const { durationMs, sizeBytes } = packager.all('ended')[0]!;
  expect(Math.abs(durationMs - videoTime / 90)).toBeLessThan(2);
  expect(sizeBytes).toBe(readFileSync(join(folder, 'recording.mp4')).length);

  const chapters = [
    { atMs: 0, kind: 'start', title: '개회' },
    { atMs: 2_000, kind: 'page', title: 'C:\\plan # 2; 2027 = \\\nlast, 3' },
    { atMs: 900_000, kind: 'speaker', title: 'after the end' },
  ] as const;
  packager.link.finish({ broadcastId, folder, title: '주간 회의', chapters: [...chapters] });
  await eventually(() => packager.all('finished')).toHaveLength(1);
  const probe = JSON.parse(
    execFileSync('/usr/bin/ffprobe', [
      '-v',
      'error',
      '-of',
      'json',
      '-show_chapters',
      '-show_format',
      join(folder, 'final.mp4'),
    ]).toString(),
  ) as {
    chapters: { start_time: string; tags: { title: string } }[];
    format: { duration: string; tags: { title: string } };
  };
  expect(probe.chapters.map(({ start_time, tags }) => [Number(start_time), tags.title])).toEqual([
    [0, '개회'],
    [2, 'C:\\plan # 2; 2027 = \\\nlast, 3'],
  ]);
  expect(probe.format.tags.title).toBe('주간 회의');
  expect(Math.abs(Number(probe.format.duration) * 1_000 - durationMs)).toBeLessThan(60);
  expect(complaintsOf(join(folder, 'final.mp4'))).toBe('');
  // the index comes first, so that it plays while it is fetched
  const file = readFileSync(join(folder, 'final.mp4'));
  expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
  expect(readdirSync(folder).filter((name) => name.endsWith('.m4s'))).toEqual([]);
  // asked again, after it was done: nothing new is made
  packager.link.finish({ broadcastId, folder, title: 'other', chapters: [] });
  await eventually(() => packager.all('finished')).toHaveLength(2);
  expect(readFileSync(join(folder, 'final.mp4')).equals(file)).toBe(true);

  // a replay needs nothing of the process
  const replay = new ReplayTimeline(broadcastId, folder).live!;
  const last = replay.segments.at(-1)!;
  expect(Math.abs((last.startS + last.durationS) * 1_000 - durationMs)).toBeLessThan(2);
  expect(replay.segments.map(({ sequence: each }) => each)).toEqual(replay.segments.map((_, index) => index));
});

test('ended while nobody had it open: it is stopped, and the recording gets its index from what it holds', async () => {
  const { broadcastId, folder } = await onAir();
  packager.link.stop();
  await packager.end();
  const sent: { name: string }[] = [];
  const logged: string[] = [];
  const another = new Packager({
    ...{ dataDir: packager.dataDir, delivery: noDelivery(), openedWithinMs: 500 },
    send: (message) => sent.push(message),
    log: (what) => logged.push(what),
  });
  another.resume();
  another.onConnected();
  await eventually(() => logged).toContain('nobody opened what was on air');
  await another.stop();
  sent.length = 0;
  another.handle({ name: 'end', broadcastId });
  await eventually(() => sent).toEqual([expect.objectContaining({ name: 'ended', broadcastId })]);
  expect(new ReplayTimeline(broadcastId, folder).live!.segments.length).toBeGreaterThanOrEqual(2);
  expect(complaintsOf(join(folder, 'recording.mp4'))).toBe('');
});

test('killed on air while the fleet server is away: it goes on, for viewers too', async () => {
  const { folder, broadcastId } = await onAir();
  const url = `http://127.0.0.1:${packager.link.port}${livePath(broadcastId, livePaths.live)}`;
  const headers = { authorization: `Bearer ${await tokens.sign(broadcastId)}` };
  expect((await fetch(url, { headers })).status).toBe(200);
  packager.link.stop();
  const first = packager.pid;
  process.kill(first, 'SIGKILL');
  const path = join(folder, 'recording.mp4');
  const before = scanRecording(path)!.fragments.length;
  await eventually(() => scanRecording(path)!.fragments.length).toBeGreaterThan(before + 8);
  expect(packager.pid).not.toBe(first);
  expect((await fetch(url, { headers })).status).toBe(200);
  expect((await fetch(url)).status).toBe(401);
  // the server is back, and ends it
  const events: PackagerEvent[] = [];
  const { dataDir } = packager;
  const hello = () => ({ keys: [], origins: [], revokedViewingIds: [] });
  const back = new PackagerLink({ dataDir, hello, onEvent: (event) => events.push(event), log: () => {} });
  back.start();
  try {
    await eventually(() => events.map(({ name }) => name)).toContain('health');
    back.end(broadcastId);
    await eventually(() => events.map(({ name }) => name)).toContain('ended');
  } finally {
    back.stop();
  }
  expect(complaintsOf(path)).toBe('');
});

test('what never went live leaves nothing', async () => {
  const { broadcastId, folder } = packager.open();
  await eventually(() => packager.all('opened').length).toBe(1);
  packager.link.drop(broadcastId);
  await eventually(() => readdirSync(join(folder, '..'))).toEqual([]);
});

test('nothing was recorded: finishing fails, in a word that is known', async () => {
  const { broadcastId, folder } = packager.open();
  packager.link.finish({ broadcastId, folder, title: 't', chapters: [] });
  await eventually(() => packager.all('finish-failed')).toHaveLength(1);
  expect(packager.all('finish-failed')[0]).toMatchObject({ broadcastId, code: 'recording-failed' });
});
