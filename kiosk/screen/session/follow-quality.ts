/** Reads the browser's counters of the running call each CALL_QUALITY_EVERY_MS, and reports how it is. */
import type { CallClient } from '#call/call-client.ts';
import { type CountedCall, readQuality } from '#call/call-quality.ts';
import { CALL_QUALITY_EVERY_MS, type CallQuality } from '#contract/kiosk-health.ts';

type Call = Pick<CallClient, 'getSnapshot' | 'statistics'>;

export function followQuality(call: Call, report: (quality: CallQuality | null) => void): void {
  let before: CountedCall | null = null;
  let isReported = false;
  const look = async (): Promise<void> => {
    const statistics = call.getSnapshot().phase.name === 'joined' ? await call.statistics() : null;
    if (statistics === null) {
      before = null;
      if (isReported) report(null);
      isReported = false;
      return;
    }
    const { counted, quality } = readQuality(statistics, before, performance.now());
    before = counted;
    if (quality === null) return;
    isReported = true;
    report(quality);
  };
  setInterval(() => void look(), CALL_QUALITY_EVERY_MS);
}
