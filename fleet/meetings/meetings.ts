/**
 * The aggregate: a room's standing meeting and its bookings', their calls, and the grants that let room or guest in. Speaks with media
 * nodes over MQTT; knows nothing of kiosks and phones.
 */
import type { Logger } from 'pino';
import type { MeetingRole } from '#contract/call-order.ts';
import { RECALL_WITHIN_MS } from '#contract/chat.ts';
import { InvalidStateError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { DocumentPolicy } from '#contract/document-policy.ts';
import type { CallGrant, DocumentAccess, IceServer } from '#contract/grants.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import { negotiate } from '#contract/protocol-version.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { KnownCallEvent, NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import type { RoomRequest } from '#contract/topics.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import type { Broker } from '../broker/index.ts';
import { recallsAtNode } from '../chat/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId, type TelemetryStore } from '../store/index.ts';
import { Admissions } from './admissions.ts';
import { BookingMeetings } from './booking-meetings.ts';
import { type Admitted, CallGrants, type Meeting } from './call-grants.ts';
import { Calls } from './calls.ts';
import { Delegations } from './delegations.ts';
import { DocumentAccesses } from './document-access.ts';
import { DocumentPolicies } from './document-policies.ts';
import { Entries, insertEntry, type LeavingPeer, peersOfRoom, personOfProgram } from './entries.ts';
import { GuestVisits } from './guest-visits.ts';
import { Invites } from './invites.ts';
import { MediaNodes } from './media-nodes.ts';
import { MeetingPeople } from './meeting-people.ts';
import { meetingsOfRoom } from './meetings-of-rooms.ts';
import { MeetingPolicies } from './meeting-policies.ts';
import { PermissionsAtNodes } from './permissions-at-nodes.ts';
import type { SigningKeys } from './signing-keys.ts';
import { TranscriptRules } from './transcript-rules.ts';
import { UnreachableCalls } from './unreachable-calls.ts';
import { WaitingRoom } from './waiting-room.ts';

export type MeetingsDependencies = {
  store: AuthorityStore;
  telemetry: TelemetryStore;
  broker: Broker;
  keys: SigningKeys;
  register: CertificateRegister;
  /** origin of the HTTP API */
  fleetUrl: string;
  /** relays for one peer */
  iceServersFor: (peerId: string) => IceServer[];
  logger: Logger;
};
/** `offMs`: its times may be off by so much, either way. */
export type SpokenHandler = (meetingId: string, segment: TranscriptSegment, offMs: number) => void;
export type CallEventHandler = (trx: AuthorityWrite, event: KnownCallEvent) => Promise<void>;
/** Of a link that people in a room made: for the working day. */
const ROOM_LINK_LIFE_MS = 12 * 3_600_000;
/** it is given out again while it is good for so long */
const ROOM_LINK_REUSED_MS = 2 * 3_600_000;

/** As every room enters: under its name. */
const asRoom = ({ roomId, roomName }: { roomId: string; roomName: string }): Admitted => ({
  peerKind: 'room',
  roomId,
  displayName: roomName,
  role: 'co-host',
  isGuest: false,
  isLetIn: false,
  as: 'co-host',
});

export class Meetings {
  readonly invites: Invites;
  readonly nodes: MediaNodes;
  readonly people: MeetingPeople;
  readonly delegations: Delegations;
  readonly policies: MeetingPolicies;
  readonly documentPolicies: DocumentPolicies;
  readonly documentAccesses: DocumentAccesses;
  readonly unreachable: UnreachableCalls;
  readonly transcriptRules: TranscriptRules;
  readonly #deps: MeetingsDependencies;
  readonly #calls: Calls;
  readonly admissions: Admissions;
  readonly waitingRoom: WaitingRoom;
  readonly guestVisits: GuestVisits;
  readonly #entries: Entries;
  readonly #grants: CallGrants;
  readonly #bookingMeetings: BookingMeetings;
  readonly #permissions: PermissionsAtNodes;
  readonly #changedHandlers: ((meetingId: string) => void)[] = [];
  readonly #chatHandlers: ((meetingId: string) => void)[] = [];
  readonly #chatReadHandlers: ((meetingId: string) => void)[] = [];
  readonly #callEventHandlers: CallEventHandler[] = [];
  readonly #spokenHandlers: SpokenHandler[] = [];
  readonly #nodeHandlers: (() => void)[] = [];
  readonly #policyHandlers = new Set<(meetingId: string) => void>();
  /** by node: its last message under way */
  readonly #nodeWork = new Map<string, Promise<void>>();

  constructor(deps: MeetingsDependencies) {
    const { store, telemetry, broker, keys, register, fleetUrl, logger } = deps;
    this.#deps = deps;
    this.people = new MeetingPeople({ store });
    this.#bookingMeetings = new BookingMeetings({ store });
    this.#entries = new Entries({ store });
    this.invites = new Invites({ store, keys, joinPageUrl: `${fleetUrl}${pagePaths.join}` });
    this.nodes = new MediaNodes({ telemetry });
    this.delegations = new Delegations({ keys, register, nodes: () => this.nodes.all });
    this.policies = new MeetingPolicies({ store });
    this.documentPolicies = new DocumentPolicies({ store });
    this.documentAccesses = new DocumentAccesses({
      store,
      keys,
      policies: this.documentPolicies,
      delegations: this.delegations,
      fleetUrl,
    });
    const sendToNode = (nodeId: string, command: NodeCommand): void => broker.publish('nodeCommand', nodeId, command);
    this.#permissions = new PermissionsAtNodes({
      store,
      policies: this.documentPolicies,
      entries: this.#entries,
      roomsOf: (meetingId) => this.people.roomsOf(meetingId),
      sendToNode,
    });
    this.transcriptRules = new TranscriptRules({ store, nodes: this.nodes, sendToNode, logger });
    this.#calls = new Calls({
      store,
      nodes: this.nodes,
      logger,
      sendToNode,
      acknowledge: (nodeId, acks) => broker.publish('eventAcks', nodeId, acks),
      onEvent: async (trx, event) => {
        for (const handler of this.#callEventHandlers) await handler(trx, event);
      },
      onPrepared: (meetingId) => this.transcriptRules.look(meetingId),
      onMeetingChanged: (meetingId) => this.changed(meetingId),
      onChatChanged: (meetingId) => this.chatChanged(meetingId),
      onChatRead: (meetingId) => this.chatRead(meetingId),
      onSpoken: (...spoken) => {
        for (const handler of this.#spokenHandlers) handler(...spoken);
      },
    });
    this.#grants = new CallGrants({
      keys,
      delegations: this.delegations,
      documentAccesses: this.documentAccesses,
      permissions: this.#permissions,
      iceServersFor: deps.iceServersFor,
    });
    this.waitingRoom = new WaitingRoom({
      store,
      onFailed: (error) => logger.error({ err: error }, 'who waits cannot be read or kept'),
    });
    this.admissions = new Admissions({
      store,
      calls: this.#calls,
      grants: this.#grants,
      invites: this.invites,
      waitingRoom: this.waitingRoom,
      logger,
    });
    this.guestVisits = new GuestVisits({ store, invites: this.invites });
    this.unreachable = new UnreachableCalls({ store, nodes: this.nodes, calls: this.#calls });
  }

  async start(): Promise<void> {
    const { broker, register, logger } = this.#deps;
    await this.nodes.start();
    await this.delegations.start();
    this.#calls.start();
    this.transcriptRules.start();
    await this.waitingRoom.start();
    this.nodes.clocks.onAsk((nodeId, sentAtMs) => broker.publish('eventAcks', nodeId, { eventIds: [], sentAtMs }));
    broker.on('registration', (nodeId, registration) => {
      // at once: what waits behind other work has an old time
      if (!registration.online) this.nodes.clocks.gone(nodeId);
      else if (registration.nodeId === nodeId) this.nodes.clocks.registered(nodeId, registration);
      this.#inOrder(nodeId, () => this.#register(nodeId, registration));
    });
    broker.on('callQualities', (nodeId, { clock, atMs }) => {
      if (clock) this.nodes.clocks.answered(nodeId, clock, atMs);
    });
    broker.on('callEvents', (nodeId, events) => this.#inOrder(nodeId, () => this.#calls.takeEvents(nodeId, events)));
    this.#publishKeys();
    register.onRevoked(
      () =>
        void this.delegations
          .readRevoked()
          .then(() => this.#publishKeys())
          .catch((error: unknown) => logger.error({ err: error }, 'revoked delegations not told')),
    );
  }
  stop(): void {
    this.delegations.stop();
    this.waitingRoom.stop();
    this.transcriptRules.stop();
    this.#calls.stop();
    this.nodes.stop();
  }

  onChanged(handler: (meetingId: string) => void): void {
    this.#changedHandlers.push(handler);
  }

  onChatChanged(handler: (meetingId: string) => void): void {
    this.#chatHandlers.push(handler);
  }

  /** What is written in it is not as it was. */
  chatChanged(meetingId: string): void {
    for (const handler of this.#chatHandlers) handler(meetingId);
  }

  onChatRead(handler: (meetingId: string) => void): void {
    this.#chatReadHandlers.push(handler);
  }

  /** Somebody has read more of what is written in it. */
  chatRead(meetingId: string): void {
    for (const handler of this.#chatReadHandlers) handler(meetingId);
  }

  /** What a node reports of a call of ours: each event once, in the transaction in which it counts. */
  onCallEvent(handler: CallEventHandler): void {
    this.#callEventHandlers.push(handler);
  }

  /** What is spoken in a call while it is written: each segment once, after it is kept. */
  onSpoken(handler: SpokenHandler): void {
    this.#spokenHandlers.push(handler);
  }

  /** A media node has come, or come back: what it was told before, it may not know. */
  onNodeCame(handler: () => void): void {
    this.#nodeHandlers.push(handler);
  }

  /** The document policy of this meeting has changed. @returns stops listening */
  onPolicyChanged(handler: (meetingId: string) => void): () => void {
    this.#policyHandlers.add(handler);
    return () => this.#policyHandlers.delete(handler);
  }

  /** For new grants, and at once for those who are in the meeting's call. @throws ProtocolError not-found */
  async setDocumentPolicy(meetingId: string, policy: DocumentPolicy, actor: string): Promise<void> {
    await this.documentPolicies.set(meetingId, policy, actor);
    await this.#permissions.send(meetingId);
    for (const handler of this.#policyHandlers) handler(meetingId);
  }

  /** Its people, rooms, times or call are not as they were. */
  changed(meetingId: string): void {
    for (const handler of this.#changedHandlers) handler(meetingId);
    this.waitingRoom.look(meetingId);
    this.transcriptRules.look(meetingId);
  }

  /** A room's standing meeting, made with the room. */
  async createStanding(trx: AuthorityWrite, roomId: string, title: string): Promise<string> {
    const meetingId = newId();
    await trx.insertInto('meeting').values({ meetingId, roomId, title, createdAtMs: Date.now() }).execute();
    return meetingId;
  }

  /** It is called like its room; and in every call that the room is in, the others see the new name. */
  async renameRoom(trx: AuthorityWrite, roomId: string, roomName: string): Promise<{ apply: () => void }> {
    await trx.updateTable('meeting').set({ title: roomName }).where('roomId', '=', roomId).execute();
    return {
      apply: () => this.commandNodes({ name: 'rename-room', roomId, roomName }),
    };
  }

  /** What concerns any of their calls. */
  commandNodes(command: NodeCommand): void {
    for (const { nodeId } of this.nodes.all) this.#deps.broker.publish('nodeCommand', nodeId, command);
  }

  /** To the node of the meeting's call; nothing where none runs. */
  async commandCall(meetingId: string, commandOf: (callId: string) => NodeCommand): Promise<void> {
    const call = await this.#calls.currentOf(meetingId);
    if (call) this.#deps.broker.publish('nodeCommand', call.nodeId, commandOf(call.callId));
  }

  /** A room's standing meeting and its bookings' are over for good, calls end for all; it is put out of the calls of others. */
  async endOfRoom(trx: AuthorityWrite, roomId: string): Promise<{ apply: () => void }> {
    const bookings = trx.selectFrom('bookingMeeting').select('meetingId').where('roomId', '=', roomId);
    const meetings = await trx
      .selectFrom('meeting')
      .select('meetingId')
      .where((e) => e.or([e('roomId', '=', roomId), e('meetingId', 'in', bookings)]))
      .execute();
    const elsewhere = await peersOfRoom(trx, roomId);
    const ended = await this.endOf(
      trx,
      meetings.map(({ meetingId }) => meetingId),
    );
    return {
      apply: () => {
        ended.apply();
        this.removePeers(elsewhere);
      },
    };
  }

  /** Over for good: nobody enters, links are void, and once `apply` is called their calls end for all. */
  async endOf(trx: AuthorityWrite, meetingIds: string[]): Promise<{ apply: () => void }> {
    const nowMs = Date.now();
    await trx.updateTable('meeting').set({ endedAtMs: nowMs }).where('meetingId', 'in', meetingIds).execute();
    await trx
      .updateTable('invite')
      .set({ revokedAtMs: nowMs })
      .where('meetingId', 'in', meetingIds)
      .where('revokedAtMs', 'is', null)
      .execute();
    const calls = await this.#calls.endOf(trx, meetingIds);
    return {
      apply: () => {
        calls.apply();
        for (const meetingId of meetingIds) this.waitingRoom.look(meetingId);
      },
    };
  }

  /** null: none of the meeting's people */
  async roleInMeeting(accountId: string, meetingId: string): Promise<MeetingRole | null> {
    const role = await this.people.roleOf(meetingId, accountId);
    // who was removed from its call decides nothing until that is over
    return role === 'co-host' && (await this.#entries.wasRemovedFromCall(accountId, meetingId)) ? 'member' : role;
  }

  /** As the call's node reported it last; null: the account is in no call of the meeting now. */
  async roleInCall(accountId: string, meetingId: string): Promise<MeetingRole | null> {
    return this.#entries.roleInCall(accountId, meetingId);
  }

  /** Who is in its call now, in the order in which they came; without its programs. */
  async peopleInCall(meetingId: string, most: number): Promise<{ peerId: string; displayName: string }[]> {
    return this.#entries.inCall(meetingId, most);
  }

  /** An account that may not be anywhere any more: it is put out of every call. */
  async removeAccount(accountId: string): Promise<void> {
    this.removePeers(await this.#entries.ofAccount(accountId));
  }

  async exists(meetingId: string): Promise<boolean> {
    return (
      (await this.#deps.store.read
        .selectFrom('meeting')
        .select('meetingId')
        .where('meetingId', '=', meetingId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst()) !== undefined
    );
  }

  /** Those of today and tomorrow that people have made for the room. */
  async scheduledIn(roomId: string, nowMs: number): Promise<MeetingOfRoom[]> {
    return meetingsOfRoom(this.#deps.store.read, roomId, nowMs);
  }

  async roomOf(meetingId: string): Promise<string | null> {
    const row = await this.#deps.store.read
      .selectFrom('meeting')
      .select('roomId')
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    return row?.roomId ?? null;
  }

  /** As the room gets it: under way when somebody is in its call. */
  async ofRoom(roomId: string): Promise<RoomMeeting | null> {
    const meeting = await this.#deps.store.read
      .selectFrom('meeting')
      .select(['meetingId', 'title'])
      .where('roomId', '=', roomId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (!meeting) return null;
    const participantCount = (await this.#calls.currentOf(meeting.meetingId))?.participantCount ?? 0;
    return { ...meeting, underWay: participantCount > 0, participantCount };
  }

  /**
   * For a room's kiosk and phones: the documents of the meeting that the room is in, else of its own.
   * @param holder pairingId, or the room's id for its kiosk
   * @param callId as the room reports it; a call that the room may not be in counts as none
   * @returns null: the room has no meeting
   */
  async documentAccessOfRoom(roomId: string, holder: string, callId: string | null): Promise<DocumentAccess | null> {
    const meetingId =
      (callId === null ? null : await this.#meetingOfRoomsCall(roomId, callId)) ??
      (await this.ofRoom(roomId))?.meetingId;
    return meetingId === undefined ? null : this.documentAccesses.of(meetingId, { sub: holder, roomId }, 'insider');
  }

  /** Of the call that the room is in, else its own; null: it is in the call of others, or has no meeting. */
  async meetingOfRoom(roomId: string, callId: string | null): Promise<string | null> {
    const { read } = this.#deps.store;
    const call =
      callId === null
        ? undefined
        : await read.selectFrom('call').select('meetingId').where('callId', '=', callId).executeTakeFirst();
    if (!call) return (await this.ofRoom(roomId))?.meetingId ?? null;
    return (await this.people.roomsOf(call.meetingId)).includes(roomId) ? call.meetingId : null;
  }

  /** A link for anyone, the same one for each request of `by` while it is good; or an invite of one person. */
  async inviteFromRoom(
    meetingId: string,
    displayName: string | null,
    by: string,
  ): Promise<{ joinUrl: string; expiresAtMs: number }> {
    const former = displayName === null ? await this.invites.linkBy(meetingId, by, ROOM_LINK_REUSED_MS) : null;
    if (former) return former;
    const made = await this.invites.create(meetingId, { displayName, seats: null, lifeMs: ROOM_LINK_LIFE_MS }, by);
    return { joinUrl: made.joinUrl, expiresAtMs: made.invite.expiresAtMs };
  }

  /** null: it is no meeting of the room's, nor one that it was let into. */
  async #meetingOfRoomsCall(roomId: string, callId: string): Promise<string | null> {
    const { read } = this.#deps.store;
    const call = await read.selectFrom('call').select('meetingId').where('callId', '=', callId).executeTakeFirst();
    if (!call) return null;
    const isOwn = (await this.people.roomsOf(call.meetingId)).includes(roomId);
    return isOwn || (await this.#entries.wasLetIn(roomId, callId)) ? call.meetingId : null;
  }

  /** @throws ProtocolError not-found; OperationalError no-media-node */
  async grantForRoom(roomId: string, roomName: string, endedCallId: string | null): Promise<CallGrant> {
    return this.#grant(await this.#standingOf(roomId), endedCallId, asRoom({ roomId, roomName }));
  }

  async #standingOf(roomId: string): Promise<Meeting> {
    const meeting = await this.#deps.store.read
      .selectFrom('meeting')
      .select(['meetingId', 'title'])
      .where('roomId', '=', roomId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (!meeting) throw new ProtocolError('not-found', 'the room has no meeting');
    return meeting;
  }

  /**
   * For a laptop in the room, which types its name on the way in: void with the room's kiosk.
   * @param callId as the room reports it; null: that of its own meeting
   * @throws InvalidStateError not-possible-now: the call is another room's; ProtocolError not-found; OperationalError
   *   no-media-node, call-unreachable
   */
  async grantForLaptop(roomId: string, callId: string | null): Promise<CallGrant> {
    const meeting = callId === null ? await this.#standingOf(roomId) : await this.#ownOfCall(roomId, callId);
    return this.#grant(meeting, null, {
      peerKind: 'person',
      roomId,
      displayName: null,
      // of the room: its screen stays where presenters alone share
      role: 'presenter',
      isGuest: false,
      isLetIn: true,
      as: 'laptop',
    });
  }

  /** Somebody has come into the meeting's call, and it has not ended. */
  async isCallRunning(meetingId: string): Promise<boolean> {
    return (await this.#calls.currentOf(meetingId))?.state === 'open';
  }

  /**
   * For the program of a broadcast: into the call that the meeting has, whatever holds back people. It opens none.
   * @throws InvalidStateError call-ended: it has none now; OperationalError call-unreachable
   */
  async grantForProgram(
    { broadcastId, meetingId, displayName }: { broadcastId: string; meetingId: string; displayName: string },
    endedCallId: string | null,
  ): Promise<CallGrant> {
    const call = await this.#calls.currentOf(meetingId);
    if (!call || call.callId === endedCallId) throw new InvalidStateError('call-ended');
    const node = this.nodes.get(call.nodeId);
    if (!node?.online || node.instanceId !== call.nodeInstanceId)
      throw new OperationalError('call-unreachable', 'the media node of the call is silent');
    const peerId = newId();
    const person = personOfProgram(broadcastId);
    const { callId } = call;
    await this.#deps.store.write((trx) =>
      insertEntry(trx, { peerId, callId, inviteId: null, accountId: null, ticketId: null, person, role: 'guest' }),
    );
    return this.#grants.sign(await this.#byId(meetingId), { call, node }, peerId, {
      peerKind: 'program',
      broadcastId,
      person,
      displayName,
      role: 'guest',
      isGuest: false,
      isLetIn: true,
      as: 'program',
    });
  }

  async #ownOfCall(roomId: string, callId: string): Promise<Meeting> {
    const { read } = this.#deps.store;
    const call = await read.selectFrom('call').select('meetingId').where('callId', '=', callId).executeTakeFirst();
    if (!call || !(await this.people.roomsOf(call.meetingId)).includes(roomId))
      throw new InvalidStateError('not-possible-now', 'the room is in a call of another room');
    return this.#byId(call.meetingId);
  }

  /**
   * The meeting that a person made for the room, else the one that the booking's invite names, else one of the booking's own.
   * @throws ProtocolError not-found: no meeting of the room; UserError invite-invalid, invite-expired, removed-from-call;
   *   InvalidStateError call-ended; OperationalError no-media-node, call-unreachable
   */
  async grantForBooking(
    { roomId, roomName }: { roomId: string; roomName: string },
    endedCallId: string | null,
    { bookingId, title, invite, meetingId }: NonNullable<Extract<RoomRequest, { name: 'request-grant' }>['booking']>,
  ): Promise<CallGrant> {
    if (meetingId) return this.admissions.byRoomOfMeeting({ roomId, roomName }, meetingId, { endedCallId });
    if (invite === null) {
      const meeting = await this.#bookingMeetings.getOrCreate(roomId, bookingId, title.trim() || roomName);
      return this.#grant(meeting, endedCallId, asRoom({ roomId, roomName }));
    }
    return this.admissions.refusingRoom(roomId, async () => {
      const claims = await this.invites.check(invite);
      return this.admissions.byRoomInvite({ roomId, roomName }, claims, { endedCallId, details: { bookingId } });
    });
  }

  /** Also ends what came in by it, in every call of the meeting. False: no such invite. */
  async revokeInvite(meetingId: string, inviteId: string, actor: string): Promise<boolean> {
    const leaving = await this.#entries.revoke(meetingId, inviteId, actor);
    if (!leaving) return false;
    this.removePeers(leaving);
    this.waitingRoom.look(meetingId);
    return true;
  }

  /** Roles of its people were changed: for those who are in its call, at once. */
  async sendRoles(meetingId: string): Promise<void> {
    await this.#permissions.sendRoles({ meetingId });
  }

  /** Puts them out of their calls. */
  removePeers(leaving: readonly LeavingPeer[]): void {
    for (const { nodeId, callId, peerId } of leaving)
      this.#deps.broker.publish('nodeCommand', nodeId, { name: 'remove-participant', callId, peerId });
  }

  async #byId(meetingId: string): Promise<Meeting> {
    return this.#deps.store.read
      .selectFrom('meeting')
      .select(['meetingId', 'title'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirstOrThrow();
  }

  #publishKeys(): void {
    const { broker, keys } = this.#deps;
    broker.publish('keys', '', { ...keys.published, revokedRooms: this.delegations.revoked });
  }

  /** A node's messages count in the order in which they came: what it carries is squared before its events are applied. */
  #inOrder(nodeId: string, work: () => Promise<void>): void {
    const { logger } = this.#deps;
    const done = (this.#nodeWork.get(nodeId) ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) => logger.error({ err: error, nodeId }, 'message of a media node failed'));
    this.#nodeWork.set(nodeId, done);
  }

  async #register(nodeId: string, registration: NodeRegistration): Promise<void> {
    if (registration.nodeId !== nodeId || negotiate(registration.protocol) !== 'accepted') {
      this.#deps.logger.warn(
        { nodeId, protocol: registration.protocol, code: negotiate(registration.protocol) },
        'media node refused',
      );
      return;
    }
    const before = this.nodes.get(nodeId);
    // a disk that fails keeps the node out of nothing: what follows is done once, as it comes back
    await this.nodes
      .register(registration)
      .catch((error: unknown) => this.#deps.logger.error({ err: error, nodeId }, 'report of a media node not written'));
    const { online, signalingUrl } = registration;
    if (before?.online !== online || before.signalingUrl !== signalingUrl || before.heardAtMs === 0)
      this.delegations.nodesChanged();
    await this.#calls.reconcile(registration);
    if (online && (!before?.online || before.heardAtMs === 0 || before.instanceId !== registration.instanceId))
      for (const handler of this.#nodeHandlers) handler();
    // what we asked of it while it was out of reach has not arrived
    if (!online || (before?.online && before.heardAtMs > 0)) return;
    this.removePeers(await this.#entries.unwelcomeAt(nodeId));
    await this.#permissions.sendAllAt(nodeId);
    this.transcriptRules.nodeCame(nodeId);
    const { broker, store } = this.#deps;
    for (const recall of await recallsAtNode(store.read, nodeId, Date.now() - RECALL_WITHIN_MS))
      broker.publish('nodeCommand', nodeId, { name: 'recall-chat', ...recall });
  }

  async #grant(meeting: Meeting, endedCallId: string | null, admitted: Admitted): Promise<CallGrant> {
    const open = await this.#calls.openCall(meeting.meetingId, endedCallId, admitted.peerKind);
    return this.#grants.sign(meeting, open, newId(), admitted);
  }
}
