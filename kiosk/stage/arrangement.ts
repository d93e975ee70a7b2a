/**
 * The order in which people stand on the stage, kept from one moment to the next: the first to come stays
 * first, a leaver makes room, and a speaker on a later page changes places with the person on the first page who was
 * silent the longest. Pure. layout.ts decides where they stand on the wall.
 */
import type { Participant } from '#contract/room-state.ts';

export type Arrangement = {
  /** everyone but this client's own peer */
  order: readonly string[];
  /** by the held speaker, latest first */
  recentSpeakers: readonly string[];
  /** who shares a screen, the latest to begin first */
  sharers: readonly string[];
  /** `isNewest`: nobody began to share a screen after it. null: none is shown */
  document: { documentId: string; isNewest: boolean } | null;
};

export const NOBODY_HERE: Arrangement = { order: [], recentSpeakers: [], sharers: [], document: null };

export type ArrangementInput = {
  participants: readonly Participant[];
  selfPeerId: string | null;
  /** held, not raw */
  speakerPeerId: string | null;
  tilesPerPage: number;
  /** this client sees what it shares itself */
  ownScreenShown?: boolean;
  /** null: none is shown */
  documentId?: string | null;
};

export function arrange(previous: Arrangement, moment: ArrangementInput): Arrangement {
  const others = moment.participants.filter((p) => p.peerId !== moment.selfPeerId);
  const here = new Set(others.map((p) => p.peerId));
  const stayed = previous.order.filter((peerId) => here.has(peerId));
  const known = new Set(stayed);
  const order = [...stayed, ...others.map((p) => p.peerId).filter((peerId) => !known.has(peerId))];

  const { selfPeerId, ownScreenShown = false } = moment;
  const sharing = moment.participants
    .filter((p) => (p.peerId === selfPeerId ? ownScreenShown : p.sharesScreen))
    .map((p) => p.peerId);
  const wasSharing = previous.sharers.filter((peerId) => sharing.includes(peerId));
  const begun = sharing.filter((peerId) => !wasSharing.includes(peerId));
  const sharers = [...begun, ...wasSharing];

  const speaker = moment.speakerPeerId !== null && here.has(moment.speakerPeerId) ? moment.speakerPeerId : null;
  const spoke = previous.recentSpeakers.filter((peerId) => here.has(peerId) && peerId !== speaker);
  const recentSpeakers = speaker === null ? spoke : [speaker, ...spoke];

  return {
    order: bringForward(order, recentSpeakers, moment.tilesPerPage),
    recentSpeakers,
    sharers,
    document: documentAfter(previous, moment.documentId ?? null, begun.length > 0, sharers.length > 0),
  };
}

/** Another document is as new as the first; who comes late finds the document large. */
function documentAfter(
  { document: before }: Arrangement,
  documentId: string | null,
  hasScreenBegun: boolean,
  isScreenShared: boolean,
): Arrangement['document'] {
  if (documentId === null) return null;
  const isNew = before?.documentId !== documentId;
  return { documentId, isNewest: isNew || !isScreenShared || (before.isNewest && !hasScreenBegun) };
}

/** One exchange of places, so that only two tiles move. */
function bringForward(order: string[], recentSpeakers: readonly string[], tilesPerPage: number): string[] {
  const speaker = recentSpeakers[0];
  const from = speaker === undefined ? -1 : order.indexOf(speaker);
  if (from < tilesPerPage || tilesPerPage < 1) return order;
  const silence = (peerId: string): number => {
    const rank = recentSpeakers.indexOf(peerId);
    return rank === -1 ? Number.POSITIVE_INFINITY : rank;
  };
  let to = 0;
  for (let index = 0; index < tilesPerPage; index += 1) {
    // `>=`: of those equally silent the one furthest back goes
    if (silence(order[index]!) >= silence(order[to]!)) to = index;
  }
  const swapped = [...order];
  [swapped[to], swapped[from]] = [order[from]!, order[to]!];
  return swapped;
}

export const sameArrangement = (a: Arrangement, b: Arrangement): boolean =>
  same(a.order, b.order) &&
  same(a.recentSpeakers, b.recentSpeakers) &&
  same(a.sharers, b.sharers) &&
  a.document?.documentId === b.document?.documentId &&
  a.document?.isNewest === b.document?.isNewest;

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((peerId, index) => peerId === b[index]);
