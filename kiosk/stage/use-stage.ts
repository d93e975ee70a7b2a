/** The stage's memory between renders: its size, the held speaker, the order of people. The rules are pure, elsewhere. */
import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';
import type { View } from '#contract/signaling.ts';
import { arrange, type Arrangement, type ArrangementInput, NOBODY_HERE, sameArrangement } from './arrangement.ts';
import type { Size } from './geometry.ts';
import { forget, followActiveSpeaker, NOBODY_SPOKE, settle, settlesAtMs, type SpeakerHold } from './speaker-hold.ts';
import { PacedView } from './view.ts';

/** The element's own box in CSS pixels, known before the first paint; null until then. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const target = element.current!;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = target;
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The speaker on the stage. The own voice moves nobody. */
export function useHeldSpeaker(
  rawPeerId: string | null,
  selfPeerId: string | null,
  isHere: (peerId: string) => boolean,
): string | null {
  const [hold, step] = useReducer(
    (before: SpeakerHold, next: (hold: SpeakerHold) => SpeakerHold) => next(before),
    NOBODY_SPOKE,
  );
  const heard = rawPeerId === selfPeerId ? null : rawPeerId;
  useEffect(() => {
    const atMs = performance.now();
    step((before) => followActiveSpeaker(before, { atMs, peerId: heard }));
  }, [heard]);

  const gone = [hold.raw, hold.shown].find((peerId) => peerId !== null && !isHere(peerId)) ?? null;
  useEffect(() => {
    if (gone === null) return;
    const atMs = performance.now();
    step((before) => forget(before, gone, atMs));
  }, [gone]);

  const dueAtMs = settlesAtMs(hold);
  useEffect(() => {
    if (dueAtMs === null) return;
    // a timer may come a moment early: the due time itself is what counts
    const timer = setTimeout(
      () => step((before) => settle(before, Math.max(dueAtMs, performance.now()))),
      Math.max(0, dueAtMs - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [dueAtMs]);
  return hold.shown;
}

export function useArrangement(moment: ArrangementInput): Arrangement {
  const [kept, setKept] = useState<Arrangement>(NOBODY_HERE);
  const next = arrange(kept, moment);
  if (sameArrangement(kept, next)) return kept;
  // during render, as React has it for state that follows props: no frame with the old order is painted
  setKept(next);
  return next;
}

/** Reports to the call what is shown. */
export function usePacedView(view: View | null, say: ((view: View) => void) | undefined): void {
  const latest = useRef(say);
  useEffect(() => {
    latest.current = say;
  });
  const [paced] = useState(() => new PacedView((shown) => latest.current?.(shown)));
  useEffect(() => {
    if (view !== null) paced.show(view);
  }, [paced, view]);
  useEffect(() => () => paced.stop(), [paced]);
}
