/** A disk that fills and has room again, and a recording that was cut off, under a broadcast that is on air. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { SmallDisk } from '../../failing-disk-under-test.ts';
import { scanRecording } from './mp4/box-scan.ts';
import { readClock, ReplayTimeline } from './replay.ts';
import { BroadcastUnderTest, complaintsOf } from './testing/broadcast-under-test.ts';
import { makeProgram } from './testing/program-media.ts';
import { ProgramSender } from './testing/program-sender.ts';
import { placeOf } from './timeline.ts';

// real time and real processes, on machines that are busy with the rest of the suite
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
const eventually = <T>(look: () => T, interval = 50) => expect.poll(look, { timeout: 50_000, interval });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function onAir(under: BroadcastUnderTest): Promise<ProgramSender> {
  const sender = new ProgramSender({ port: await under.start(), media: makeProgram({ seconds: 5 }), ssrc: 900 });
  cleanUps.push(
    () => under.broadcast.stop(),
    () => sender.stop(),
  );
  await sender.start();
  await eventually(() => under.health.some(({ hasSound, picture }) => hasSound && picture === 'good')).toBe(true);
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(4);
  return sender;
}

test('live goes on without the disk, says so, and is recorded again when there is room', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-small-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const disk = new SmallDisk(folder, '6m');
  context.skip(disk.missing !== null, disk.missing ?? '');
  cleanUps.push(() => disk.unmount());
  const requireRoom = async (path: string): Promise<void> => {
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize < 1_000_000) throw new Error('nearly full');
  };
  const under = new BroadcastUnderTest({ folder, requireRoom });
  await onAir(under);
  disk.fill(2_000);
  await eventually(() => under.health.at(-1)?.isDiskFull).toBe(true);
  expect(under.broadcast.timeline.canKeep).toBe(false);
  const { segments, current } = under.broadcast.timeline.live!;
  // this one may have begun while there was room: the next is the first that has no part on the disk
  await eventually(() => segments.at(-1)!.sequence).toBeGreaterThan(current!.sequence);
  expect(segments.at(-1)!.parts.every(({ bytes, offset }) => bytes !== null && offset === null)).toBe(true);
  disk.free();
  await eventually(() => under.health.at(-1)?.isDiskFull).toBe(false);
  await sleep(4_500);
  const { sizeBytes } = await under.broadcast.end();
  expect(statSync(under.recording).size).toBe(sizeBytes);
  // behind the hole it goes on with a whole segment
  const { fragments } = scanRecording(under.recording)!;
  const behind = fragments.filter(({ videoTime }, index) => {
    const before = fragments[index - 1];
    return before && before.videoTime + before.videoDuration !== videoTime;
  });
  expect(behind.map(({ sequence }) => placeOf(sequence).index)).toEqual([0]);
  expect(complaintsOf(under.recording)).toBe('');
  const replay = new ReplayTimeline('x', folder).live!;
  const sequences = replay.segments.map(({ sequence }) => sequence);
  expect(sequences[0]).toBe(0);
  expect(sequences.at(-1)! - sequences[0]!).toBeGreaterThan(sequences.length - 1);
  const file = readFileSync(under.recording);
  for (const { parts: ranges } of replay.segments)
    expect(file.toString('latin1', ranges[0]!.offset! + 4, ranges[0]!.offset! + 8)).toBe('moof');
});

test('it ends while the disk is full: the recording ends with its last whole part', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-small-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const disk = new SmallDisk(folder, '6m');
  context.skip(disk.missing !== null, disk.missing ?? '');
  cleanUps.push(() => disk.unmount());
  const under = new BroadcastUnderTest({ folder });
  await onAir(under);
  disk.fill(3_000);
  await eventually(() => under.health.at(-1)?.isDiskFull).toBe(true);
  const { sizeBytes } = await under.broadcast.end();
  expect(statSync(under.recording).size).toBe(sizeBytes);
  expect(scanRecording(under.recording)!.wholeBytes).toBe(sizeBytes);
});

test('it went live where nothing could be kept: with room again, a packager that is started anew finds its clock and slate', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'maru-missing-')), 'broadcast');
  cleanUps.push(() => rmSync(join(folder, '..'), { recursive: true }));
  const under = new BroadcastUnderTest({ folder });
  await onAir(under);
  expect(under.health.at(-1)?.isDiskFull).toBe(true);
  mkdirSync(folder);
  await eventually(() => under.health.at(-1)?.isDiskFull).toBe(false);
  const { epochMs } = readClock(folder)!;
  expect(under.broadcast.timeline.live!.segments[0]?.dateMs ?? epochMs).toBe(epochMs);
  expect(existsSync(join(folder, 'slate.json'))).toBe(true);
});

test('a recording whose end was torn goes on after its last whole part', async () => {
  const under = new BroadcastUnderTest();
  cleanUps.push(() => under.remove());
  const sender = await onAir(under);
  await eventually(() => under.parts).toBeGreaterThan(6);
  sender.stop();
  await under.broadcast.stop();
  truncateSync(under.recording, statSync(under.recording).size - 777);
  const halfWritten = ['7.1.m4s', '7.1.m4s.new', '7.m4s.new'];
  for (const name of halfWritten) writeFileSync(join(under.folder, name), 'half');
  await sleep(2_000);
  const again = new BroadcastUnderTest({ folder: under.folder, wentLiveAtMs: Date.now() });
  const next = new ProgramSender({ port: await again.start(), media: makeProgram({ seconds: 5 }), ssrc: 950 });
  cleanUps.push(
    () => again.broadcast.stop(),
    () => next.stop(),
  );
  const { segments: resumed, current } = again.broadcast.timeline.live!;
  expect(current?.sequence).toBe(resumed.length);
  await eventually(() => readdirSync(under.folder).filter((name) => halfWritten.includes(name))).toEqual([]);
  // at once, without the program
  await eventually(() => again.parts).toBeGreaterThan(1);
  expect(again.health.at(-1)).toMatchObject({ isOnSlate: true });
  expect(again.port).toBe(under.port);
  await next.start();
  await eventually(() => again.health.at(-1)).toMatchObject({ isOnSlate: false });
  await sleep(1_500);
  await again.broadcast.end();
  // its clock is still ours
  const newest = again.broadcast.timeline.live!.segments.at(-1)!;
  const behindMs = Date.now() - newest.dateMs - newest.durationS * 1_000;
  expect(Math.abs(behindMs)).toBeLessThan(1_500);
  expect(complaintsOf(under.recording)).toBe('');
  const { segments } = again.broadcast.timeline.live!;
  expect(segments.map(({ sequence }) => sequence)).toEqual(segments.map((_, index) => index));
  for (const [index, { startS, dateMs }] of segments.entries()) {
    const before = segments[index - 1];
    if (before) expect(startS).toBeCloseTo(before.startS + before.durationS, 4);
    expect(dateMs - segments[0]!.dateMs).toBeCloseTo(startS * 1_000, 1);
  }
});
