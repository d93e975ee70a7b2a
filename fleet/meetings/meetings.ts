/**
 * The aggregate: a room's standing meeting and its bookings', their calls, and the grants that let room or guest in. Speaks with media
 * nodes over MQTT; knows nothing of kiosks and phones.
 */
import type { Logger } from 'pino';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { CallGrant, InviteClaims, JoinTokenClaims } from '#contract/grants.ts';
import type { HttpResponse } from '#contract/http-api.ts';
import { JOIN_TOKEN_TTL_MS } from '#contract/limits.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import { negotiate } from '#contract/protocol-version.ts';
import type { NodeRegistration } from '#contract/node-link.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { appendAudit, type AuditEntry } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import { AttemptLimit } from '../people/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId, type TelemetryStore } from '../store/index.ts';
import { BookingMeetings } from './booking-meetings.ts';
import { Calls } from './calls.ts';
import { Delegations } from './delegations.ts';
import { Invites } from './invites.ts';
import { MediaNodes } from './media-nodes.ts';
import type { SigningKeys } from './signing-keys.ts';

export type MeetingsDependencies = {
  store: AuthorityStore;
  telemetry: TelemetryStore;
  broker: Broker;
  keys: SigningKeys;
  register: CertificateRegister;
  joinPageUrl: string;
  logger: Logger;
};
type Admitted = Pick<JoinTokenClaims, 'peerKind' | 'displayName' | 'rights' | 'roomId'>;
type Meeting = { meetingId: string; title: string };

/** As every room enters: under its name, and able to end what it started. */
const asRoom = ({ roomId, roomName }: { roomId: string; roomName: string }): Admitted => ({
  peerKind: 'room',
  roomId,
  displayName: roomName,
  rights: ['end', 'mute', 'remove'],
});

export class Meetings {
  readonly invites: Invites;
  readonly nodes: MediaNodes;
  readonly delegations: Delegations;
  readonly #deps: MeetingsDependencies;
  readonly #calls: Calls;
  readonly #bookingMeetings: BookingMeetings;
  readonly #changedHandlers: ((meetingId: string) => void)[] = [];
  readonly #refusedByNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 6 });
  readonly #admittedByNetwork = new AttemptLimit({ burst: 600, refillPerMinute: 600 });

  constructor(deps: MeetingsDependencies) {
    const { store, telemetry, broker, keys, register, joinPageUrl, logger } = deps;
    this.#deps = deps;
    this.#bookingMeetings = new BookingMeetings({ store });
    this.invites = new Invites({ store, keys, joinPageUrl });
    this.nodes = new MediaNodes({ telemetry });
    this.delegations = new Delegations({ keys, register, nodes: () => this.nodes.all });
    this.#calls = new Calls({
      store,
      nodes: this.nodes,
      logger,
      sendToNode: (nodeId, command) => broker.publish('nodeCommand', nodeId, command),
      acknowledge: (nodeId, acks) => broker.publish('eventAcks', nodeId, acks),
      onMeetingChanged: (meetingId) => {
        for (const handler of this.#changedHandlers) handler(meetingId);
      },
    });
  }

  async start(): Promise<void> {
    const { broker, register, logger } = this.#deps;
    await this.nodes.start();
    await this.delegations.start();
    this.#calls.start();
    const failed = (error: unknown): void => logger.error({ err: error }, 'message of a media node failed');
    broker.on('registration', (nodeId, registration) => void this.#register(nodeId, registration).catch(failed));
    broker.on('callEvents', (nodeId, events) => void this.#calls.takeEvents(nodeId, events).catch(failed));
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
      apply: () => {
        for (const { nodeId } of this.nodes.all)
          this.#deps.broker.publish('nodeCommand', nodeId, { name: 'rename-room', roomId, roomName });
      },
    };
  }

  /** A room's standing meeting and its bookings' are over for good: nobody enters, links are void, calls end for all. */
  async endOfRoom(trx: AuthorityWrite, roomId: string): Promise<{ apply: () => void }> {
    const bookings = trx.selectFrom('bookingMeeting').select('meetingId').where('roomId', '=', roomId);
    const meetings = await trx
      .selectFrom('meeting')
      .select('meetingId')
      .where((e) => e.or([e('roomId', '=', roomId), e('meetingId', 'in', bookings)]))
      .execute();
    const meetingIds = meetings.map(({ meetingId }) => meetingId);
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

  /** @throws ProtocolError not-found; OperationalError no-media-node */
  async grantForRoom(roomId: string, roomName: string, endedCallId: string | null): Promise<CallGrant> {
    const meeting = await this.#deps.store.read
      .selectFrom('meeting')
      .select(['meetingId', 'title'])
      .where('roomId', '=', roomId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (!meeting) throw new ProtocolError('not-found', 'the room has no meeting');
    return this.#grant(meeting, endedCallId, asRoom({ roomId, roomName }));
  }

  /**
   * The meeting that the booking's invite names, else one of the booking's own.
   * @throws UserError invite-invalid, invite-expired; OperationalError no-media-node
   */
  async grantForBooking(
    { roomId, roomName }: { roomId: string; roomName: string },
    endedCallId: string | null,
    { bookingId, title, invite }: NonNullable<RoomRequest['booking']>,
  ): Promise<CallGrant> {
    if (invite === null) {
      const meeting = await this.#bookingMeetings.getOrCreate(roomId, bookingId, title.trim() || roomName);
      return this.#grant(meeting, endedCallId, asRoom({ roomId, roomName }));
    }
    const claims = await this.#checkInvite(invite, { kind: 'room-refused', actor: `room:${roomId}` });
    const grant = await this.#grant(await this.#byId(claims.meetingId), endedCallId, asRoom({ roomId, roomName }));
    await this.#enter(grant, claims, { kind: 'room-admitted', actor: `room:${roomId}`, details: { bookingId } });
    return grant;
  }

  /** @throws UserError invite-invalid, invite-expired, too-many-attempts; OperationalError no-media-node */
  async enterAsGuest(
    invite: string,
    endedCallId: string | null,
    network: string,
  ): Promise<HttpResponse<'enterAsGuest'>> {
    const { logger } = this.#deps;
    if (!this.#refusedByNetwork.allows(network) || !this.#admittedByNetwork.take(network)) {
      logger.warn({ network, code: 'too-many-attempts' }, 'guest refused');
      throw new UserError('too-many-attempts');
    }
    const actor = `network:${network}`;
    const claims = await this.#checkInvite(invite, { kind: 'guest-refused', actor }).catch((error: UserError) => {
      this.#refusedByNetwork.count(network);
      throw error;
    });
    const meeting = await this.#byId(claims.meetingId);
    const grant = await this.#grant(meeting, endedCallId, {
      peerKind: 'person',
      displayName: claims.displayName,
      rights: [],
    });
    await this.#enter(grant, claims, { kind: 'guest-admitted', actor });
    return { meetingTitle: meeting.title, displayName: claims.displayName, admission: 'admitted', grant };
  }

  /** Also ends what came in by it. False: no such invite. */
  async revokeInvite(meetingId: string, inviteId: string, actor: string): Promise<boolean> {
    if (!(await this.invites.revoke(meetingId, inviteId, actor))) return false;
    const call = await this.#calls.currentOf(meetingId);
    if (!call) return true;
    const peers = await this.#deps.store.read
      .selectFrom('guestEntry')
      .select('peerId')
      .where('inviteId', '=', inviteId)
      .where('callId', '=', call.callId)
      .execute();
    for (const { peerId } of peers)
      this.#deps.broker.publish('nodeCommand', call.nodeId, { name: 'remove-peer', callId: call.callId, peerId });
    return true;
  }

  async #byId(meetingId: string): Promise<Meeting> {
    return this.#deps.store.read
      .selectFrom('meeting')
      .select(['meetingId', 'title'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirstOrThrow();
  }

  /** A refusal is told to log and audit. @throws UserError invite-invalid, invite-expired */
  async #checkInvite(invite: string, refusal: Pick<AuditEntry, 'kind' | 'actor'>): Promise<InviteClaims> {
    const { store, logger } = this.#deps;
    return this.invites.check(invite).catch(async (error: UserError) => {
      logger.warn({ actor: refusal.actor, code: error.code }, 'invite refused');
      await store.write((trx) => appendAudit(trx, { ...refusal, subject: 'invite', details: { code: error.code } }));
      throw error;
    });
  }

  /** Which peer came in by which invite: revoking it reaches room and guest alike. */
  async #enter(
    { peerId, callId }: CallGrant,
    { jti: inviteId }: InviteClaims,
    { kind, actor, details = {} }: Omit<AuditEntry, 'subject'>,
  ): Promise<void> {
    await this.#deps.store.write(async (trx) => {
      await trx.insertInto('guestEntry').values({ peerId, callId, inviteId, atMs: Date.now() }).execute();
      await appendAudit(trx, { kind, actor, subject: `call:${callId}`, details: { ...details, inviteId, peerId } });
    });
  }

  #publishKeys(): void {
    const { broker, keys } = this.#deps;
    broker.publish('keys', '', { ...keys.published, revokedRooms: this.delegations.revoked });
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
  }

  async #grant(meeting: Meeting, endedCallId: string | null, admitted: Admitted): Promise<CallGrant> {
    const { call, node } = await this.#calls.openCall(meeting.meetingId, endedCallId);
    const peerId = newId();
    const { roomId } = admitted;
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
    };
    const joinToken = await this.#deps.keys.sign(claims);
    return {
      callId,
      meetingId,
      meetingTitle: meeting.title,
      peerId,
      signalingUrl: node.signalingUrl,
      joinToken,
      expiresAtMs: exp * 1000,
    };
  }
}
