/** The aggregate: wires a room's parts together, and answers what its kiosk asks. */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { type Broker, parseClientIdentity } from '../broker/index.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broadcasts } from '../broadcasts/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import type { Documents, IdleTv } from '../documents/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { Notes } from '../notes/index.ts';
import type { AuthorityStore, TelemetryStore } from '../store/index.ts';
import { CommandRelay } from './command-relay.ts';
import { DesiredState } from './desired-state.ts';
import { HealthAges } from './health-ages.ts';
import { Laptops } from './laptops.ts';
import { Pairings } from './pairings.ts';
import { PublishedBroadcasts } from './published-broadcasts.ts';
import { PublishedMeetings } from './published-meetings.ts';
import { RoomAir } from './room-air.ts';
import { RoomEventLog } from './room-event-log.ts';
import { fleetRoomLinks } from './room-link.ts';
import { RoomList, type RoomListDependencies } from './room-list.ts';
import { RoomNotes } from './room-notes.ts';
import { RoomRegistry } from './room-registry.ts';
import { RoomReports } from './room-reports.ts';
import { RoomServices } from './room-services.ts';
import { RoomWaiting } from './room-waiting.ts';

export type RoomsDependencies = {
  store: AuthorityStore;
  telemetry: TelemetryStore;
  broker: Broker;
  meetings: Meetings;
  broadcasts: Pick<Broadcasts, 'desk' | 'offers' | 'onOffersChanged' | 'rightsOfRoom' | 'followAir' | 'viewings'>;
  /** origin of the delivery of broadcasts */
  liveUrl: () => string;
  documents: Pick<Documents, 'takeAlong'>;
  notes: Pick<Notes, 'append'>;
  enrolment: Enrolment;
  register: CertificateRegister;
  clock: WallClock;
  deviceApi: { url: string; caSha256: string };
  controllerUrl: string;
  places: RoomListDependencies['places'];
  /** see fleet/health and fleet/alerts, which watch the rooms */
  signalsOf: RoomListDependencies['signalsOf'];
  signalStatesOf: RoomListDependencies['signalStatesOf'];
  openAlertCountOf: RoomListDependencies['openAlertCountOf'];
  logger: Logger;
};

const ROOM_TABLES = [
  'roomReport',
  'roomProjection',
  'roomEvent',
  'roomEventReceipt',
  'roomHealth',
  'healthPoint',
  'callQuality',
  'roomDay',
] as const;

type GrantRequest = Extract<RoomRequest, { name: 'request-grant' }>;

export class Rooms {
  readonly registry: RoomRegistry;
  readonly reports: RoomReports;
  readonly events: RoomEventLog;
  readonly pairings: Pairings;
  readonly laptops: Laptops;
  readonly links: ReturnType<typeof fleetRoomLinks>;
  readonly list: RoomList;
  readonly services: RoomServices;
  readonly #deps: RoomsDependencies;
  readonly #relay: CommandRelay;
  readonly #desired: DesiredState;
  readonly #publishedBroadcasts: PublishedBroadcasts;
  readonly #publishedMeetings: PublishedMeetings;
  readonly #waiting: RoomWaiting;
  readonly #air: RoomAir;
  readonly #grantRequests = new AttemptLimit({ burst: 20, refillPerMinute: 30 });

  constructor(deps: RoomsDependencies) {
    const {
      store,
      telemetry,
      broker,
      meetings,
      broadcasts,
      notes,
      enrolment,
      register,
      clock,
      deviceApi,
      controllerUrl,
      places,
      signalsOf,
      signalStatesOf,
      openAlertCountOf,
      logger,
    } = deps;
    this.#deps = deps;
    this.reports = new RoomReports({ telemetry, broker, clock, logger });
    this.events = new RoomEventLog({ telemetry, broker, logger });
    this.registry = new RoomRegistry({ store, meetings, enrolment, register, deviceApi });
    this.pairings = new Pairings({ store, broker, reports: this.reports, clock, logger });
    this.services = new RoomServices({ store, registry: this.registry, enrolment, register, clock, logger });
    this.list = new RoomList({
      services: this.services,
      ages: new HealthAges({ telemetry, clock, logger }),
      places,
      signalsOf,
      signalStatesOf,
      openAlertCountOf,
      registry: this.registry,
      reports: this.reports,
      register,
      enrolment,
      meetings,
      broker,
      logger,
    });
    this.#relay = new CommandRelay({
      broker,
      reports: this.reports,
      grantFor: (roomId) => this.#grantFor(roomId, null),
      logger,
    });
    this.laptops = new Laptops({
      pairings: this.pairings,
      relay: this.#relay,
      reports: this.reports,
      meetings,
      logger,
    });
    this.#desired = new DesiredState({
      registry: this.registry,
      pairings: this.pairings,
      meetings,
      broker,
      clock,
      controllerUrl,
      logger,
    });
    this.#publishedBroadcasts = new PublishedBroadcasts({ registry: this.registry, broadcasts, broker, clock, logger });
    this.#publishedMeetings = new PublishedMeetings({ registry: this.registry, meetings, broker, clock, logger });
    this.#waiting = new RoomWaiting({ meetings, reports: this.reports, broker, logger });
    this.#air = new RoomAir({ broadcasts, meetings, reports: this.reports, logger });
    this.links = fleetRoomLinks({
      waiting: this.#waiting,
      air: this.#air,
      notes: new RoomNotes({ notes, meetings, reports: this.reports }),
      pairings: this.pairings,
      relay: this.#relay,
      reports: this.reports,
      registry: this.registry,
      meetings,
      logger,
    });
  }

  async start(): Promise<void> {
    const { broker, enrolment, register, logger } = this.#deps;
    await this.reports.start();
    this.events.start();
    await this.services.start();
    await this.list.start();
    this.reports.onChanged((roomId) => {
      if (this.#isInCall(roomId)) this.services.inCall(roomId);
    });
    await this.pairings.start();
    this.#relay.start();
    this.pairings.onRevoked((pairingId) => this.links.endOf(pairingId));
    this.links.start();
    this.laptops.start();
    this.#waiting.start();
    this.#air.start();
    broker.on(
      'request',
      (roomId, request) =>
        void this.#answer(roomId, request).catch((error: unknown) => logger.error({ err: error }, 'request failed')),
    );
    register.onRevoked((identity) => {
      const who = parseClientIdentity(identity);
      if (who?.party === 'room')
        void this.#kioskRevoked(who.id).catch((error: unknown) =>
          logger.error({ err: error, roomId: who.id }, 'pairings of a revoked kiosk not ended'),
        );
    });
    this.registry.onChanged(({ kind, roomId }) => {
      if (kind === 'renamed') this.#desired.changed(roomId);
    });
    enrolment.onEnrolled((roomId) => {
      this.reports.forget(roomId);
      void this.events
        .forgetCount(roomId)
        .catch((error: unknown) => logger.error({ err: error, roomId }, 'count of events not forgotten'));
    });
    await this.#desired.start();
    await this.#publishedMeetings.start();
  }
  /** Once places and broadcasts are read: a room must not lose what it shows by our start. */
  offerBroadcasts(): Promise<void> {
    return this.#publishedBroadcasts.start();
  }
  async stop(): Promise<void> {
    this.links.stop();
    this.list.stop();
    this.services.stop();
    this.#publishedMeetings.stop();
    this.#publishedBroadcasts.stop();
    this.pairings.stop();
    await this.reports.stop();
  }

  /** Its pairings and tablets end too, and what it reported is forgotten. False: no such room. */
  async remove(roomId: string, actor: string): Promise<boolean> {
    if (!(await this.registry.remove(roomId, actor))) return false;
    await this.pairings.revokeAllOfRoom(roomId, actor);
    this.reports.remove(roomId);
    await this.#deps.telemetry.write(async (trx) => {
      for (const table of ROOM_TABLES) await trx.deleteFrom(table).where('roomId', '=', roomId).execute();
    });
    return true;
  }

  /** The codes on its TV pair nobody, and who paired by them is out: a stolen one may have been looked at. */
  async #kioskRevoked(roomId: string): Promise<void> {
    this.reports.forget(roomId);
    this.pairings.forgetCodes(roomId);
    await this.pairings.revokeOfRoom(roomId, 'fleet');
  }

  #isInCall(roomId: string): boolean {
    return this.reports.projections.get(roomId, 'state')?.phase.name === 'in-call';
  }

  /**
   * Into the call that the room is in, as the meeting's policy has it for links.
   * @throws InvalidStateError not-possible-now: it is in none, or in one of others
   */
  async joinLink(roomId: string): Promise<string> {
    if (!this.#isInCall(roomId)) throw new InvalidStateError('not-possible-now', 'the room is in no call');
    return (await this.#waiting.invite(roomId, null, `room:${roomId}`)).joinUrl;
  }

  /** As it last reported. */
  idleTvOf(roomId: string): IdleTv {
    const { projections } = this.reports;
    return {
      documentId: this.#isInCall(roomId) ? null : (projections.get(roomId, 'document')?.document?.documentId ?? null),
      bookings: projections.get(roomId, 'agenda')?.bookings ?? [],
    };
  }

  async #grantFor(
    roomId: string,
    endedCallId: string | null,
    booking: GrantRequest['booking'] = null,
  ): Promise<CallGrant> {
    const room = await this.registry.byId(roomId);
    if (!room) throw new ProtocolError('not-found', 'no such room');
    const { meetings } = this.#deps;
    if (!booking) return meetings.grantForRoom(roomId, room.roomName, endedCallId);
    const grant = await meetings.grantForBooking(room, endedCallId, booking);
    await this.#takeDocumentsAlong(roomId, grant.meetingId);
    return grant;
  }

  /** Documents of an idle room are its own meeting's, and go on in the one that starts. */
  async #takeDocumentsAlong(roomId: string, meetingId: string): Promise<void> {
    const { meetings, documents } = this.#deps;
    if (this.#isInCall(roomId)) return;
    const own = await meetings.ofRoom(roomId);
    if (own && !own.underWay && own.meetingId !== meetingId)
      await documents.takeAlong(
        { roomId, shownDocumentId: this.idleTvOf(roomId).documentId },
        own.meetingId,
        meetingId,
      );
  }

  async #answer(roomId: string, request: RoomRequest): Promise<void> {
    const { broker, meetings, logger } = this.#deps;
    const { id } = request;
    try {
      if (!this.#grantRequests.take(roomId)) throw new UserError('too-many-attempts');
      if (request.name === 'request-document-access') {
        const access = await meetings.documentAccessOfRoom(roomId, roomId, request.callId);
        broker.publish('requestReply', roomId, { name: 'document-access', id, access });
        return;
      }
      if (request.name === 'request-viewing') {
        const { broadcasts, liveUrl } = this.#deps;
        const viewing = await broadcasts.viewings.forRoom(roomId, request.broadcastId, liveUrl());
        broker.publish('requestReply', roomId, { name: 'viewing', id, viewing });
        return;
      }
      const grant = await this.#grantFor(roomId, request.endedCallId, request.booking ?? null);
      broker.publish('requestReply', roomId, { name: 'grant', id, grant });
    } catch (thrown) {
      const error = toMaruError(thrown);
      logger.warn({ roomId, code: error.code, err: error.code === 'internal' ? thrown : undefined }, 'request refused');
      broker.publish('requestReply', roomId, { name: 'refused', id, error: error.toWire() });
    }
  }
}
