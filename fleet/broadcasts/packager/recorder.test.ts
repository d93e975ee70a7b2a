import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

let folder: string;
let recorder: Recorder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-recorder-'));
  recorder = new Recorder({ folder, onDisk: () => {}, log: () => {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an init segment alone is no recording', async () => {
  recorder.start(Buffer.alloc(700, 1), 0);
  await recorder.close();
  expect(recorder.sizeBytes).toBe(0);
});

test('a part makes it one', async () => {
  recorder.start(Buffer.alloc(700, 1), 0);
  expect(await recorder.append(Buffer.alloc(300, 2), true)).toBe(700);
  await recorder.close();
  expect(recorder.sizeBytes).toBe(1_000);
});
