/** What IT reads of the organisation as a whole, at the real server: of a media node's clock, and of a list of deletions that is damaged. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERASURES_FILE } from '../erasures/index.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';

const WITHIN = { timeout: 20_000 };
let fleet: FleetUnderTest;
beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
afterAll(() => fleet.stop());

const alerts = async (): Promise<[string, Json][]> =>
  (await fleet.api('GET', '/api/v1/alerts?state=open', undefined, fleet.admin.cookie)).body.rows.map(
    ({ signal, facts }: Json) => [signal, facts],
  );
const problems = async (): Promise<string[]> => (await fleet.api('GET', '/healthz')).body.problems ?? [];

test('a media node whose clock is off by more than five seconds is an alert and a line of health until it is well again', async () => {
  await fleet.measureClock({}, -60_000);
  await expect.poll(alerts, WITHIN).toEqual([['node-clock-off', { nodeId: fleet.nodeId, seconds: -60 }]]);
  expect(await problems()).toContain(`media node ${fleet.nodeId}: clock off by -60 s`);
  await fleet.measureClock();
  await expect.poll(alerts, WITHIN).toEqual([]);
  expect(await problems()).not.toContainEqual(expect.stringContaining('clock off'));
});

test('a list of deletions that cannot be read at the start is an alert and a line of health until it is mended', async () => {
  await fleet.kill('SIGTERM');
  const path = join(fleet.dataDir, ERASURES_FILE);
  rmSync(path, { force: true });
  mkdirSync(path);
  await fleet.startServer();
  await expect.poll(alerts, WITHIN).toEqual([['erasures-unreadable', { code: 'EISDIR' }]]);
  expect(await problems()).toContain('deletions: EISDIR');
  rmSync(path, { recursive: true });
  await expect.poll(alerts, WITHIN).toEqual([]);
  expect(await problems()).not.toContainEqual(expect.stringContaining('deletions'));
  expect(() => readFileSync(path)).toThrow('ENOENT');
});
