import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SILENCE } from '../sound/silence.ts';
import { parameterSetsOf, scanRecording } from './box-scan.ts';
import { writeFragment, writeInit } from './fragment-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-fragments-'));
afterAll(() => rmSync(folder, { recursive: true }));
const sets = { sps: Buffer.from('6742c01f8c8d402802dd37010d0107844235', 'hex'), pps: Buffer.from('68ce3c80', 'hex') };
const init = writeInit(sets, { width: 1_280, height: 720 });
const fragment = (index: number): Buffer =>
  writeFragment({
    sequence: 1 + index,
    videoTime: 2 ** 33 + index * 45_000,
    audioTime: index * 24 * 1_024,
    video: Array.from({ length: 3 }, (_, each) => ({
      bytes: Buffer.alloc(100 + each, index),
      duration: 15_000,
      isKey: each === 0 && index % 4 === 0,
    })),
    audio: Array.from({ length: 24 }, () => SILENCE),
  });

test('a recording shows where its parts are, and what they hold', () => {
  const path = join(folder, 'whole.mp4');
  const parts = [0, 1, 2, 3, 4].map(fragment);
  writeFileSync(path, Buffer.concat([init, ...parts]));
  const scanned = scanRecording(path)!;
  expect(scanned.init.equals(init)).toBe(true);
  expect(parameterSetsOf(scanned.init)).toEqual(sets);
  expect(scanned.fragments.map(({ isIndependent }) => isIndependent)).toEqual([true, false, false, false, true]);
  expect(scanned.fragments[2]).toEqual({
    ...{ sequence: 3, offset: init.length + 2 * parts[0]!.length, sizeBytes: parts[0]!.length },
    ...{
      videoTime: 2 ** 33 + 90_000,
      videoDuration: 45_000,
      audioTime: 2 * 24 * 1_024,
      audioFrames: 24,
      isIndependent: false,
    },
  });
});

test('cut at any byte, it ends with its last whole part', () => {
  const path = join(folder, 'cut.mp4');
  const parts = [0, 1, 2].map(fragment);
  const whole = Buffer.concat([init, ...parts]);
  const ends = [init.length, ...parts.map((_, index) => init.length + (index + 1) * parts[0]!.length)];
  writeFileSync(path, whole);
  for (let size = whole.length; size >= 0; size -= 1) {
    truncateSync(path, size);
    const scanned = scanRecording(path);
    if (size < init.length) expect(scanned, `${size} bytes`).toBeNull();
    else expect(scanned?.wholeBytes, `${size} bytes`).toBe(ends.findLast((end) => end <= size));
  }
});

test('what is no part of ours ends it', () => {
  const path = join(folder, 'rubbish.mp4');
  writeFileSync(path, Buffer.concat([init, fragment(0), Buffer.alloc(5_000, 0x41), fragment(1)]));
  expect(scanRecording(path)?.fragments).toHaveLength(1);
  writeFileSync(path, Buffer.alloc(5_000, 0x41));
  expect(scanRecording(path)).toBeNull();
});
