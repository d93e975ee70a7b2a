/** What this page's own objects take of memory: of Chromium alone; null where the browser does not count it. */
type CountingPerformance = Performance & { memory?: { usedJSHeapSize?: number } };

export function heapBytes(of: CountingPerformance = performance): number | null {
  return of.memory?.usedJSHeapSize ?? null;
}
