/** What is read back after anything; a real full disk is kept-file.integration.test.ts's. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from '#contract/schema.ts';
import { KeptFile } from './kept-file.ts';

const Kept = z.object({ roomName: z.string(), volumePercent: z.number().int().min(0).max(100) });
const value = { roomName: '대회의실', volumePercent: 40 };

describe('a kept file', () => {
  let folder: string;
  let path: string;
  let file: KeptFile<typeof Kept>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maru-kept-'));
    path = join(folder, 'room.json');
    file = new KeptFile(path, Kept);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is nothing before it was written', () => expect(file.read()).toBeNull());

  it('comes back, by another process too', () => {
    file.write({ ...value, volumePercent: 1 });
    file.write(value);
    expect(new KeptFile(path, Kept).read()).toEqual(value);
  });

  it('is the agent’s alone, and leaves nothing beside it', () => {
    file.write(value);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['room.json']);
  });

  it('is nothing when it was torn anywhere, and can be written again', () => {
    file.write(value);
    const whole = readFileSync(path);
    for (let size = 0; size < whole.length; size += 1) {
      writeFileSync(path, whole.subarray(0, size));
      expect(file.read(), `${size} of ${whole.length} bytes`).toBeNull();
    }
    file.write(value);
    expect(file.read()).toEqual(value);
  });

  it.each([
    ['zeros, as a lost page leaves them', Buffer.alloc(64)],
    ['bytes of no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['JSON of another kind', Buffer.from('[1, 2, 3]')],
    ['a value that may not be', Buffer.from(JSON.stringify({ ...value, volumePercent: 400 }))],
    ['a field that is missing', Buffer.from(JSON.stringify({ roomName: 'Maple' }))],
    ['null', Buffer.from('null')],
  ])('is nothing when it holds %s', (_, bytes) => {
    writeFileSync(path, bytes);
    expect(file.read()).toBeNull();
  });

  it('is whole when the power went while the next was being written', () => {
    file.write(value);
    writeFileSync(`${path}.new`, '{"roomName":"Ma');
    expect(file.read()).toEqual(value);
    file.write({ ...value, volumePercent: 50 });
    expect([file.read()?.volumePercent, existsSync(`${path}.new`)]).toEqual([50, false]);
  });

  it('says so where it can’t be written', () => {
    const lost = new KeptFile(join(folder, 'gone', 'room.json'), Kept);
    expect(() => lost.write(value)).toThrow(/ENOENT/);
    expect(lost.read()).toBeNull();
  });
});
