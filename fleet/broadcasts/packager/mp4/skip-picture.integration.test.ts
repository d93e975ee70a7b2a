/** Pictures of our own between those of an encoder, as ffmpeg decodes them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FFMPEG } from '../filter.ts';
import { CHROMIUM_STREAM } from '../testing/chromium-stream.ts';
import { makeProgram, picturesOf } from '../testing/program-media.ts';
import { readSps } from './parameter-sets.ts';
import { skipPictureAfter } from './skip-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-skip-'));
afterAll(() => rmSync(folder, { recursive: true }));
const START_CODE = Buffer.from([0, 0, 0, 1]);

const setsOf = (pictures: Buffer[][]): [Buffer, Buffer] => {
  const [sps, pps] = [7, 8].map((type) => pictures[0]!.find((unit) => (unit[0]! & 31) === type)!);
  return [sps!, pps!];
};

/** Checksums of what is drawn. */
function drawn(units: readonly Buffer[]): string[] {
  const path = join(folder, 'stream.h264');
  writeFileSync(path, Buffer.concat(units.flatMap((unit) => [START_CODE, unit])));
  const { status, stdout, stderr } = spawnSync(FFMPEG, [
    ...['-v', 'error', '-xerror', '-i', path, '-vsync', 'passthrough', '-f', 'framemd5', '-'],
  ]);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  const lines = stdout
    .toString()
    .split('\n')
    .filter((line) => /^0,/.test(line));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}

test.each([
  { type: 2, of: 'x264', pictures: () => makeProgram({ seconds: 2 }).pictures },
  { type: 0, of: 'Chromium', pictures: () => picturesOf(CHROMIUM_STREAM) },
])('each picture of $of again: what follows is drawn as before', ({ type, pictures: make }) => {
  const pictures = make();
  const [sps, pps] = setsOf(pictures);
  expect(readSps(sps).orderCountType).toBe(type);
  const plain = drawn(pictures.flat());
  expect(new Set(plain).size).toBeGreaterThan(1);
  const repeated = pictures.flatMap((units) => [...units, skipPictureAfter(units.at(-1)!, { sps, pps }, 0)!]);
  expect(repeated).not.toContain(null);
  expect(drawn(repeated)).toEqual(plain.flatMap((each) => [each, each]));
});

test('where it cannot be, there is none', () => {
  const { pictures } = makeProgram({
    seconds: 1,
    codecArgs: ['-profile:v', 'main', '-x264-params', 'cabac=1:sliced-threads=0:slices=1'],
  });
  const [sps, pps] = setsOf(pictures);
  expect(skipPictureAfter(pictures[0]!.at(-1)!, { sps, pps }, 0)).toBeNull();
  expect(skipPictureAfter(Buffer.from([0x41]), { sps, pps: Buffer.from([0x68]) }, 0)).toBeNull();
});
