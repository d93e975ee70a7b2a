/**
 * The tables as TypeScript sees them (columns are snake_case in the database). Ids are UUIDv7 text, times epoch
 * milliseconds, yes or no is 1 or 0: SQLite and PostgreSQL both keep these without translation.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DocumentState } from '#contract/http/documents-api.ts';
import type { Role, Scope } from '#contract/http/permissions.ts';

type CallState = 'prepared' | 'open' | 'ended';

/** authority.sqlite: identities, rights, bookings, audit. Lost writes would be lies, so FULL. */
export type AuthorityTables = {
  room: {
    roomId: string;
    roomName: string;
    createdAtMs: number;
    /** kept for what refers to it */
    removedAtMs: number | null;
  };
  /** `roomId`: whose standing meeting it is; null: a booking's, see bookingMeeting. `endedAtMs`: its room was removed */
  meeting: {
    meetingId: string;
    roomId: string | null;
    title: string;
    createdAtMs: number;
    endedAtMs: number | null;
    /** a DocumentPolicy as JSON; null: the default */
    documentPolicy: string | null;
  };
  document: {
    documentId: string;
    meetingId: string;
    /** `holder` of the token that announced it */
    uploader: string;
    title: string;
    state: DocumentState;
    /** as announced */
    sizeBytes: number;
    /** so much of it is on the disk, synced */
    receivedBytes: number;
    /** what the quota counts: the announced size, then that of its pages */
    heldBytes: number;
    pageCount: number | null;
    failure: ErrorCode | null;
    createdAtMs: number;
    /** a part came, or a page was fetched */
    usedAtMs: number;
  };
  /** `bookingId`: the kiosk's hash over its calendar, the same after each reading */
  bookingMeeting: { roomId: string; bookingId: string; meetingId: string };
  claim: { codeHash: string; roomId: string; expiresAtMs: number; usedAtMs: number | null };
  certificate: {
    serial: string;
    identity: string;
    issuedAtMs: number;
    /** brought forward when a renewed one takes its place */
    expiresAtMs: number;
    revokedAtMs: number | null;
  };
  pairing: {
    pairingId: string;
    roomId: string;
    tokenHash: string;
    createdAtMs: number;
    lastUsedAtMs: number;
    revokedAtMs: number | null;
    /** a tablet stays until it is revoked */
    kind: 'phone' | 'tablet' | 'laptop';
    tabletName: string | null;
  };
  tabletCode: {
    codeHash: string;
    roomId: string;
    tabletName: string;
    expiresAtMs: number;
    usedAtMs: number | null;
  };
  usedPairingCode: { sha256: string; expiresAtMs: number };
  call: {
    callId: string;
    meetingId: string;
    nodeId: string;
    nodeInstanceId: string;
    state: CallState;
    participantCount: number;
    createdAtMs: number;
    openedAtMs: number | null;
    endedAtMs: number | null;
    endReason: string | null;
  };
  callEvent: { eventId: string; callId: string; atMs: number };
  invite: {
    inviteId: string;
    meetingId: string;
    displayName: string | null;
    createdAtMs: number;
    expiresAtMs: number;
    revokedAtMs: number | null;
    /** how many holders it lets in at a time */
    seats: number;
    /** lets nobody new in: somebody who came by it was removed */
    closedAtMs: number | null;
  };
  /** Which peer came in by which invite, so that revoking the invite reaches it. `holder`: the same for each entry of one person. */
  guestEntry: {
    peerId: string;
    callId: string;
    inviteId: string;
    atMs: number;
    holder: string;
    /** null: the grant was given and not used yet */
    joinedAtMs: number | null;
    /** by somebody in the call who has the right */
    removedAtMs: number | null;
    /** by which it joined */
    displayName: string | null;
  };
  account: {
    accountId: string;
    userName: string;
    passwordHash: string;
    mustChangePassword: 0 | 1;
    createdAtMs: number;
  };
  /** `scopeId`: the room's; empty for the organisation */
  roleGrant: { accountId: string; role: Role; scopeKind: Scope['kind']; scopeId: string; grantedAtMs: number };
  session: { tokenHash: string; accountId: string; createdAtMs: number; lastUsedAtMs: number; expiresAtMs: number };
  knownNetwork: { accountId: string; networkHash: string };
  audit: {
    seq: number;
    atMs: number;
    kind: string;
    actor: string;
    subject: string;
    details: string;
    previousHash: string;
    hash: string;
  };
  /** `settings`: a StoredSettings as JSON; `report`: the RoomSettingsReport of the present kiosk as JSON, null: none yet */
  roomSettings: { roomId: string; revision: number; settings: string; report: string | null };
  setting: { name: string; value: string };
};

/** telemetry.sqlite: what is reported again anyway, in one row per room and node, and the newest of each room's events. */
export type TelemetryTables = {
  roomReport: { roomId: string; lastSeenMs: number };
  /** `value`: the last one as it came, as JSON */
  roomProjection: { roomId: string; name: string; value: string; receivedAtMs: number };
  nodeReport: { nodeId: string; instanceId: string; signalingUrl: string; lastSeenMs: number };
  /** `position` counts as they came in: a box whose file was lost counts its own `sequence` from the start again */
  roomEvent: {
    roomId: string;
    position: number;
    eventId: string;
    sequence: number;
    receivedAtMs: number;
    /** the RoomEvent, as JSON */
    event: string;
  };
  roomEventReceipt: { roomId: string; upToSequence: number; lastPosition: number };
};
