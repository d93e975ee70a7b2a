/** The whole roster of a call from its snapshot and deltas; pure. Who watches it, and how long, is the page's business. */
import type { Participant, RosterUpdate } from '#contract/room-state.ts';

export type WatchedRoster = { callId: string; revision: number; participants: readonly Participant[] };

/** Null: a delta does not follow what is here (one was lost, or another call began), so a snapshot must be asked for. */
export function applyRoster(current: WatchedRoster | null, update: RosterUpdate): WatchedRoster | null {
  if (update.kind === 'unknown') return current;
  if (update.kind === 'snapshot') {
    return { callId: update.callId, revision: update.revision, participants: update.participants };
  }
  if (current === null || current.callId !== update.callId || update.revision !== current.revision + 1) return null;
  const gone = new Set(update.removedPeerIds);
  const changed = new Map(update.changed.map((participant) => [participant.peerId, participant]));
  const kept = current.participants
    .filter((participant) => !gone.has(participant.peerId))
    .map((participant) => {
      const next = changed.get(participant.peerId) ?? participant;
      changed.delete(participant.peerId);
      return next;
    });
  return { callId: update.callId, revision: update.revision, participants: [...kept, ...changed.values()] };
}
