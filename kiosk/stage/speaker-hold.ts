/**
 * The speaker on the stage: the node's raw events, held so that the picture does not flicker between two
 * who talk at once. Pure; the caller passes the time, in milliseconds.
 *
 * Rules: nobody is replaced within HOLD_MS of being shown; silence replaces nobody; a leaver goes at once.
 */
export const HOLD_MS = 2_000;

export type SpeakerEvent = { atMs: number; peerId: string | null };
/** `raw`: who speaks now, as the node reports it; `shown`: whom the stage shows. Each since when. */
export type SpeakerHold = { raw: string | null; rawSinceMs: number; shown: string | null; shownSinceMs: number };

export const NOBODY_SPOKE: SpeakerHold = { raw: null, rawSinceMs: 0, shown: null, shownSinceMs: 0 };

/** Handles the node's report of the speaker. */
export function followActiveSpeaker(hold: SpeakerHold, event: SpeakerEvent): SpeakerHold {
  // first apply the change that was due before this event
  const before = settle(hold, event.atMs);
  if (before.raw === event.peerId) return before;
  return settle({ ...before, raw: event.peerId, rawSinceMs: event.atMs }, event.atMs);
}

/** Time has passed: the waiting speaker is shown once the shown one has had the time. */
export function settle(hold: SpeakerHold, nowMs: number): SpeakerHold {
  const dueMs = settlesAtMs(hold);
  return dueMs === null || nowMs < dueMs ? hold : { ...hold, shown: hold.raw, shownSinceMs: dueMs };
}

/** When `settle` has something to do by itself; null: not before the next event. */
export function settlesAtMs(hold: SpeakerHold): number | null {
  if (hold.raw === null || hold.raw === hold.shown) return null;
  return hold.shown === null ? hold.rawSinceMs : Math.max(hold.rawSinceMs, hold.shownSinceMs + HOLD_MS);
}

/** Somebody left the call. */
export function forget(hold: SpeakerHold, peerId: string, nowMs: number): SpeakerHold {
  const raw = hold.raw === peerId ? null : hold.raw;
  const shown = hold.shown === peerId ? null : hold.shown;
  return settle({ ...hold, raw, shown }, nowMs);
}
