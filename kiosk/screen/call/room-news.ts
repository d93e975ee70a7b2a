/**
 * The TV's news of arrivals and departures: one piece at a time; those that come meanwhile are shown together, so that
 * thirty arrivals are not two minutes of news. Pure.
 */
import type { Participant } from '#contract/room-state.ts';

export type News = { kind: 'joined' | 'left'; firstName: string; others: number };
export type Waiting = { joined: ReadonlyMap<string, string>; left: ReadonlyMap<string, string> };

export const NO_NEWS: Waiting = { joined: new Map(), left: new Map() };

/** Adds the changes of the roster to the waiting news. One who came and went unannounced is no news. */
export function gather(
  waiting: Waiting,
  before: readonly Participant[],
  now: readonly Participant[],
  selfPeerId: string,
): Waiting {
  const joined = new Map(waiting.joined);
  const left = new Map(waiting.left);
  const namesBefore = namesOf(before, selfPeerId);
  const namesNow = namesOf(now, selfPeerId);
  for (const [peerId, name] of namesNow) {
    if (namesBefore.has(peerId) || left.delete(peerId)) continue;
    joined.set(peerId, name);
  }
  for (const [peerId, name] of namesBefore) {
    if (namesNow.has(peerId) || joined.delete(peerId)) continue;
    left.set(peerId, name);
  }
  return { joined, left };
}

/** The next news to show, and the rest that still waits. Arrivals first. */
export function next(waiting: Waiting): { news: News | null; rest: Waiting } {
  for (const kind of ['joined', 'left'] as const) {
    const [firstName] = waiting[kind].values();
    if (firstName === undefined) continue;
    return { news: { kind, firstName, others: waiting[kind].size - 1 }, rest: { ...waiting, [kind]: new Map() } };
  }
  return { news: null, rest: waiting };
}

const namesOf = (participants: readonly Participant[], selfPeerId: string): Map<string, string> =>
  new Map(
    participants.filter(({ peerId }) => peerId !== selfPeerId).map(({ peerId, displayName }) => [peerId, displayName]),
  );
