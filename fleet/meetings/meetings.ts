/**
 * The aggregate: a room's standing meeting and its bookings', their calls, and the grants that let room or guest in. Speaks with media
 * nodes over MQTT; knows nothing of kiosks and phones.
 */
import type { Logger } from 'pino';
import { RIGHTS } from '#contract/call-order.ts';
import { InvalidStateError, OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { DocumentPolicy } from '#contract/document-policy.ts';
import type { CallGrant, DocumentAccess, InviteClaims, JoinTokenClaims } from '#contract/grants.ts';
import type { EntryAnswer } from '#contract/http/admission-api.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { JOIN_TOKEN_TTL_MS } from '#contract/timing.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import { negotiate } from '#contract/protocol-version.ts';
import type { NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit, type AuditEntry } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId, type TelemetryStore } from '../store/index.ts';
import { BookingMeetings } from './booking-meetings.ts';
import type { CallRole } from './call-permissions.ts';
import { Calls, type OpenCall } from './calls.ts';
import { Delegations } from './delegations.ts';
import { DocumentAccesses, type DocumentHolder } from './document-access.ts';
import { DocumentPolicies } from './document-policies.ts';
import { type EntersBy, Entries, type LeavingPeer } from './entries.ts';
import { Invites } from './invites.ts';
import { MediaNodes } from './media-nodes.ts';
import { MeetingPeople } from './meeting-people.ts';
import { MeetingPolicies } from './meeting-policies.ts';
import { PermissionsAtNodes } from './permissions-at-nodes.ts';
import type { SigningKeys } from './signing-keys.ts';
import { UnreachableCalls } from './unreachable-calls.ts';

export type MeetingsDependencies = {
  store: AuthorityStore;
  telemetry: TelemetryStore;
  broker: Broker;
  keys: SigningKeys;
  register: CertificateRegister;
  /** origin of the HTTP API */
  fleetUrl: string;
  logger: Logger;
};
/** `as`: what its permissions follow from. */
type Admitted = Pick<
  JoinTokenClaims,
  'peerKind' | 'displayName' | 'seat' | 'roomId' | 'role' | 'person' | 'isGuest'
> & {
  as: CallRole;
};
type Meeting = { meetingId: string; title: string };

/** a call may end between its choice and the entry into it */
const CALLS_TO_TRY = 3;

/** As every room enters: under its name. */
const asRoom = ({ roomId, roomName }: { roomId: string; roomName: string }): Admitted => ({
  peerKind: 'room',
  roomId,
  displayName: roomName,
  role: 'co-host',
  isGuest: false,
  as: 'room',
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
  readonly #deps: MeetingsDependencies;
  readonly #calls: Calls;
  readonly #entries: Entries;
  readonly #bookingMeetings: BookingMeetings;
  readonly #permissions: PermissionsAtNodes;
  readonly #changedHandlers: ((meetingId: string) => void)[] = [];
  readonly #policyHandlers = new Set<(meetingId: string) => void>();
  /** by node: its last message under way */
  readonly #nodeWork = new Map<string, Promise<void>>();
  readonly #refusedByNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 6 });
  readonly #admittedByNetwork = new AttemptLimit({ burst: 600, refillPerMinute: 600 });

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
      ownerOf: (meetingId) => this.ownerOf(meetingId),
      sendToNode,
    });
    this.#calls = new Calls({
      store,
      nodes: this.nodes,
      logger,
      sendToNode,
      acknowledge: (nodeId, acks) => broker.publish('eventAcks', nodeId, acks),
      onMeetingChanged: (meetingId) => this.changed(meetingId),
    });
    this.unreachable = new UnreachableCalls({ store, nodes: this.nodes, calls: this.#calls });
  }

  async start(): Promise<void> {
    const { broker, register, logger } = this.#deps;
    await this.nodes.start();
    await this.delegations.start();
    this.#calls.start();
    broker.on('registration', (nodeId, registration) =>
      this.#inOrder(nodeId, () => this.#register(nodeId, registration)),
    );
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
    this.#calls.stop();
    this.nodes.stop();
  }

  onChanged(handler: (meetingId: string) => void): void {
    this.#changedHandlers.push(handler);
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

  /** A room's standing meeting and its bookings' are over for good: nobody enters, links are void, calls end for all. */
  async endOfRoom(trx: AuthorityWrite, roomId: string): Promise<{ apply: () => void }> {
    const bookings = trx.selectFrom('bookingMeeting').select('meetingId').where('roomId', '=', roomId);
    const meetings = await trx
      .selectFrom('meeting')
      .select('meetingId')
      .where((e) => e.or([e('roomId', '=', roomId), e('meetingId', 'in', bookings)]))
      .execute();
    return this.endOf(
      trx,
      meetings.map(({ meetingId }) => meetingId),
    );
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
    return this.#calls.endOf(trx, meetingIds);
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

  async roomOf(meetingId: string): Promise<string | null> {
    const row = await this.#deps.store.read
      .selectFrom('meeting')
      .select('roomId')
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    return row?.roomId ?? null;
  }

  /** The room whose own or whose booking's meeting it is; null: there is none. */
  async ownerOf(meetingId: string): Promise<string | null> {
    const row = await this.#deps.store.read
      .selectFrom('meeting')
      .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
      .select(['meeting.roomId as ownRoomId', 'bookingMeeting.roomId as bookingRoomId'])
      .where('meeting.meetingId', '=', meetingId)
      .executeTakeFirst();
    return row?.ownRoomId ?? row?.bookingRoomId ?? null;
  }

  /** As the room is told of it: under way when somebody is in its call. */
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
    return meetingId === undefined ? null : this.documentAccesses.of(meetingId, { sub: holder, roomId });
  }

  /** null: it is no meeting of the room's, nor one that it was let into. */
  async #meetingOfRoomsCall(roomId: string, callId: string): Promise<string | null> {
    const { read } = this.#deps.store;
    const call = await read.selectFrom('call').select('meetingId').where('callId', '=', callId).executeTakeFirst();
    if (!call) return null;
    const isOwn = (await this.ownerOf(call.meetingId)) === roomId;
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
      role: 'member',
      isGuest: false,
      as: 'laptop',
    });
  }

  async #ownOfCall(roomId: string, callId: string): Promise<Meeting> {
    const { read } = this.#deps.store;
    const call = await read.selectFrom('call').select('meetingId').where('callId', '=', callId).executeTakeFirst();
    if (!call || (await this.ownerOf(call.meetingId)) !== roomId)
      throw new InvalidStateError('not-possible-now', 'the room is in a call of another room');
    return this.#byId(call.meetingId);
  }

  /**
   * The meeting that the booking's invite names, else one of the booking's own.
   * @throws UserError invite-invalid, invite-expired, removed-from-call; OperationalError no-media-node, call-unreachable
   */
  async grantForBooking(
    { roomId, roomName }: { roomId: string; roomName: string },
    endedCallId: string | null,
    { bookingId, title, invite }: NonNullable<Extract<RoomRequest, { name: 'request-grant' }>['booking']>,
  ): Promise<CallGrant> {
    if (invite === null) {
      const meeting = await this.#bookingMeetings.getOrCreate(roomId, bookingId, title.trim() || roomName);
      return this.#grant(meeting, endedCallId, asRoom({ roomId, roomName }));
    }
    const actor = `room:${roomId}`;
    return this.#orRefusal({ kind: 'room-refused', actor }, async () => {
      const claims = await this.invites.check(invite);
      return this.#grantByInvite(
        claims,
        { kind: 'room', roomId },
        endedCallId,
        { meeting: await this.#byId(claims.meetingId), admitted: asRoom({ roomId, roomName }) },
        { kind: 'room-admitted', actor, details: { bookingId } },
      );
    });
  }

  /**
   * @throws UserError invite-invalid, invite-expired, invite-closed, removed-from-call, too-many-attempts;
   *   OperationalError no-media-node, call-unreachable
   */
  async enterAsGuest(
    invite: string,
    { endedCallId, entryId, network }: { endedCallId: string | null; entryId: string | null; network: string },
  ): Promise<EntryAnswer> {
    const actor = `network:${network}`;
    const refusal = { kind: 'guest-refused', actor, network } as const;
    const claims = await this.#orRefusal(refusal, () => this.invites.check(invite));
    if (!this.#admittedByNetwork.take(network)) throw this.#tooMany(network);
    const { displayName } = claims;
    const meeting = await this.#byId(claims.meetingId);
    const grant = await this.#orRefusal(refusal, () =>
      this.#grantByInvite(
        claims,
        { kind: 'guest', entryId },
        endedCallId,
        { meeting, admitted: { peerKind: 'person', displayName, role: 'guest', isGuest: true, as: 'guest' } },
        { kind: 'guest-admitted', actor },
      ),
    );
    return {
      kind: 'admitted',
      meetingId: meeting.meetingId,
      meetingTitle: meeting.title,
      hostName: meeting.title,
      displayName,
      admission: 'all-enter',
      grant,
    };
  }

  /** Also ends what came in by it, in every call of the meeting. False: no such invite. */
  async revokeInvite(meetingId: string, inviteId: string, actor: string): Promise<boolean> {
    const leaving = await this.#entries.revoke(meetingId, inviteId, actor);
    if (!leaving) return false;
    this.removePeers(leaving);
    return true;
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

  #tooMany(network: string): UserError {
    this.#deps.logger.warn({ network, code: 'too-many-attempts' }, 'guest refused');
    return new UserError('too-many-attempts');
  }

  /**
   * A refusal goes to log and audit; what is only in the way at the moment does not. The work comes first, so that other
   * people's wrong invites refuse nobody: only the refusals of a `network` are limited.
   */
  async #orRefusal<T>(
    { network = null, ...refusal }: Pick<AuditEntry, 'kind' | 'actor'> & { network?: string | null },
    work: () => Promise<T>,
  ): Promise<T> {
    const { store, logger } = this.#deps;
    try {
      return await work();
    } catch (error) {
      if (error instanceof UserError) {
        if (network !== null && !this.#refusedByNetwork.take(network)) throw this.#tooMany(network);
        const { code } = error;
        logger.warn({ actor: refusal.actor, code }, 'invite refused');
        await store.write((trx) => appendAudit(trx, { ...refusal, subject: 'invite', details: { code } }));
      }
      throw error;
    }
  }

  /** The entry is recorded before the grant leaves: revoking the invite reaches it, whenever that comes. */
  async #grantByInvite(
    claims: InviteClaims,
    by: EntersBy,
    endedCallId: string | null,
    { meeting, admitted }: { meeting: Meeting; admitted: Admitted },
    audit: Omit<AuditEntry, 'subject'>,
  ): Promise<CallGrant> {
    for (let tries = 1; ; tries += 1) {
      const open = await this.#calls.openCall(meeting.meetingId, endedCallId, admitted.peerKind);
      const peerId = newId();
      const seat = await this.#entries.record({ peerId, callId: open.call.callId, claims, by }, audit);
      if (seat)
        return this.#sign(
          meeting,
          open,
          { sub: peerId, inviteId: claims.jti },
          by.kind === 'guest' ? { ...admitted, seat } : admitted,
        );
      if (tries === CALLS_TO_TRY) throw new OperationalError('no-media-node', 'its calls end as they are entered');
    }
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
    await this.nodes.register(registration);
    const { online, signalingUrl } = registration;
    if (before?.online !== online || before.signalingUrl !== signalingUrl || before.heardAtMs === 0)
      this.delegations.nodesChanged();
    await this.#calls.reconcile(registration);
    // what we asked of it while it was out of reach has not arrived
    if (!online || (before?.online && before.heardAtMs > 0)) return;
    this.removePeers(await this.#entries.unwelcomeAt(nodeId));
    await this.#permissions.sendAllAt(nodeId);
  }

  async #grant(meeting: Meeting, endedCallId: string | null, admitted: Admitted): Promise<CallGrant> {
    const open = await this.#calls.openCall(meeting.meetingId, endedCallId, admitted.peerKind);
    return this.#sign(meeting, open, { sub: newId() }, admitted);
  }

  async #sign(
    meeting: Meeting,
    { call, node }: OpenCall,
    holder: DocumentHolder,
    { as, ...admitted }: Admitted,
  ): Promise<CallGrant> {
    const peerId = holder.sub;
    const { roomId } = admitted;
    // after the entry is recorded: a policy that changes later reaches it there
    const permissions = await this.#permissions.of(call.meetingId, as);
    const iat = roomId === undefined ? Math.floor(Date.now() / 1000) : this.delegations.issuedAtOf(roomId);
    const exp = iat + JOIN_TOKEN_TTL_MS / 1000;
    const { callId, meetingId } = call;
    const claims: Omit<JoinTokenClaims, 'iss'> = {
      aud: node.nodeId,
      sub: peerId,
      jti: newId(),
      iat,
      exp,
      callId,
      meetingId,
      meetingTitle: meeting.title,
      ...admitted,
      isLetIn: false,
      allowedRanges: [],
      ...permissions,
      ...(as === 'member' && { rights: [...RIGHTS[admitted.role]] }),
    };
    const joinToken = await this.#deps.keys.sign(claims);
    const documents =
      permissions.documents.length === 0
        ? null
        : await this.documentAccesses.of(meetingId, roomId === undefined ? holder : { ...holder, roomId });
    return {
      callId,
      meetingId,
      meetingTitle: meeting.title,
      peerId,
      signalingUrl: node.signalingUrl,
      joinToken,
      expiresAtMs: exp * 1000,
      documents,
      iceServers: [],
    };
  }
}
