/** The bench of viewers, with a few of them for a moment: each server gives them what viewers get, and a ratio comes of it. */
import { expect, it } from 'vitest';
import type { BenchReport } from '../report.ts';
import { viewersCost } from './viewers.ts';

it('compares our delivery, and nginx before it, to a bare nginx with the same files', async () => {
  const report: BenchReport = { bench: 'broadcast', seed: 1, figures: [], bareTimes: {} };
  await viewersCost(report, { runs: 1, viewers: 20, warmUpMs: 1_000, measureMs: 3_000, rateWithin: 0.5 });
  expect(report.figures.map(({ name }) => name)).toEqual([
    'viewerCpuOwnRatio',
    'viewerCpuEdgeFilesRatio',
    'viewerCpuEdgeRatio',
    'viewerCpuEdgePackagerRatio',
    'viewerMemoryOwnKilobytes',
    'viewerMemoryEdgeKilobytes',
  ]);
  for (const name of ['bare nginx', 'behind nginx', 'bare nginx, media alone', 'behind nginx, media alone']) {
    const [cpuMsPerS] = report.bareTimes[`a viewer: processor ms a second, ${name}`]!;
    expect([name, cpuMsPerS! > 0]).toEqual([name, true]);
  }
});
