/**
 * One connection of a participant or room to a call: its identity, its rights, its state in the roster, and its line to
 * the client. Prepared at first, then in the roster; its media is a part that may be replaced.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MeetingRole } from '#contract/call-order.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { CallPermissions } from '#contract/grants.ts';
import type { RtpCapabilities } from '#contract/media-parameters.ts';
import type { CameraState, MicrophoneState, Participant } from '#contract/room-state.ts';
import type { SignalingNotification, View } from '#contract/signaling.ts';
import type { CallProducer } from './call-producer.ts';
import type { Forwarding } from './forwarding.ts';
import type { PeerMedia } from './peer-media.ts';
import type { AdmittedClaims } from './token-admission.ts';

/** The way back to the client. After `close` nothing more is sent on it. */
export type PeerLine = {
  /** where the client comes from: for limits, and for what its grant allows */
  readonly network: string;
  readonly address: string;
  /**
   * `text` is the notification, serialised once for all who get it. `isPassing`: the next of its kind replaces it, and for a
   * client that is behind only the latest is sent
   */
  notify: (text: string, isPassing?: boolean) => void;
  /** null: a good end, which needs no code */
  close: (code: ErrorCode | null) => void;
};

export type PeerStage = 'prepared' | 'joined' | 'closed';

export class Peer {
  readonly peerId: string;
  readonly claims: AdmittedClaims;
  /** by its token, until the fleet sets others: `OrderInCall.permit` */
  granted: CallPermissions;
  /** what it may do: by what is granted, its role and the order in the call */
  permissions: CallPermissions;
  role: MeetingRole;
  /** nothing of its sound is forwarded */
  staysMuted = false;
  /** null: it is down */
  handRaisedAtMs: number | null = null;
  /** counts up in the call; who is in longest has the lowest */
  joinedAt = 0;
  /** shown to the client alone; resumes this peer */
  readonly resumeSecret = randomBytes(32).toString('base64url');
  readonly producers = new Map<string, CallProducer>();
  stage: PeerStage = 'prepared';
  /** by the fleet; null: the client sends its own */
  givenName: string | null;
  displayName: string;
  microphone: MicrophoneState = 'absent';
  camera: CameraState = 'absent';
  sharesScreen = false;
  view: View = { kind: 'auto', maxTiles: 0, tileHeightPx: 0 };
  /** null: dropped, its place kept */
  line: PeerLine | null;
  /** whether the client has its snapshot, so that changes mean something to it */
  live = false;
  /** whether consumers are kept ready for it before it has joined */
  followsAhead = false;
  media: PeerMedia | null = null;
  forwarding: Forwarding | null = null;
  rtpCapabilities: RtpCapabilities | null = null;
  /** of the stage: prepared too long, or away too long */
  deadline: NodeJS.Timeout | null = null;

  constructor(claims: AdmittedClaims, line: PeerLine) {
    this.peerId = claims.sub;
    this.claims = claims;
    this.granted = CallPermissions.parse(claims);
    this.permissions = this.granted;
    this.role = claims.role;
    this.givenName = claims.displayName;
    this.displayName = claims.displayName ?? '';
    this.line = line;
  }

  get participant(): Participant {
    return {
      peerId: this.peerId,
      displayName: this.displayName,
      peerKind: this.claims.peerKind,
      microphone: this.microphone,
      camera: this.camera,
      sharesScreen: this.sharesScreen,
      role: this.role,
      isGuest: this.claims.isGuest,
      organisation: this.claims.organisation ?? null,
      handRaisedAtMs: this.handRaisedAtMs,
      staysMuted: this.staysMuted,
      connection: this.line ? 'connected' : 'away',
    };
  }

  /** It is there, and sound and picture do not get through. */
  isBlocked(nowMs: number): boolean {
    return this.line !== null && (this.media?.isBlocked(nowMs) ?? false);
  }

  /** It records or broadcasts: listed, not counted, and no reason for the call to go on. */
  get isProgram(): boolean {
    return this.claims.peerKind === 'program';
  }

  /** Its client's report. A device of a source that it may not publish is absent. */
  report({ microphone, camera }: { microphone: MicrophoneState; camera: CameraState }): void {
    const { publishes } = this.permissions;
    const heard = this.staysMuted && microphone === 'on' ? 'muted' : microphone;
    this.microphone = publishes.includes('microphone') ? heard : 'absent';
    this.camera = publishes.includes('camera') ? camera : 'absent';
  }

  knows(secret: string): boolean {
    return timingSafeEqual(sha256(secret), sha256(this.resumeSecret));
  }

  producerOf(source: CallProducer['source']): CallProducer | undefined {
    return [...this.producers.values()].find((candidate) => candidate.source === source);
  }

  notify(notification: SignalingNotification): void {
    this.line?.notify(JSON.stringify(notification));
  }

  expireIn(ms: number, expired: () => void): void {
    this.stay();
    this.deadline = setTimeout(expired, ms);
  }

  stay(): void {
    if (this.deadline) clearTimeout(this.deadline);
    this.deadline = null;
  }

  /** Transports, and with them producers and consumers. The reported states stay as they are. */
  closeMedia(): void {
    this.forwarding?.close();
    this.media?.close();
    this.forwarding = null;
    this.media = null;
  }

  /** Twice is harmless. */
  close(code: ErrorCode | null): void {
    if (this.stage === 'closed') return;
    this.stage = 'closed';
    this.live = false;
    this.stay();
    this.closeMedia();
    this.line?.close(code);
    this.line = null;
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
