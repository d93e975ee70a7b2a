/** A broadcast fed with real RTP, and its recording read by ffmpeg and by another reader of MP4. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { BroadcastUnderTest, complaintsOf, flashesAndBeeps } from './testing/broadcast-under-test.ts';
import { makeProgram, type ProgramMedia } from './testing/program-media.ts';
import { ProgramSender, type ProgramSenderOptions } from './testing/program-sender.ts';

// real time and real processes, on machines that are busy with the rest of the suite
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
const eventually = <T>(look: () => T, interval = 50) => expect.poll(look, { timeout: 50_000, interval });

let media: ProgramMedia;
let other: ProgramMedia;
const open: { remove: () => void }[] = [];
beforeAll(() => {
  media = makeProgram({ seconds: 10 });
  other = makeProgram({ seconds: 3, size: '480x270' });
});
afterEach(() => {
  for (const each of open.splice(0)) each.remove();
});

/** Of most beeps, in ms: a picture that came too late for its part is shown later. */
function apartMs(flashes: readonly number[], beeps: readonly number[]): number {
  const apart = beeps.map((beep) => Math.min(...flashes.map((flash) => Math.abs(flash - beep))) * 1_000);
  return apart.sort((a, b) => a - b)[Math.floor((apart.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}

let ssrc = 1_000;
async function sender(port: number, options: Partial<ProgramSenderOptions> = {}): Promise<ProgramSender> {
  ssrc += 10;
  const program = new ProgramSender({ port, media, ssrc, ...options });
  await program.start();
  open.push({ remove: () => program.stop() });
  return program;
}

/** Opened, and its green room lasted for a while. */
async function opened(
  options: ConstructorParameters<typeof BroadcastUnderTest>[0] = {},
  program: Partial<ProgramSenderOptions> = {},
) {
  const under = new BroadcastUnderTest(options);
  open.push({ remove: () => void under.broadcast.stop().then(() => under.remove()) });
  const from = await sender(await under.start(), program);
  await eventually(() => under.health.some(({ hasSound, picture }) => hasSound && picture === 'good')).toBe(true);
  return { under, from };
}

test('ended twice, it ends once, and both are answered when all of it is on the disk', async () => {
  const { under } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThanOrEqual(2);
  const first = under.broadcast.end();
  const second = await under.broadcast.end();
  expect(under.broadcast.timeline.phase).toBe('ended');
  expect(readdirSync(under.folder)).toContain('replay.json');
  expect(second).toEqual(await first);
  expect(second.sizeBytes).toBe(readFileSync(under.recording).length);
});

test('a broadcast: parts in time, a recording without a fault, sound and picture together', async () => {
  const { under, from } = await opened({}, { pictureDelayMs: 130 });
  expect(existsSync(under.recording)).toBe(false);
  await sleep(2_000);
  under.broadcast.goLive();
  // it has begun: without a segment under way it would have ended
  expect(under.broadcast.timeline.live?.current).toMatchObject({ sequence: 0, parts: [] });
  await eventually(() => under.parts).toBeGreaterThan(0);
  await eventually(() => under.parts).toBeGreaterThanOrEqual(16);
  from.stop();
  const ended = await under.broadcast.end();
  // a busy machine sends its first pictures late
  expect(ended.durationMs).toBeGreaterThan(7_000);
  expect(ended.sizeBytes).toBe(readFileSync(under.recording).length);
  expect(complaintsOf(under.recording)).toBe('');
  const { flashes, beeps } = flashesAndBeeps(under.recording);
  expect(beeps.length).toBeGreaterThanOrEqual(6);
  expect(apartMs(flashes, beeps)).toBeLessThan(80);
  const late = under.lateMs.toSorted((a, b) => a - b);
  expect(late[Math.floor(late.length / 2)]).toBeLessThan(400);
  // each segment is its parts, byte for byte
  const names = readdirSync(under.folder);
  const { segments } = under.broadcast.timeline.live!;
  for (const { sequence, parts } of segments.slice(0, -1)) {
    const bytes = parts.map(({ index }) => readFileSync(join(under.folder, `${sequence}.${index}.m4s`)));
    expect(readFileSync(join(under.folder, `${sequence}.m4s`)).equals(Buffer.concat(bytes))).toBe(true);
    const offset = parts[0]!.offset!;
    expect(
      readFileSync(under.recording)
        .subarray(offset, offset + bytes[0]!.length)
        .equals(bytes[0]!),
    ).toBe(true);
  }
  expect(names).toEqual(expect.arrayContaining(['init.mp4', 'recording.mp4', 'replay.json', '0.m4s']));
});

test('another reader finds every picture and every frame of sound, without a hole', async () => {
  const { under, from } = await opened({ quality: { height: 720, partMs: 200 } });
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThanOrEqual(20);
  from.stop();
  await under.broadcast.end();
  const input = new Input({ source: new FilePathSource(under.recording), formats: ALL_FORMATS });
  const video = (await input.getPrimaryVideoTrack())!;
  const audio = (await input.getPrimaryAudioTrack())!;
  expect([video.codec, audio.codec]).toEqual(['avc', 'aac']);
  for (const track of [video, audio]) {
    let endS = 0;
    let count = 0;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      expect(packet.timestamp).toBeCloseTo(endS, 4);
      endS = packet.timestamp + packet.duration;
      count += 1;
    }
    expect(count).toBeGreaterThan(100);
    expect(endS).toBeGreaterThan(3.9);
  }
});

test('the program is gone, comes back as another one, and loses packets: the slate in between, each splice decodes', async () => {
  const { under, from } = await opened();
  await sleep(2_500);
  under.broadcast.goLive();
  await eventually(() => under.health.at(-1)?.isOnSlate).toBe(false);
  await sleep(1_500);
  const goneAtMs = performance.now();
  from.stop();
  await eventually(() => under.health.at(-1)?.isOnSlate, 10).toBe(true);
  expect(performance.now() - goneAtMs).toBeLessThan(1_200);
  expect(under.health.at(-1)?.picture).toBe('none');
  await sleep(1_200);
  const next = await sender(under.port);
  await eventually(() => under.health.at(-1)?.isOnSlate).toBe(false);
  await sleep(500);
  next.toLose = 1;
  await eventually(() => next.keysAsked).toBeGreaterThan(0);
  await sleep(2_000);
  next.stop();
  await under.broadcast.end();
  expect(complaintsOf(under.recording)).toBe('');
  const { live } = under.broadcast.timeline;
  // a busy machine begins with a slate, until its first pictures are there
  const long = live!.slates.filter(({ startS, endS }) => startS > 0 && endS! - startS > 0.9);
  expect(long).toHaveLength(1);
});

test('a program whose pictures are of another size takes over, without an end of the timeline', async () => {
  const { under, from } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(3);
  from.stop();
  await eventually(() => under.health.at(-1)?.isOnSlate).toBe(true);
  const next = await sender(under.port, { media: other });
  await eventually(() => under.health.at(-1)?.isOnSlate).toBe(false);
  await sleep(1_500);
  next.stop();
  await eventually(() => under.health.at(-1)?.isOnSlate).toBe(true);
  await sleep(700);
  await under.broadcast.end();
  expect(complaintsOf(under.recording)).toBe('');
  expect(under.logged).toContain('the parameters of the picture changed');
});

test('of two programs the newer counts, and the older never again', async () => {
  const { under, from } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(1);
  await sender(under.port);
  await sleep(1_500);
  expect(under.logged.filter((what) => what === 'a source came')).toHaveLength(4);
  expect(under.health.at(-1)).toMatchObject({ picture: 'good', isOnSlate: false });
  from.stop();
  await sleep(1_000);
  expect(under.health.at(-1)).toMatchObject({ picture: 'good', isOnSlate: false });
});

test('pictures without sound, and rubbish among them: the broadcast goes on with silence', async () => {
  const { under, from } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(1);
  from.sendsSound = false;
  for (let size = 0; size < 300; size += 1) from.raw(Buffer.alloc(size, size));
  await eventually(() => under.health.at(-1)?.hasSound).toBe(false);
  await sleep(1_500);
  from.sendsSound = true;
  await eventually(() => under.health.at(-1)?.hasSound).toBe(true);
  await sleep(2_500);
  from.stop();
  await under.broadcast.end();
  expect(complaintsOf(under.recording)).toBe('');
  const { flashes, beeps } = flashesAndBeeps(under.recording);
  expect(apartMs(flashes, beeps.slice(-2))).toBeLessThan(80);
});

test('a program that sends black is replaced by the slate, and is back when it shows something', async () => {
  const { under, from } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(1);
  const black = makeProgram({ seconds: 3, background: 'black' });
  from.stop();
  const dark = await sender(under.port, { media: black });
  await eventually(() => under.health.at(-1)?.picture).toBe('black');
  await sleep(2_200);
  // at once, and for as long as it is black
  const whileBlack = under.health.filter(({ picture }) => picture === 'black');
  expect(whileBlack.length).toBeGreaterThan(1);
  expect(whileBlack.every(({ isOnSlate }) => isOnSlate)).toBe(true);
  dark.stop();
  await sender(under.port);
  await eventually(() => under.health.at(-1)).toMatchObject({ picture: 'good', isOnSlate: false });
});

test('a program without key frames is frozen', async () => {
  const frozen = {
    ...media,
    pictures: [...media.pictures.slice(0, 30), ...media.pictures.slice(1, 30), ...media.pictures.slice(1, 30)],
  };
  for (let each = 0; each < 4; each += 1) frozen.pictures.push(...media.pictures.slice(1, 30));
  const { under } = await opened({}, { media: frozen });
  under.broadcast.goLive();
  await eventually(() => under.health.at(-1)).toMatchObject({ picture: 'frozen', isOnSlate: true });
});

test('an encoder of sound that is killed or stopped is replaced, and the sound is in step again', async () => {
  const { under, from } = await opened();
  under.broadcast.goLive();
  await eventually(() => under.parts).toBeGreaterThan(1);
  const first = under.broadcast.pids.sound!;
  process.kill(first, 'SIGKILL');
  await eventually(() => under.broadcast.pids.sound).not.toBe(first);
  await eventually(() => under.health.at(-1)?.hasSound).toBe(true);
  await sleep(1_000);
  const second = under.broadcast.pids.sound!;
  process.kill(second, 'SIGSTOP');
  await eventually(() => under.health.at(-1)?.hasSound).toBe(false);
  await eventually(() => under.broadcast.pids.sound).not.toBe(second);
  await eventually(() => under.health.at(-1)?.hasSound).toBe(true);
  await sleep(2_500);
  from.stop();
  await under.broadcast.end();
  expect(complaintsOf(under.recording)).toBe('');
  const { flashes, beeps } = flashesAndBeeps(under.recording);
  expect(apartMs(flashes, beeps.slice(-2))).toBeLessThan(80);
});
