/**
 * The parts of the fleet server: what each is made of and what follows from what, their start and their end. A feature is a
 * folder, a part of it here, and a line of its routes in `served-routes.ts`. Making a part does nothing.
 */
import { join } from 'node:path';
import type { WallClock } from '#edge/wall-clock.ts';
import type { FleetOptions } from './options.ts';
import type { AuthorityStore, TelemetryStore } from './store/index.ts';
import { type CertificateAuthority, type CertificateRegister, Enrolment, WaitingKiosks } from './devices/index.ts';
import { UserError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { Broker } from './broker/index.ts';
import {
  giveUpWaiting,
  MailDelivery,
  MeetingMails,
  queueAccountMail,
  queueMentionMail,
  readMailSettings,
} from './mail/index.ts';
import { OpenidProvider, OpenidSignIn, Organisation, readOpenidSettings } from './people/index.ts';
import { CalendarPeople, Meetings, PeopleMeetings, type SigningKeys, StaffHomes } from './meetings/index.ts';
import { mailedMentionsOf, MeetingChat, MentionMails } from './chat/index.ts';
import { Broadcasts } from './broadcasts/index.ts';
import { ConverterLink, Documents, Retention } from './documents/index.ts';
import { AlertBook, AlertList, AlertNotifications, OF_ORGANISATION } from './alerts/index.ts';
import { FleetHistory } from './history/index.ts';
import { FleetHealth } from './health/index.ts';
import { Rooms } from './rooms/index.ts';
import {
  ErasureWork,
  MeetingRecord,
  MinutesPdf,
  type PrintedMinutes,
  readSummarySettings,
  type RemoveFiles,
  type SummarySettings,
} from './record/index.ts';
import { Polls } from './polls/index.ts';
import { Updates } from './updates/index.ts';
import { ErasureList } from './erasures/index.ts';
import { Help } from './help/index.ts';
import { Notes, NotesLinks } from './notes/index.ts';
import { RoomsSettings, Signage } from './settings/index.ts';
import { Metrics } from './http/index.ts';
import type { ServerAddresses } from './addresses.ts';
import type { Logger } from 'pino';
import type { IceServer } from '#contract/grants.ts';

/** What is there before any part: this process, its store, its trust, its broker. */
export type Ground = ServerAddresses & {
  options: FleetOptions;
  store: AuthorityStore;
  telemetry: TelemetryStore;
  clock: WallClock;
  authority: CertificateAuthority;
  register: CertificateRegister;
  keys: SigningKeys;
  broker: Broker;
  iceServersFor: (peerId: string) => IceServer[];
  /** ends the start in words where only IT can mend what was thrown */
  orRefuse: (error: unknown) => never;
  logger: Logger;
};

export type FleetParts = ReturnType<typeof makeParts>;

/** of the first mail with these minutes: the next ones find it */
const PDF_FOR_MAIL_WITHIN_MS = 20_000;

export function makeParts(ground: Ground) {
  const {
    options,
    fleetUrl,
    liveUrl,
    deviceApiUrl,
    allHosts,
    store,
    telemetry,
    clock,
    authority,
    register,
    keys,
    broker,
    iceServersFor,
    orRefuse,
    logger,
  } = ground;
  const { dataDir } = options;

  /** null: no provider is named */
  function openOpenid(): OpenidSignIn | null {
    if (options.openidConfig === null) return null;
    try {
      const settings = readOpenidSettings(options.openidConfig);
      const provider = new OpenidProvider({ settings, callbackUrl: `${fleetUrl}${pagePaths.openidCallback}` });
      return new OpenidSignIn({
        store,
        sessions: people.sessions,
        provider,
        settings,
        clock,
        onShutOut: putOutOfCalls,
        logger,
      });
    } catch (error) {
      return orRefuse(error);
    }
  }

  function putOutOfCalls(accountId: string): void {
    meetings
      .removeAccount(accountId)
      .catch((error: unknown) => logger.error({ err: error, accountId }, 'an account is not put out of its calls'));
  }

  /** null: no engine of summaries is named */
  function summarySettings(): SummarySettings | null {
    if (options.summaryConfig === null) return null;
    try {
      return readSummarySettings(options.summaryConfig);
    } catch (error) {
      return orRefuse(error);
    }
  }

  /** null: no mail server is named */
  function openMail(): MailDelivery | null {
    if (options.mailConfig === null) return null;
    try {
      const settings = readMailSettings(options.mailConfig);
      const guestLink = async (meetingId: string, inviteId: string): Promise<string> => {
        const link = await meetings.invites.linkOf(meetingId, inviteId);
        if (!link) throw new UserError('invite-invalid');
        return link.joinUrl;
      };
      const minutesPdf = (minutes: PrintedMinutes) => pdf.within(minutes, PDF_FOR_MAIL_WITHIN_MS);
      const mentionsOf = (accountId: string) => mailedMentionsOf(store.read, accountId);
      return new MailDelivery({ store, settings, fleetUrl, guestLink, minutesPdf, mentionsOf, logger });
    } catch (error) {
      return orRefuse(error);
    }
  }

  const polls = new Polls({ store, logger });
  const pdf = new MinutesPdf({ dataDir, log: (what, details) => logger.error(details, what) });
  const mail = openMail();
  const people = new Organisation({
    store,
    clock,
    keys,
    fleetUrl,
    queueMail: mail ? queueAccountMail : async () => false,
    openid: () => (openid ? { label: openid.label } : null),
    logger,
  });
  const openid = openOpenid();
  const enrolment = new Enrolment({ store, authority, register, clock, logger });
  const waitingKiosks = new WaitingKiosks({ store, authority, enrolment, logger });
  const meetings = new Meetings({
    iceServersFor,
    store,
    telemetry,
    broker,
    keys,
    register,
    fleetUrl,
    logger,
  });
  const chat = new MeetingChat({
    store,
    commandCall: (meetingId, commandOf) => meetings.commandCall(meetingId, commandOf),
    onChanged: (meetingId) => meetings.chatChanged(meetingId),
    onRead: (meetingId) => meetings.chatRead(meetingId),
  });
  const documents = new Documents({
    store,
    meetings,
    dataDir,
    newConverter: ({ onEvent, onStatus }) =>
      new ConverterLink({
        dataDir,
        onEvent,
        onStatus(status) {
          logger.info({ status }, 'document converter');
          onStatus(status);
        },
        log: (what, details) => logger.error(details, what),
      }),
    quotaBytes: options.documentQuotaBytes,
    logger,
  });
  const broadcasts = new Broadcasts({
    store,
    meetings,
    people,
    keys,
    settingsOf: (roomId) => ({
      ...settings.desired(roomId, 'broadcast'),
      language: settings.desired(roomId, 'screen').language,
    }),
    dataDir,
    fleetUrl,
    clock,
    logger,
  });
  const notes = new Notes({ store, logger });
  const notesLinks = new NotesLinks({ notes, logger });
  const alerts = new AlertBook({ store, clock, placesOf: (roomId) => people.places.pathOfRoom(roomId) });
  const alertList = new AlertList({ store, book: alerts, places: people.places });
  const notifications = new AlertNotifications({
    store,
    book: alerts,
    list: alertList,
    places: people.places,
    mail,
    dataDir,
    fleetUrl,
    ownHosts: () => [...allHosts, ...meetings.nodes.all.map((node) => new URL(node.signalingUrl).hostname)],
    clock,
    logger,
  });
  const rooms = new Rooms({
    places: people.places,
    signalsOf: (roomId) => health.raisedIn(roomId),
    signalStatesOf: (roomId) => health.statesOf(roomId),
    openAlertCountOf: (roomId) => alerts.openCountOf(roomId),
    store,
    telemetry,
    broker,
    meetings,
    broadcasts,
    liveUrl: () => liveUrl,
    documents,
    notes,
    enrolment,
    register,
    clock,
    logger,
    deviceApi: { url: deviceApiUrl, caSha256: authority.sha256 },
    controllerUrl: `${fleetUrl}/control`,
  });
  people.changes.onShutOut(putOutOfCalls);
  people.placeChanges.onRulesChanged(() => {
    meetings.waitingRoom.lookAll();
    meetings.transcriptRules.lookAll();
  });
  const retention = new Retention({
    store,
    documents,
    meetings,
    tvOf: (roomId) => rooms.idleTvOf(roomId),
    clock,
    logger,
  });
  const bookingsOf = (roomId: string) => rooms.reports.projections.get(roomId, 'agenda')?.bookings ?? [];
  const mails = mail && new MeetingMails();
  const peopleMeetings = new PeopleMeetings({ store, meetings, bookingsOf, mails });
  new CalendarPeople({ store, meetings, broker, mails, logger }).start();
  const staffHomes = new StaffHomes({
    store,
    meetings,
    reports: {
      bookingsOf,
      isInCall: (roomId) => rooms.reports.of(roomId).state?.phase.name === 'in-call',
    },
    logger,
  });
  const mentionMails =
    mail &&
    new MentionMails({
      store,
      isHere: (accountId, withinMs) => staffHomes.isHere(accountId, withinMs),
      queue: queueMentionMail,
      logger,
    });
  const settings: RoomsSettings = new RoomsSettings({
    store,
    broker,
    places: people.places,
    isRoom: async (roomId) => (await rooms.registry.byId(roomId)) !== null,
    isOnline: (roomId) => rooms.reports.of(roomId).online,
    checkPictures: (trx, signageKeys) => signage.check(trx, signageKeys),
    logger,
  });
  const health = new FleetHealth({
    rooms,
    broker,
    register,
    serviceOf: rooms.services.of,
    placesOf: (roomId) => people.places.pathOfRoom(roomId),
    watchOf: (roomId) => settings.desired(roomId, 'watch'),
    refusedSettingsOf: (roomId) => settings.viewNow({ kind: 'room', roomId }).report?.refused ?? [],
    book: alerts,
    clock,
    logger,
  });
  rooms.services.onChanged((roomId) => health.roomMoved(roomId));
  const history = new FleetHistory({
    telemetry,
    rooms,
    broker,
    isInTrouble: (roomId) => rooms.list.isInTrouble(roomId),
    clock,
    logger,
  });
  const help = new Help({
    store,
    broker,
    rooms,
    signalsOf: (roomId) => health.raisedIn(roomId),
    book: alerts,
    dataDir,
    clock,
    logger,
  });
  const updates = new Updates({
    store,
    broker,
    rooms,
    register,
    placesOf: (roomId) => people.places.pathOfRoom(roomId),
    hoursOf: (roomId) => settings.desired(roomId, 'updates').windowHours,
    book: alerts,
    folder: options.updatesDir ?? join(dataDir, 'updates'),
    kioskRelease: options.kioskRelease,
    clock,
    logger,
  });
  const record = new MeetingRecord({
    store,
    meetings,
    fleetUrl,
    minutesAfterMs: options.minutesAfterMs,
    mails: mail && new MeetingMails(),
    notes,
    summarySettings: summarySettings(),
    clock,
    logger,
  });
  const removeFiles: RemoveFiles = async (meetingId, actor, upToMs) => {
    await documents.removeAllOf(meetingId, upToMs);
    await broadcasts.recordings.deleteAllOf(meetingId, actor, upToMs);
  };
  const erasures = new ErasureList({ store, dataDir, logger });
  const erasureWork = new ErasureWork({
    store,
    notes,
    accounts: people.changes,
    removeFiles,
    onChanged: (meetingId) => meetings.changed(meetingId),
    logger,
  });
  const signage = new Signage({ store, dataDir, settings });
  const settingsNotKept = (error: unknown): void => logger.error({ err: error }, 'settings not forgotten');
  rooms.registry.onChanged(({ kind, roomId }) => {
    if (kind === 'placed') meetings.waitingRoom.lookAll();
    if (kind !== 'removed') return;
    void people.places.reload().catch((error: unknown) => logger.error({ err: error }, 'places not read again'));
    void settings.roomRemoved(roomId).catch(settingsNotKept);
    retention.look();
  });
  enrolment.onEnrolled((roomId) => void settings.kioskReplaced(roomId).catch(settingsNotKept));
  const metrics = new Metrics({
    roomsOnline: () => rooms.reports.onlineCount,
    roomLinks: () => rooms.links.count,
    mqttClients: () => broker.connectedCount,
    mediaBlocked: () => meetings.nodes.blockedCount,
    mediaNodesOnline: () => meetings.nodes.all.filter((node) => node.online).length,
    recordings: () => broadcasts.recordings.space(),
    failingFiles: () => ({ authority: store.state === 'failing', telemetry: telemetry.state === 'failing' }),
  });
  return {
    polls,
    pdf,
    mail,
    people,
    openid,
    enrolment,
    waitingKiosks,
    meetings,
    chat,
    documents,
    broadcasts,
    notes,
    notesLinks,
    alerts,
    alertList,
    notifications,
    rooms,
    retention,
    bookingsOf,
    peopleMeetings,
    staffHomes,
    mentionMails,
    settings,
    health,
    history,
    help,
    updates,
    record,
    removeFiles,
    erasures,
    erasureWork,
    signage,
    metrics,
  };
}

/** In this order: what was published before is published again before anyone can ask. */
export async function startParts(
  parts: FleetParts,
  { store, logger }: Pick<Ground, 'store' | 'logger'>,
): Promise<void> {
  await parts.meetings.start();
  await parts.rooms.start();
  await parts.people.start();
  await parts.settings.start();
  await parts.alerts.start();
  await parts.help.start();
  await parts.updates.start();
  await parts.signage.start();
  await parts.documents.start();
  parts.notes.start();
  parts.notesLinks.start();
  await parts.broadcasts.start();
  await parts.erasures.start();
  await parts.erasureWork.start();
  parts.notifications.start();
  watchOrganisation(parts, logger);
  parts.health.start();
  parts.history.start();
  parts.record.start();
  parts.pdf.start();
  await parts.rooms.offerBroadcasts();
  parts.retention.start();
  parts.staffHomes.start();
  parts.rooms.reports.onChanged((roomId) => parts.staffHomes.roomChanged(roomId));
  parts.rooms.registry.onChanged(() => parts.staffHomes.roomsChanged());
  parts.openid?.start();
  parts.mentionMails?.start();
  if (parts.mail) parts.mail.start();
  else await store.write(giveUpWaiting);
}

/** Alerts of the organisation that a part raises and clears as it is. */
function watchOrganisation({ alerts, meetings, erasures, erasureWork }: FleetParts, logger: Logger): void {
  const shown = (change: Promise<void>): void =>
    void change.catch((error: unknown) => logger.error({ err: error }, 'an alert was not written'));
  meetings.nodes.clocks.onWrong((wrong) =>
    shown(
      wrong
        ? alerts.raise('node-clock-off', OF_ORGANISATION, {
            nodeId: wrong.nodeId,
            seconds: Math.round(wrong.aheadMs / 1_000),
          })
        : alerts.clear('node-clock-off', OF_ORGANISATION),
    ),
  );
  erasures.onDue(() => void erasureWork.look());
  erasures.onProblem((code) =>
    shown(
      code === null
        ? alerts.clear('erasures-unreadable', OF_ORGANISATION)
        : alerts.raise('erasures-unreadable', OF_ORGANISATION, { code }),
    ),
  );
}

/** In the opposite order, roughly: a part ends before those on which it rests. */
export async function stopParts(parts: FleetParts): Promise<void> {
  parts.health.stop();
  await parts.notifications.stop();
  await parts.history.stop();
  await parts.rooms.stop();
  parts.waitingKiosks.stop();
  parts.help.stop();
  parts.notes.stop();
  await parts.updates.stop();
  parts.retention.stop();
  parts.record.stop();
  parts.erasureWork.stop();
  parts.pdf.stop();
  parts.settings.stop();
  parts.openid?.stop();
  parts.mentionMails?.stop();
  parts.mail?.stop();
  parts.documents.stop();
  parts.broadcasts.stop();
  parts.staffHomes.stop();
  parts.meetings.stop();
  await parts.erasures.stop();
}
