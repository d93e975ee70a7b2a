import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nodeOptions, parseMediaOptions } from './media-options.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'maru-node-'));
  for (const name of ['key.pem', 'cert.pem', 'ca.pem']) writeFileSync(join(directory, name), name);
  writeFileSync(join(directory, 'nodeId'), '01890000-0000-7000-8000-000000000001\n');
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

it('the fleet’s keys are marked as current once a minute, however often it is heard', async () => {
  const file = join(directory, 'fleet-keys.json');
  writeFileSync(file, '{}');
  const { onHeard } = await nodeOptions(
    parseMediaOptions(['--credentials', directory, '--mqtt-url', 'mqtts://127.0.0.1']),
    pino({ level: 'silent' }),
  );
  const heard = (): void => {
    utimesSync(file, 1, 1);
    onHeard!();
  };
  // `expect.poll` would move the clock that is stopped here
  const touched = async (): Promise<void> => {
    while (statSync(file).mtimeMs <= 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  heard();
  await touched();
  vi.advanceTimersByTime(59_999);
  heard();
  // it is written at once or not at all
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(statSync(file).mtimeMs).toBe(1_000);
  vi.advanceTimersByTime(1);
  heard();
  await touched();
});
