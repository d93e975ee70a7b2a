/**
 * Who came and who went, as the TV tells it: one piece of news at a time; what happens meanwhile is told together, so
 * that thirty arrivals are not two minutes of news. Pure.
 */
import type { Participant } from '#contract/room-state.ts';

export type News = { kind: 'joined' | 'left'; firstName: string; others: number };
export type Waiting = { joined: ReadonlyMap<string, string>; left: ReadonlyMap<string, string> };

export const NO_NEWS: Waiting = { joined: new Map(), left: new Map() };

/** What changed in the roster, on top of what still waits. One who came and went unannounced is no news. */
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

/** The next to tell and what then still waits. Arrivals first. */
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
