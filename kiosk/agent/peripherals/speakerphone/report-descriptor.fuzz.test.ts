/**
 * Hostile descriptors: random bytes, random items, and real ones with bytes changed, cut, doubled. MARU_FUZZ_RUNS=1000000
 * for the long run; MARU_FUZZ_SEED to see one again.
 */
import { expect, it } from 'vitest';
import { ProtocolError } from '#contract/error-codes.ts';
import { controlsOf, lampReports, readReport } from './controls.ts';
import { speakerphonesUnderTest } from './descriptors-under-test.ts';
import { MAX_REPORT_BYTES, parseReportDescriptor } from './report-descriptor.ts';

const runs = Number(process.env.MARU_FUZZ_RUNS ?? 20_000);
const seed = Number(process.env.MARU_FUZZ_SEED ?? 20261124);
/** A descriptor at its bounds takes a few milliseconds. */
const SLOWEST_MS = 250;

/** Mulberry32: small, seeded, good enough to make noise. */
function generator(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(seed);
const below = (bound: number) => Math.floor(random() * bound);

function noise(): number[] {
  return Array.from({ length: below(300) }, () => below(256));
}

/** Well-formed items with wild values: gets further than noise does. */
function wildItems(): number[] {
  const items: number[] = [];
  const tags = [0x04, 0x14, 0x24, 0x74, 0x84, 0x94, 0xa4, 0xb4, 0x08, 0x18, 0x28, 0xa8, 0x80, 0x90, 0xb0, 0xa0, 0xc0];
  for (let i = below(80); i > 0; i -= 1) {
    const size = below(4);
    items.push((tags[below(tags.length)] as number) | size);
    const small = below(3) > 0;
    for (let j = [0, 1, 2, 4][size] as number; j > 0; j -= 1) items.push(small ? below(9) : below(256));
  }
  return items;
}

function mutated(): number[] {
  const descriptor = [
    ...(speakerphonesUnderTest[below(speakerphonesUnderTest.length)] as { descriptor: Uint8Array }).descriptor,
  ];
  for (let i = 1 + below(6); i > 0; i -= 1) {
    const at = below(descriptor.length);
    const kind = below(5);
    if (kind === 0) descriptor[at] = below(256);
    else if (kind === 1) descriptor[at] = (descriptor[at] as number) ^ (1 << below(8));
    else if (kind === 2) descriptor.splice(at, 1 + below(8));
    else if (kind === 3) descriptor.splice(at, 0, ...descriptor.slice(below(descriptor.length)).slice(0, below(60)));
    else descriptor.length = at;
  }
  return descriptor;
}

const report = Uint8Array.from({ length: MAX_REPORT_BYTES + 1 }, () => below(256));
const reportLengths = [0, 1, 2, 7, 63, report.length];

/** All that is done with a device before it is believed. @returns whether its descriptor could be read */
function takeIn(descriptor: Uint8Array): boolean {
  try {
    const layout = parseReportDescriptor(descriptor);
    for (const { bitOffset, bitSize } of layout.fields) {
      if (bitOffset < 0 || bitOffset + bitSize > MAX_REPORT_BYTES * 8) throw new Error('a field beyond its report');
    }
    const controls = controlsOf(layout, {});
    if (controls === null) return true;
    for (const length of reportLengths) readReport(controls, report.subarray(0, length));
    for (const lamps of lampReports(controls, { mute: true, offHook: true, ring: true, speaker: true })) {
      if (lamps.length > MAX_REPORT_BYTES + 1) throw new Error('a report beyond its bounds');
    }
    return true;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'device-malformed') return false;
    throw error;
  }
}

/** The quickest of a few, where the first was slow: on a shared machine a process waits for others. */
function tookMs(descriptor: Uint8Array, attempts: number): number {
  const startedAt = performance.now();
  takeIn(descriptor);
  const once = performance.now() - startedAt;
  return once > SLOWEST_MS && attempts > 1 ? Math.min(once, tookMs(descriptor, attempts - 1)) : once;
}

it(`holds against ${runs} hostile descriptors (seed ${seed})`, { timeout: 30_000 + runs }, () => {
  let slowestMs = 0;
  let read = 0;
  for (let run = 0; run < runs; run += 1) {
    const descriptor = Uint8Array.from([noise, wildItems, mutated, mutated][run & 3]?.() ?? []);
    try {
      slowestMs = Math.max(slowestMs, tookMs(descriptor, 5));
      if (takeIn(descriptor)) read += 1;
      if (slowestMs > SLOWEST_MS) throw new Error(`it took ${slowestMs} ms`);
    } catch (error) {
      throw new Error(`run ${run}: ${Buffer.from(descriptor).toString('hex')}`, { cause: error });
    }
  }
  // the noise must not all end at the first byte
  expect(read).toBeGreaterThan(runs / 10);
  if (runs > 20_000) console.log(`${runs} descriptors, ${read} of them read, slowest ${slowestMs.toFixed(1)} ms`);
});
