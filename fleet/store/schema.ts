/**
 * The tables as TypeScript sees them (columns are snake_case in the database). Ids are UUIDv7 text, times epoch
 * milliseconds, yes or no is 1 or 0: SQLite and PostgreSQL both keep these without translation.
 */
import type { BroadcastKind, BroadcastPhase } from '#contract/broadcast.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DeliveryFailure } from '#contract/http/alerts-api.ts';
import type { RecordingState } from '#contract/http/broadcasts-api.ts';
import type { DocumentState } from '#contract/http/documents-api.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import type { SignInMethod } from '#contract/http/people-api.ts';
import type { AttendeeKind } from '#contract/http/record-api.ts';
import type { RepetitionRhythm } from '#contract/meeting-repetition.ts';
import type { HelpState, HelpTopic } from '#contract/help-request.ts';
import type { RoomActionState } from '#contract/room-action.ts';
import type { ServiceState } from '#contract/room-service.ts';
import type { Language } from '#contract/schema.ts';
import type { FeedRefusal } from '#contract/update-feed.ts';
import type { Severity, SignalName } from '#contract/signals.ts';
import type { PlaceKind, Role, Scope } from '#contract/http/permissions.ts';
import type { HealthState } from '#contract/http/rooms-api.ts';
import type { Generated } from 'kysely';

type CallState = 'prepared' | 'open' | 'ended';

/** authority.sqlite: identities, rights, bookings, audit. Lost writes would be lies, so FULL. */
export type AuthorityTables = {
  room: {
    roomId: string;
    roomName: string;
    createdAtMs: number;
    /** kept for what refers to it */
    removedAtMs: number | null;
    /** null: directly below the organisation */
    placeId: string | null;
    service: Generated<ServiceState>;
    serviceSinceMs: Generated<number>;
    serviceUntilMs: Generated<number | null>;
    serviceReason: Generated<string>;
  };
  place: {
    placeId: string;
    parentId: string | null;
    kind: PlaceKind;
    placeName: string;
    /** a MeetingPolicy as JSON, of the meetings made here; null: as above it */
    meetingPolicy: string | null;
    /** AddressRanges as JSON, of those who come into meetings here; empty: any */
    allowedRanges: string;
    createdAtMs: number;
    /** a RecordPolicy as JSON; null: none of its own */
    recordPolicy: Generated<string | null>;
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
    /** whose it is; null: a room's */
    hostAccountId: string | null;
    startsAtMs: number | null;
    endsAtMs: number | null;
    /** a MeetingPolicy as JSON; null: as its place has it */
    policy: string | null;
    /** of its calendar entry, RFC 5545 */
    sequence: Generated<number>;
    cancelledAtMs: number | null;
    /** its lines */
    agenda: Generated<string>;
    /** of what is written about it: that in which its host made it */
    language: Generated<Language>;
    /** how long its hosts keep what it leaves behind, at most; null: as its place has it */
    recordKeptDays: Generated<number | null>;
    /** minutes of sittings up to here were deleted when their time was over: they are not written again */
    minutesUpToMs: Generated<number>;
    /** one id for all meetings of a series; null: of none */
    seriesId: string | null;
    /** by which its host's page asked for it, so that it is made once; null: none was named */
    requestId: string | null;
    /** of the last change of it and of those that follow, so that it is made once; null: none was named */
    changeRequestId: string | null;
    /** see repetition; null: it was made alone */
    repetitionId: string | null;
    /** of one that repeats: when it was to begin as they were made, by which calendars know it */
    occurrenceAtMs: number | null;
  };
  /** Meetings that were made together because they repeat. `repetitionId`: the UID of their one calendar entry. */
  repetition: {
    repetitionId: string;
    every: RepetitionRhythm;
    /** IANA name, in whose time they are at the same hour */
    timeZone: string;
    durationMinutes: number;
    /** of the entry as a whole, RFC 5545 */
    sequence: Generated<number>;
  };
  /** Rooms of a meeting that a person made. */
  meetingRoom: { meetingId: string; roomId: string };
  /** `inviteId`: by which a guest comes in */
  meetingPerson: {
    personId: string;
    meetingId: string;
    accountId: string | null;
    displayName: string;
    email: string | null;
    role: MeetingRole;
    inviteId: string | null;
    addedAtMs: number;
    /** of who was invited to meetings that repeat by one mail: the person of the first of them, the same in all; null: by a mail of its own */
    invitedAs: string | null;
    /** 1: a room's calendar named the person, and takes them back */
    isOfCalendar: Generated<number>;
  };
  /** A knock: see waiting.ts of the contract. One of each person and meeting; a person who knocks again has a new secret. */
  ticket: {
    ticketId: string;
    ticketHash: string;
    meetingId: string;
    inviteId: string | null;
    accountId: string | null;
    /** PersonKey, or `room:…` */
    person: string;
    displayName: string;
    organisation: string | null;
    network: string;
    state: 'waiting' | 'admitted' | 'declined' | 'left';
    createdAtMs: number;
    /** its page was there */
    seenAtMs: number;
    /** of who waits or has gone: who declined them before, and when */
    decidedBy: string | null;
    decidedAtMs: number | null;
  };
  /** A guest whom somebody has declined and nobody has let in since. It outlives the knock, and names nobody. */
  refusedGuest: {
    meetingId: string;
    /** PersonKey */
    person: string;
  };
  mail: {
    mailId: string;
    kind:
      | 'meeting-request'
      | 'repetition-request'
      | 'repetition-change'
      | 'meeting-change'
      | 'meeting-cancel'
      | 'meeting-minutes'
      | 'account-invite'
      | 'chat-mention';
    meetingId: string | null;
    /** who is or was in the meeting */
    personId: string | null;
    /** that a link was made for; the host's, of minutes */
    accountId: string | null;
    /** by whose act, as the audit log names them */
    sender: string;
    /** what is sent, as JSON; empty once it is sent or given up */
    message: string;
    createdAtMs: number;
    nextTryAtMs: number;
    tries: number;
    sentAtMs: number | null;
    /** why it is given up */
    failure: string | null;
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
  broadcast: {
    broadcastId: string;
    meetingId: string;
    kind: BroadcastKind;
    title: string;
    phase: BroadcastPhase;
    /** an Audience as JSON; of a recording nobody's */
    audience: string;
    /** a BroadcastQuality as JSON */
    quality: string;
    /** a ProgramStage as JSON */
    stage: string;
    /** as the audit log names them */
    createdBy: string;
    createdAtMs: number;
    /** null: by hand */
    startsAtMs: number | null;
    /** of a countdown: when it will be; else since when it is or was */
    liveAtMs: number | null;
    /** by hand, so that its time does not open it again */
    greenRoomClosedAtMs: number | null;
    endedAtMs: number | null;
    peakWatching: Generated<number>;
    recording: RecordingState;
    durationMs: number | null;
    sizeBytes: number | null;
    /** of the recording: since when it is kept, moved with the clock */
    keptSinceMs: number | null;
    /** of the recording: when it was deleted */
    deletedAtMs: number | null;
  };
  chapter: { broadcastId: string; atMs: number; kind: string; title: string };
  /** One of a session or a room: a session that ended, or a room that was removed, is revoked. */
  viewing: {
    viewingId: string;
    sessionId: string | null;
    accountId: string | null;
    roomId: string | null;
    /** that its newest token opens, the newest first, as JSON */
    broadcastIds: string;
    /** of its newest token */
    expiresAtMs: number;
    revokedAtMs: number | null;
  };
  /** `bookingId`: the kiosk's hash over its calendar, the same after each reading */
  bookingMeeting: {
    roomId: string;
    bookingId: string;
    meetingId: string;
    /** of a booking that repeats: the kiosk's hash over calendar and UID; null: by itself, or not reported */
    seriesKey: Generated<string | null>;
    /** accounts that its calendar named last, without the host, as JSON */
    invited: Generated<string>;
    /** a hash over all that its calendar was last found to say; '': nothing was reported of it */
    reported: Generated<string>;
  };
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
    /** when its person last proved to be in the room; null: at the pairing */
    provenAtMs: number | null;
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
    /** a CallOrder as JSON, as its node reported it last; null: the open one */
    callOrder: string | null;
  };
  /** The record of its meeting was deleted then. `isWhole`: the call was over, and nothing of it is kept any more */
  callWithoutRecord: { callId: string; deletedAtMs: number; isWhole: 0 | 1 };
  /** of a call, as its node reported it; `poll` a CallPoll as JSON */
  poll: { callId: string; pollId: string; meetingId: string; startedAtMs: number; poll: string };
  /** by a host; `draft` a PollDraft as JSON */
  preparedPoll: { preparedPollId: string; meetingId: string; preparedAtMs: number; draft: string };
  /** What was spoken in a meeting's calls. */
  transcript: {
    callId: string;
    segmentId: string;
    meetingId: string;
    /** counts up in the meeting */
    number: number;
    /** counts up in the meeting with each segment and each deletion */
    revision: number;
    /** who spoke, as entries name them; null: a room, or it is deleted */
    person: string | null;
    displayName: string;
    /** empty once it is deleted */
    text: string;
    /** as the node's clock was converted to the fleet's */
    fromMs: number;
    untilMs: number;
    /** by so much these may be off, either way; null: the node's clock was not measured */
    offMs: number | null;
    deletedAtMs: number | null;
  };
  callEvent: { eventId: string; callId: string; atMs: number };
  /** What is written in a meeting: before, during and after its calls. */
  chatPost: {
    meetingId: string;
    /** chosen by its writer */
    messageId: string;
    /** counts up in the meeting */
    number: number;
    /** counts up in the meeting with each post and each change of one */
    revision: number;
    /** in which call it was written; null: on the meeting's page */
    callId: string | null;
    /** who wrote it, as entries name them */
    person: string;
    /** empty: it was recalled, and is still to come from its node */
    displayName: string;
    isGuest: 0 | 1;
    /** empty once it is recalled */
    text: string;
    atMs: number;
    recalledAtMs: number | null;
    /** messageId of the one that it answers */
    replyTo: string | null;
    /** whom it names, as JSON: person and name of each */
    mentioned: string;
  };
  /** The newest message that a page of the person showed; of guests too. */
  chatRead: { meetingId: string; person: string; displayName: string; number: number };
  /** Of an account that a message names, until it is read or recalled. */
  chatMention: {
    meetingId: string;
    messageId: string;
    accountId: string;
    /** of the message */
    number: number;
    atMs: number;
    /** null: no mail told of it */
    mailedAtMs: number | null;
  };
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
    /** as the audit log names its maker; null: made before makers were kept */
    createdBy: string | null;
  };
  /**
   * Each entry into a call, by an invite, an account, a ticket: what ends that right reaches the peer. A room of the meeting has
   * one once it has joined.
   */
  entry: {
    peerId: string;
    callId: string;
    inviteId: string | null;
    accountId: string | null;
    ticketId: string | null;
    atMs: number;
    /** PersonKey, or `room:…`: the same for each entry of one person */
    person: string;
    /** as its node reported it last, else as it was granted */
    role: MeetingRole;
    /** the change on the staff page that made it so; null: its grant or its node did */
    roleChangeId: string | null;
    /** null: the grant was given and not used yet */
    joinedAtMs: number | null;
    /** null: it is in the call, or not yet */
    leftAtMs: number | null;
    /** by somebody in the call who has the right */
    removedAtMs: number | null;
    /** by which it joined */
    displayName: string | null;
  };
  /** One peer in a call, from its coming to its going, by the clock of the call's node. */
  stay: {
    /** of the event that began it */
    stayId: string;
    meetingId: string;
    callId: string;
    peerId: string;
    /** the same for each stay of one person or room */
    person: string;
    kind: AttendeeKind;
    accountId: string | null;
    displayName: string;
    joinedAtMs: number;
    /** null: it goes on, or nobody reported its end */
    leftAtMs: number | null;
    /** the last sign of life of its call */
    seenAtMs: number;
  };
  /** A page of a document that was shown in a call for more than a moment. */
  pageShown: {
    shownId: string;
    meetingId: string;
    documentId: string;
    title: string;
    page: number;
    fromMs: number;
    untilMs: number;
  };
  /** Of one sitting: the meeting's calls from one that began to the last one that ended. */
  minutes: {
    minutesId: string;
    meetingId: string;
    startedAtMs: number;
    endedAtMs: number;
    language: Language;
    /** a MinutesFacts as JSON */
    facts: string;
    /** Markdown, as its host corrected it */
    text: string;
    /** counts the corrections */
    revision: Generated<number>;
    /** null: a draft, which hosts see */
    sentAtMs: number | null;
    /** 1: the engine of summaries is still to be asked */
    summaryDue: Generated<0 | 1>;
  };
  /** A message of the chat that a host puts into the minutes; `minutesId` once they are written */
  markedMessage: { meetingId: string; messageId: string; markedAtMs: number; minutesId: string | null };
  /** `issuer` and `subject` are who it is; `userName` is what people read and local ones type. */
  account: {
    accountId: string;
    issuer: string;
    subject: string;
    userName: string;
    displayName: string;
    email: string | null;
    placeId: string | null;
    createdAtMs: number;
    disabledAtMs: number | null;
    lastSignedInAtMs: number | null;
    /** when its directory last confirmed it; null: a local one */
    checkedAtMs: number | null;
    /** names of its directory's groups, as JSON */
    groups: Generated<string>;
    /** in which its own page was shown last; null: not known */
    language: Generated<Language | null>;
  };
  /** Of a local account that has chosen one. */
  password: { accountId: string; passwordHash: string; mustChange: 0 | 1 };
  accountInvite: { codeHash: string; accountId: string; expiresAtMs: number; usedAtMs: number | null };
  apiToken: {
    tokenId: string;
    tokenHash: string;
    /** who made it: it can do no more than its maker, and ends with them */
    accountId: string;
    tokenName: string;
    /** Permissions as JSON */
    permissions: string;
    scopeKind: Scope['kind'];
    scopeId: string;
    createdAtMs: number;
    expiresAtMs: number;
    lastUsedAtMs: number | null;
    revokedAtMs: number | null;
  };
  /** `scopeId`: the room's or the place's; empty for the organisation */
  roleGrant: { accountId: string; role: Role; scopeKind: Scope['kind']; scopeId: string; grantedAtMs: number };
  session: {
    sessionId: string;
    tokenHash: string;
    accountId: string;
    method: SignInMethod;
    /** the last time that its person proved to be who they are */
    authenticatedAtMs: number;
    createdAtMs: number;
    lastUsedAtMs: number;
    expiresAtMs: number;
    browser: string;
    network: string;
    /** the provider's name for its own session, by which it ends ours */
    openidSid: string | null;
  };
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
  /**
   * What is desired of a room, by all scopes together. `settings`: a StoredSettings as JSON; `report`: the RoomSettingsReport of the
   * present kiosk as JSON, null: none yet
   */
  roomSettings: {
    roomId: string;
    /** counts the changes of `settings` */
    desiredRevision: number;
    settings: string;
    report: string | null;
    reportedAtMs: number | null;
  };
  /** What the organisation, a place or a room sets for itself. `own`: values by section and field as JSON; `locks`: names of fields by section */
  settingsScope: { scopeKind: Scope['kind']; scopeId: string; revision: number; own: string; locks: string };
  settingsVersion: {
    scopeKind: Scope['kind'];
    scopeId: string;
    revision: number;
    atMs: number;
    /** as the audit log names them */
    author: string;
    reason: string;
    own: string;
    locks: string;
    /** of a SettingsVersion, as JSON */
    changes: string;
  };
  signagePicture: { signageKey: string; fileName: string; sizeBytes: number; addedBy: string; addedAtMs: number };
  /** One that is open for each signal and room or place: a unique index holds that. */
  alert: {
    alertId: string;
    signal: SignalName;
    severity: Severity;
    roomId: string | null;
    placeId: string | null;
    /** as JSON */
    facts: string;
    sinceMs: number;
    openedAtMs: number;
    closedAtMs: number | null;
    inhibitedBy: string | null;
    acknowledgedBy: string | null;
    acknowledgedAtMs: number | null;
    acknowledgedNote: string | null;
  };
  alertTarget: {
    targetId: string;
    kind: 'mail' | 'webhook';
    targetName: string;
    /** address or URL */
    destination: string;
    placeId: string | null;
    atLeast: Severity;
    language: Language;
    /** of a webhook: a JWE, for the key in the data directory */
    secret: string | null;
    /** signs beside `secret` until then, so that a receiver has time to change */
    formerSecret: string | null;
    formerUntilMs: number | null;
    createdBy: string;
    createdAtMs: number;
    deliveredAtMs: number | null;
    failedAtMs: number | null;
    failure: DeliveryFailure | null;
    failureDetail: string;
    /** since the last delivery that succeeded */
    failuresInRow: number;
    /** nothing is tried before */
    nextTryAtMs: number;
  };
  /** The outbox: written with the change of the alert, in one transaction. What one message says is in `notificationAlert`. */
  notification: {
    /** the same over all tries: `webhook-id` */
    notificationId: string;
    targetId: string;
    type: 'alerts.opened' | 'alerts.closed';
    /** what is gathered into one message: a site, or '' */
    groupKey: string;
    createdAtMs: number;
    dueAtMs: number;
    /** of its first try: nothing is added from then on */
    begunAtMs: number | null;
    tries: number;
    sentAtMs: number | null;
    /** why it is given up */
    failure: DeliveryFailure | 'returned-from-backup' | null;
  };
  notificationAlert: {
    notificationId: string;
    alertId: string;
  };
  roomAction: {
    actionId: string;
    roomId: string;
    /** a RoomAction as JSON */
    action: string;
    state: RoomActionState;
    code: ErrorCode | null;
    /** an ActionResult as JSON */
    result: string | null;
    /** as the TV shows them; the audit log has their key */
    askedBy: string;
    /** null: no account's, or of an earlier release */
    askedByAccountId: Generated<string | null>;
    askedAtMs: number;
    begunAtMs: number | null;
    endedAtMs: number | null;
    endsBeforeMs: number;
    hasFile: Generated<0 | 1>;
  };
  helpRequest: {
    helpId: string;
    roomId: string;
    topic: HelpTopic | 'other';
    state: HelpState;
    calledAtMs: number;
    receivedAtMs: number;
    seenBy: string | null;
    /** null: no account's, or of an earlier release */
    seenByAccountId: Generated<string | null>;
    closedAtMs: number | null;
    /** as JSON */
    diagnostics: string;
  };
  /** `head`: a RolloutHead as JSON */
  rollout: { rolloutId: string; startedAtMs: number; endedAtMs: number | null; head: string };
  /** `kept`: a KeptRoom as JSON */
  rolloutRoom: { rolloutId: string; roomId: string; kept: string };
  updateHistory: {
    entryId: string;
    roomId: string;
    atMs: number;
    releaseId: string;
    version: string;
    outcome: 'began' | 'confirmed' | 'failed' | 'postponed';
    /** of a failure */
    detail: string;
  };
  /** `content`: an update of yjs, base64. In the order of `position`. */
  notesUpdate: { meetingId: string; position: number; content: string; atMs: number };
  /** A line of a phone that is among the updates, or was before they became one; for some days. */
  notesLine: { meetingId: string; lineId: string; atMs: number };
  /** `content`: all updates up to `upToPosition` as one, base64 */
  notesSnapshot: {
    meetingId: string;
    upToPosition: number;
    content: string;
    atMs: number;
    /** when the notes were emptied; null: they have words, or may have */
    erasedAtMs: Generated<number | null>;
  };
  /** Of the wall clock, forward, in the order of `fromMs`, which it never showed again up to `fromMs + byMs`. */
  clockJump: { fromMs: number; byMs: number };
  /** Why the feed of a source was not taken in, as it was then (`stamp`). */
  feedFault: { source: string; stamp: string; refusal: FeedRefusal; detail: string; atMs: number };
  helpMessage: {
    messageId: string;
    helpId: string;
    fromWhom: 'room' | 'it';
    author: string;
    /** null: the room's, or of an earlier release */
    authorAccountId: Generated<string | null>;
    text: string;
    atMs: number;
  };
  setting: { name: string; value: string };
  /** What was deleted for good, by id alone. It outlives this file (`erasures/erasure-file.ts`). */
  erasure: {
    /** as the audit log names it; of a message of the chat `message:MEETING/MESSAGE` */
    subject: string;
    atMs: number;
    /** null: it is gone */
    stillDue: 'everything' | 'files' | null;
    /** 1: it is in the file */
    isListed: Generated<0 | 1>;
  };
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
  /** as lists show it, and since when */
  roomHealth: { roomId: string; health: HealthState; sinceMs: number };
  /** `value`: one point of a HealthSeries as JSON */
  healthPoint: { roomId: string; spanMs: number; atMs: number; value: string };
  /** `value`: a CallQuality as JSON */
  callQuality: { roomId: string; callId: string; atMs: number; end: 'room' | 'server'; value: string };
  /** `day`: of UTC, since 1970 */
  roomDay: {
    roomId: string;
    day: number;
    callCount: number;
    callMs: number;
    bookedMs: number;
    noShowCount: number;
    faultMs: number;
  };
  roomEventReceipt: { roomId: string; upToSequence: number; lastPosition: number };
};
