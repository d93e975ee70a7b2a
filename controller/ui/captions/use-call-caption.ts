/** Which caption of a call stands at this moment. What came before the page looked is not shown. */
import { useEffect, useRef, useState } from 'react';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { type Cue, cueAt, queuedCues } from './caption-cues.ts';

/** @param captions null: they are not shown */
export function useCallCaption(captions: readonly TranscriptSegment[] | null): Cue | null {
  const known = useRef<ReadonlySet<string> | null>(null);
  const cues = useRef<readonly Cue[]>([]);
  const [shown, setShown] = useState<Cue | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const before = known.current;
    known.current = captions && new Set(captions.map(({ segmentId }) => segmentId));
    if (captions === null || captions.length === 0) cues.current = [];
    else if (before !== null) {
      for (const segment of captions)
        if (!before.has(segment.segmentId)) cues.current = queuedCues(cues.current, segment, performance.now());
    }
    setTurn((count) => count + 1);
  }, [captions]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another cue begins or ends
  useEffect(() => {
    const nowMs = performance.now();
    setShown(cueAt(cues.current, nowMs));
    const next = cues.current.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter((atMs) => atMs > nowMs);
    if (next.length === 0) return;
    const timer = setTimeout(() => setTurn((count) => count + 1), Math.min(...next) - nowMs + 1);
    return () => clearTimeout(timer);
  }, [turn]);
  return shown;
}
