/** Recordings of the shortest kind, and of nothing: either an MP4 that plays, or a failure. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { finish } from './finish.ts';
import { parameterSetsOf, scanRecording } from './mp4/box-scan.ts';
import { BroadcastUnderTest, complaintsOf } from './testing/broadcast-under-test.ts';
import { makeProgram, type ProgramMedia } from './testing/program-media.ts';
import { ProgramSender } from './testing/program-sender.ts';

let media: ProgramMedia;
let under: BroadcastUnderTest;
let sender: ProgramSender;
beforeAll(() => {
  media = makeProgram({ seconds: 3 });
});
/** Its program has sent a slate, and sends nothing any more: what follows is the slate alone, however busy the machine is. */
beforeEach(async () => {
  under = new BroadcastUnderTest();
  sender = new ProgramSender({ port: await under.start(), media, ssrc: 700 });
  await sender.start();
  await expect.poll(() => under.health.at(-1)?.picture).toBe('good');
  sender.stop();
});
afterEach(async () => {
  await under.broadcast.stop();
  under.remove();
});

const finished = (folder: string): Promise<number> =>
  finish({ folder, title: 't', chapters: [], signal: new AbortController().signal, requireRoom: async () => {} });
const tracksOf = (path: string): string[] =>
  execFileSync('/usr/bin/ffprobe', ['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'stream=codec_type', path])
    .toString()
    .trim()
    .split('\n');

test('a broadcast that ends a moment after it went live is a file of a moment', async () => {
  under.broadcast.goLive();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const { durationMs, sizeBytes } = await under.broadcast.end();
  expect(durationMs).toBeGreaterThan(100);
  expect(sizeBytes).toBeGreaterThan(0);
  await finished(under.folder);
  const path = join(under.folder, 'final.mp4');
  expect(tracksOf(path)).toEqual(['video', 'audio']);
  expect(complaintsOf(path)).toBe('');
});

test('its end asked for twice at once: each answer is of the whole recording', async () => {
  under.broadcast.goLive();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const [first, second] = await Promise.all([under.broadcast.end(), under.broadcast.end()]);
  expect(second).toEqual(first);
  expect(scanRecording(under.recording)!.wholeBytes).toBe(second.sizeBytes);
});

test('an init segment alone is no recording: no MP4 without tracks is made of it', async () => {
  under.broadcast.goLive();
  await expect.poll(() => existsSync(under.recording) && scanRecording(under.recording)).toBeTruthy();
  const { init } = scanRecording(under.recording)!;
  expect(parameterSetsOf(init)).not.toBeNull();
  const folder = mkdtempSync(join(tmpdir(), 'maru-init-'));
  try {
    writeFileSync(join(folder, 'recording.mp4'), init);
    copyFileSync(join(under.folder, 'timeline.json'), join(folder, 'timeline.json'));
    await expect(finished(folder)).rejects.toMatchObject({ code: 'recording-failed' });
    expect(existsSync(join(folder, 'final.mp4'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
