import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReportWriter } from './report-writer.ts';

let written: string[];
let failures: string[];
let pending: { resolve: () => void; reject: (error: Error) => void }[];

const writer = () =>
  new ReportWriter({
    write: (report) => {
      written.push([...report].join(' '));
      return new Promise((resolve, reject) => pending.push({ resolve, reject }));
    },
    onFailed: (why) => failures.push(why),
  });
const reports = (...each: number[]) => each.map((number) => Uint8Array.of(number));
const done = async () => {
  pending.shift()?.resolve();
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  [written, failures, pending] = [[], [], []];
});
afterEach(() => vi.useRealTimers());

it('writes one after the other, and of what waits only the newest', async () => {
  const lamps = writer();
  lamps.write(reports(1, 2));
  lamps.write(reports(3, 4));
  lamps.write(reports(5, 6));
  expect(written).toEqual(['1']);
  for (let i = 0; i < 5; i += 1) await done();
  expect(written).toEqual(['1', '5', '6']);
  lamps.write(reports(7));
  expect(written.at(-1)).toBe('7');
});

it('tells once of a device that refuses, and writes nothing more to it', async () => {
  const lamps = writer();
  lamps.write(reports(1, 2));
  pending.shift()?.reject(new Error('no such device'));
  await vi.advanceTimersByTimeAsync(0);
  lamps.write(reports(3));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(failures).toEqual(['Error: no such device']);
  expect(written).toEqual(['1']);
});

it('tells of a device that takes nothing for too long', async () => {
  writer().write(reports(1));
  await vi.advanceTimersByTimeAsync(2_900);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(failures).toEqual(['Error: a write has not come back']);
});

it('stopped writes nothing more and blames nobody', async () => {
  const lamps = writer();
  lamps.write(reports(1, 2));
  const stopped = lamps.stop();
  pending.shift()?.reject(new Error('closed'));
  await stopped;
  lamps.write(reports(3));
  expect(written).toEqual(['1']);
  expect(failures).toEqual([]);
});
