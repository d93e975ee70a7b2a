/** A call's notifications to its owner: events for the fleet, and gone peers for the registry. */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallEvent } from '#contract/node-link.ts';
import type { EndReason } from '#contract/room-state.ts';
import type { Peer } from './peer.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event for the fleet, before it gets an id and a time. */
export type CallEventDraft = DistributiveOmit<CallEvent, 'eventId' | 'atMs' | 'callId' | 'meetingId'>;

export type CallListener = {
  onEvent: (draft: CallEventDraft) => void;
  onPeerGone: (peer: Peer, code: ErrorCode | null) => void;
  /** null: nobody ever joined, so that it never was a call for others */
  onClosed: (reason: EndReason | null) => void;
};
