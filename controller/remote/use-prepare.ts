/** Lets the TV connect its transports before the tap: when the idle remote opens, is seen again, or is touched. */
import { useEffect } from 'react';
import { PREPARED_TTL_MS } from '#contract/timing.ts';
import type { RoomLink } from '../link/room-link.ts';

/** A prepared place expires after PREPARED_TTL_MS; while the page is in use, it is prepared again just before that. */
export const PREPARE_AGAIN_AFTER_MS = PREPARED_TTL_MS - 5_000;

/** Pure: should the room be asked again? */
export function shouldPrepare(lastAtMs: number | null, nowMs: number): boolean {
  return lastAtMs === null || nowMs - lastAtMs >= PREPARE_AGAIN_AFTER_MS;
}

/** `active`: the room is idle and the line is up. */
export function usePrepare(link: RoomLink, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    let lastAtMs: number | null = null;
    const prepare = () => {
      if (document.visibilityState !== 'visible' || !shouldPrepare(lastAtMs, Date.now())) return;
      lastAtMs = Date.now();
      link.hint({ name: 'prepare-call' });
    };
    prepare();
    document.addEventListener('visibilitychange', prepare);
    document.addEventListener('pointerdown', prepare, { passive: true });
    document.addEventListener('keydown', prepare);
    return () => {
      document.removeEventListener('visibilitychange', prepare);
      document.removeEventListener('pointerdown', prepare);
      document.removeEventListener('keydown', prepare);
    };
  }, [link, active]);
}
