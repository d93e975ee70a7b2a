/** The state from which a page draws a call: one immutable value, and pure functions that apply the node's messages. */
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { type CallOrder, type MeetingRole, OPEN_ORDER } from '#contract/call-order.ts';
import type { ChatMessage } from '#contract/chat.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallPermissions, DocumentAccess } from '#contract/grants.ts';
import type { SeenPoll } from '#contract/polls.ts';
import type { Participant, ReportedEndReason } from '#contract/room-state.ts';
import type { DocumentHeading } from '#contract/shared-document.ts';
import type { CallSnapshot, SignalingNotification } from '#contract/signaling.ts';
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import type { WithdrawnDocument } from './followed-document.ts';
import type { LocalState } from './local-media.ts';
import type { BlockedMedia } from './media-path.ts';
import type { MediaWay } from './media-way.ts';
import type { StreamsByPeer } from './remote-streams.ts';

export type CallPhase =
  /** nothing is prepared (any more) */
  | { readonly name: 'idle' }
  | { readonly name: 'preparing' }
  /** transports are connected or about to be: `join` takes one round trip */
  | { readonly name: 'prepared'; readonly peerId: string }
  | { readonly name: 'joining' }
  | {
      readonly name: 'joined';
      readonly callId: string;
      readonly peerId: string;
      readonly meetingTitle: string;
      readonly startedAtMs: number;
      readonly connection: 'connected' | 'reconnecting';
    }
  | {
      readonly name: 'ended';
      readonly callId: string;
      readonly reason: ReportedEndReason;
      /** we left, and nobody else was there */
      readonly wasLast?: true;
    }
  | { readonly name: 'failed'; readonly code: ErrorCode }
  | { readonly name: 'closed' };

export type CallState = {
  readonly phase: CallPhase;
  /** by grant, role and order, as they are now: what the node refuses is not offered. null: not admitted yet */
  readonly permissions: CallPermissions | null;
  /** null: not admitted yet */
  readonly role: MeetingRole | null;
  /** what the hosts have set for everybody else */
  readonly order: CallOrder;
  /** whether the call is on air or recorded */
  readonly air: CallAir;
  /** in the node's order; the oldest may be left out (`CallClient.readOlderChat`) */
  readonly chat: readonly ChatMessage[];
  /** ids of recalled messages, also of the meeting's from before the call, which are not in `chat` */
  readonly recalledChat: readonly string[];
  /** by message, how many have read it: of our own newest ones */
  readonly chatReads: ReadonlyMap<string, number>;
  /** in their order, with our own answers; one at most runs */
  readonly polls: readonly SeenPoll[];
  /** whether it is on air or written, as far as is known: also before we join, where `air` and `transcript` say nothing yet */
  readonly announced: AnnouncedCall;
  /** whether what is spoken is written */
  readonly transcript: CallTranscript;
  /** the newest stretches of speech, as they came; the oldest are left out */
  readonly captions: readonly TranscriptSegment[];
  /** all who are in, this peer included, as the node has them */
  readonly participants: readonly Participant[];
  /**
   * What is shown, as the node has it, without the pointer and the drawing of `CallClient.document`, which change many times a
   * second. null: nothing, or nothing that we may view
   */
  readonly document: DocumentHeading | null;
  /** why the last document went without anybody stopping it, until the next is shown; null: it did not */
  readonly withdrawn: WithdrawnDocument | null;
  /** lets us at the pages; null: the grant came without, or we came back by a ticket alone */
  readonly documentAccess: DocumentAccess | null;
  readonly streams: StreamsByPeer;
  /** raw, from the node; the stage holds it */
  readonly activeSpeakerPeerId: string | null;
  readonly local: LocalState;
  /** sound and picture do not get through, though the node answers; null: they do */
  readonly blocked: BlockedMedia | null;
  /** which way they travel; null: not known yet */
  readonly way: MediaWay | null;
  /** who muted us last, until we unmute */
  readonly mutedByPeerId: string | null;
  /** how often we opened our microphone in vain, because a host keeps it muted */
  readonly keptMutedTimes: number;
};

export type AnnouncedCall = { readonly air: CallAir; readonly transcript: CallTranscript };
export const NOTHING_ANNOUNCED: AnnouncedCall = { air: OFF_AIR, transcript: NO_TRANSCRIPT };

export type CallRoster = Pick<CallState, 'participants' | 'activeSpeakerPeerId' | 'order' | 'air'>;
export const NO_ROSTER: CallRoster = { participants: [], activeSpeakerPeerId: null, order: OPEN_ORDER, air: OFF_AIR };

export function rosterOf({ participants, activeSpeakerPeerId, order, air }: CallSnapshot): CallRoster {
  return { participants, activeSpeakerPeerId, order, air };
}

/** Deltas over the snapshot. A peer that arrives twice is one; a change of an unknown peer is a join. */
export function followRoster(roster: CallRoster, notification: SignalingNotification): CallRoster {
  switch (notification.event) {
    case 'participant-joined':
    case 'participant-changed': {
      const { participant } = notification.data;
      const known = roster.participants.some(({ peerId }) => peerId === participant.peerId);
      const participants = known
        ? roster.participants.map((other) => (other.peerId === participant.peerId ? participant : other))
        : [...roster.participants, participant];
      return { ...roster, participants };
    }
    case 'participant-left': {
      const { peerId } = notification.data;
      return {
        ...roster,
        participants: roster.participants.filter((other) => other.peerId !== peerId),
        activeSpeakerPeerId: roster.activeSpeakerPeerId === peerId ? null : roster.activeSpeakerPeerId,
      };
    }
    case 'order-changed':
      return { ...roster, order: notification.data };
    case 'air-changed':
      return { ...roster, air: notification.data };
    case 'active-speaker':
      return { ...roster, activeSpeakerPeerId: notification.data.peerId };
    default:
      return roster;
  }
}
