/**
 * The agent, the room's authority on the box: its room, store, line to the fleet, room machine, the list of its parts,
 * screen server. Reads top to bottom as the start order; started by kiosk/main.ts here, by its systemd unit in a
 * real room. A box that belongs to no room shows why until it does; one that is put out of its room starts again so.
 */
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pino } from 'pino';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { MaruError } from '#contract/error-codes.ts';
import { oncePerWord, onUnknownWord } from '#contract/open-words.ts';
import type { KioskReady } from '#contract/process-ready.ts';
import type { ProjectionValue } from '#contract/projections.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import { BookingId } from '#contract/room-agenda.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { ResumeTicket, SCREEN_KEY_FRAGMENT } from '#contract/screen-link.ts';
import { Layout } from '#contract/room-state.ts';
import { EpochMs, z } from '#contract/schema.ts';
import { SECTION_NAMES } from '#contract/settings/all-settings.ts';
import type { WaitingList } from '#contract/waiting.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { endOnBoth } from '#edge/uncaught.ts';
import { maruVersion } from '#edge/version.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { parseAgentOptions, agentUsage } from './agent-options.ts';
import { BoxHealth } from './box-health.ts';
import { broadcastsPart } from './broadcasts/part.ts';
import { calendarPart } from './calendar/part.ts';
import { chatPart } from './chat/part.ts';
import { pollsPart } from './polls/part.ts';
import { Delegation } from './delegation.ts';
import { documentsPart } from './documents/part.ts';
import { FleetLink } from './fleet-link.ts';
import { FleetRequests } from './fleet-requests.ts';
import { type RoomIdentity, renew, renewalDue } from './room-identity.ts';
import { healthPart } from './health/part.ts';
import { KeptFile } from './kept-file.ts';
import { LogRing } from './help/log-ring.ts';
import { helpPart } from './help/part.ts';
import { ScreenPictures } from './help/screen-pictures.ts';
import { lanPart } from './lan/part.ts';
import { NotEnrolledScreen } from './not-enrolled-screen.ts';
import { OwnEnrolment } from './own-enrolment.ts';
import { Parts } from './parts/parts.ts';
import { mediaDevicesPart } from './peripherals/media-devices/part.ts';
import { speakerphonePart } from './peripherals/speakerphone/part.ts';
import { cancelsOwnEcho } from './peripherals/speakerphone/quirks.ts';
import { tvPart } from './peripherals/tv/part.ts';
import { PairingCodes } from './pairing-codes.ts';
import { pairingOf } from './pairing-of.ts';
import { Projections } from './projections.ts';
import { reachPart } from './reach/part.ts';
import { RoomAuthority } from './room-authority.ts';
import { RoomEventOutbox } from './room-event-outbox.ts';
import { roomEventsBetween } from './room-events-between.ts';
import { isPartReport } from '../room/room.ts';
import { ScreenServer } from './screen-server.ts';
import { ServiceNotify } from './service-notify.ts';
import { FleetAddresses } from './setup/fleet-address.ts';
import { kioskSheet } from './setup/kiosk-sheet.ts';
import { SetupServer } from './setup/setup-server.ts';
import { ShellFolder } from './shell-folder.ts';
import { fetchPicture } from './idle/fetch-picture.ts';
import { IdleShow } from './idle/idle-show.ts';
import { KioskSettings } from './settings/kiosk-settings.ts';
import { RoomStore } from './store/room-store.ts';
import { transcriptPart } from './transcript/part.ts';
import { updatesPart } from './updates/part.ts';
import { waitingOnTv } from './waiting-on-tv.ts';

const options = readCommandLine(agentUsage, parseAgentOptions);
const { dataDir } = options;
/** A call that ran when the box went is worth coming back to for so long after it was last seen to run. */
const CALL_REMEMBERED_MS = 5 * 60_000;
const REMEMBERED_EACH_MS = 60_000;
const RENEWAL_LOOK_MS = 6 * 3_600_000;
const COMPILED_KEPT_AFTER_MS = 5_000;

const KeptRoom = z.object({
  epoch: z.number().int(),
  controllerUrl: z.url().nullable(),
  savedAtMs: EpochMs,
  volumePercent: z.number().int().min(0).max(100),
  layout: Layout,
  inCall: z
    .object({
      ticket: ResumeTicket,
      meetingTitle: z.string(),
      bookingId: BookingId.nullable().default(null),
      startedAtMs: EpochMs,
      forLaptop: z.boolean().default(false),
    })
    .nullable(),
});

let isStarted = false;
/** Until a part has published its fields. */
const NO_EQUIPMENT: ProjectionContent<'equipment'> = {
  devices: [],
  camera: null,
  presets: [],
  shownInput: null,
  selfTest: null,
  speakerphone: null,
  tv: { control: 'none', power: 'unknown', name: null, code: null },
  lanUrl: null,
};
const ring = new LogRing(pino.destination(2));
const logger = pino({ base: { process: 'agent' } }, ring);
endOnBoth(
  (what, error) => logger.fatal({ err: error }, what),
  undefined,
  (error) => isStarted && parts.isFailureOfPart(error),
);
onUnknownWord(oncePerWord((word) => logger.warn({ word }, 'a word of a newer release is ignored')));
const clock = new WallClock();
clock.start();
const service = new ServiceNotify({ env: process.env, log: (error) => logger.warn({ err: error }, 'systemd') });
service.start();
mkdirSync(dataDir, { recursive: true, mode: 0o700 });

const pageDir = join(import.meta.dirname, '../screen/dist');
const controllerDir = join(import.meta.dirname, '../../controller/dist');
const shellFolder = new ShellFolder({ path: options.shellDir, logger });
const screenKey = shellFolder.key();
const pictures = new ScreenPictures({ leaveWish: (pictureId) => shellFolder.leavePictureWish(pictureId) });
const notEnrolled = new NotEnrolledScreen({
  port: options.screenPort,
  pageDir,
  key: screenKey,
  logger,
  onServed: (screenPort) => {
    service.ready();
    process.send?.({ screenPort });
  },
});
const addresses = new FleetAddresses({ dataDir });
const setup = new SetupServer({
  port: options.setupPort,
  onAddress: (address) => {
    logger.info({ deviceApiUrl: address.deviceApiUrl }, 'a person has named the fleet');
    addresses.keep(address);
  },
});
const enrolment = new OwnEnrolment({
  dataDir,
  claimFile: options.claimFile,
  sheet: () => kioskSheet(maruVersion()),
  setupUrl: () => setup.url,
  addresses,
  async onNotEnrolled(code, view) {
    // a box that is a room's does not listen on the network for anything but its phones
    await setup.start().catch((error: unknown) => logger.warn({ err: error }, 'no page for a phone'));
    await notEnrolled.show(code, { ...view, setupUrl: setup.url });
  },
  logger,
});
const endWaiting = (): void => process.exit(0);
process.once('disconnect', endWaiting);
let identity: RoomIdentity = await enrolment.room();
process.off('disconnect', endWaiting);
await Promise.all([notEnrolled.stop(), setup.stop()]);
const kept = new KeptFile(join(dataDir, 'room.json'), KeptRoom);
const before = kept.read();
const epoch = (before?.epoch ?? 0) + 1;
let toldReady = false;
let waiting: WaitingList | null = null;
let controllerUrl = before?.controllerUrl ?? null;
const recent = before !== null && Math.abs(Date.now() - before.savedAtMs) < CALL_REMEMBERED_MS;

const settings = new KioskSettings({
  dataDir,
  roomId: identity.roomId,
  publish: (report) => void fleet.publish('settingsReport', report),
  logger,
});
await settings.start();
for (const name of SECTION_NAMES)
  settings.onChange(name, (values) => {
    if (name === 'screen') screens.showFrame();
    else if (name === 'idle') idleShow.apply(settings.value('idle'));
    else parts.applySettings(name, values);
  });
const idleShow = new IdleShow(
  {
    dataDir,
    fetchPicture: (signageKey) => fetchPicture(identity, signageKey),
    onChange: () => screens.showFrame(),
    logger,
  },
  settings.value('idle'),
);
shellFolder.leaveCa(identity.caPem);
const store = new RoomStore({
  path: join(dataDir, 'room.sqlite'),
  logger,
  onStorage: (state) => health.report('storage', state === 'failing' ? 'storage-failed' : null),
  onDamaged: () => events.record({ name: 'device-faulty', device: 'storage', code: 'storage-failed' }),
});
const events: RoomEventOutbox = new RoomEventOutbox({
  store,
  publish: (batch) => void fleet.publish('roomEvents', batch),
  logger,
});
const delegation = new Delegation({
  store,
  identity: () => identity,
  fleetNowMs: () => fleet.fleetNowMs,
  logger,
});
const health = new BoxHealth({
  onNotices: (notices) => authority.handle({ type: 'box-notices', notices }),
  onEvent: (draft) => events.record(draft),
});
const projections = new Projections({ roomId: identity.roomId, epoch });
const codes = new PairingCodes({
  roomId: identity.roomId,
  onChange: () => projections.publish('pairing', codes.offer),
  clock,
});
const fleet: FleetLink = new FleetLink({
  identity,
  epoch,
  clock,
  projections,
  logger,
  onOnline: (online, isRefused) => {
    // without the fleet a phone pairs here, by any code
    if (!online) codes.show(codes.offer);
    authority.onFleet(online, isRefused);
    events.onFleet(online);
    settings.onFleet(online);
    parts.notify('fleet-online', online);
    idleShow.onFleet(online);
    screens.showFrame();
  },
  onNotLetIn: () => enrolment.ask(identity, () => void leaveRoom()),
  onPublished: (name, value) => {
    if (name !== 'pairing') return;
    codes.show(value as ProjectionValue<'pairing'>);
    screens.showFrame();
  },
  onDesired: (desired) => {
    keepName(desired.roomName);
    controllerUrl = desired.controllerUrl;
    authority.onDesired(desired);
    delegation.receive(desired);
    parts.notify('media-nodes', delegation.signalingUrls);
    parts.notify('desired', desired);
    screens.showFrame();
    void tellReady();
  },
  onMeetings: (meetings) => parts.notify('meetings', meetings),
  onOfferedBroadcasts: (offered) => parts.notify('offered-broadcasts', offered),
  onWaiting: (list) => {
    waiting = list;
    screens.showFrame();
  },
  onSettings: (desired) => settings.receive(desired),
  onAction: (order) => parts.notify('action-order', order),
  onHelpOfRoom: (help) => parts.notify('help-of-room', help),
  onDesiredUpdate: (desired) => parts.notify('desired-update', desired),
  onCommand: (envelope) => authority.onCommand(envelope),
  onRequestReply: (response) => {
    if (response.name === 'pairing-code-used') {
      codes.use(response.sha256);
      parts.notify('presence', null);
    } else if (response.name !== 'unknown') requests.onRequestReply(response);
  },
  onEventsAck: (ack) => events.acknowledged(ack),
});
const requests = new FleetRequests({
  publish: (request) => void fleet.publish('request', request),
  isFleetOnline: () => fleet.online,
  logger,
});
const authority: RoomAuthority = new RoomAuthority({
  roomId: identity.roomId,
  roomName: identity.roomName,
  projections,
  fleet,
  requests,
  logger,
  remembered: before && {
    volumePercent: before.volumePercent,
    layout: before.layout,
    inCall:
      before.inCall && recent
        ? {
            name: 'in-call',
            ...before.inCall,
            connection: 'reconnecting',
            mediaBlocked: false,
            participants: [],
            order: OPEN_ORDER,
            air: OFF_AIR,
            awaitsGrant: false,
          }
        : null,
  },
  perform: (effect) => screens.perform(effect),
  onChange: (was, now) => {
    for (const draft of roomEventsBetween(was, now, Date.now())) events.record(draft);
    parts.follow(authority.state);
    // the window starts again for it: not while a meeting is on the TV
    if (now.phase.name === 'idle') shellFolder.leaveCa(identity.caPem);
  },
  mintGrant: () => delegation.mint(),
  record: (draft) => events.record(draft),
  onRoster: (update) => parts.notify('roster', update),
  dispatch: (command) => parts.dispatch(command),
  bookingOf: (bookingId) => parts.bookingOf(bookingId),
  remember: ({ volumePercent, layout, inCall }) => {
    const call = inCall && {
      ticket: inCall.ticket,
      meetingTitle: inCall.meetingTitle,
      bookingId: inCall.bookingId,
      startedAtMs: inCall.startedAtMs,
      forLaptop: inCall.forLaptop,
    };
    try {
      kept.write({ epoch, controllerUrl, savedAtMs: Date.now(), volumePercent, layout, inCall: call });
    } catch (error) {
      // a full or read-only disk costs the memory of a restart, nothing else
      logger.error({ err: error }, 'the room could not be remembered');
    }
  },
});
/** In the order in which they follow the room: first those whose lamps and sounds a person waits for. */
const parts: Parts = new Parts({
  list: [
    speakerphonePart,
    tvPart,
    reachPart,
    mediaDevicesPart(cancelsOwnEcho),
    calendarPart,
    documentsPart(identity.roomId),
    broadcastsPart,
    chatPart,
    pollsPart,
    transcriptPart,
    healthPart(dataDir),
    helpPart({
      roomId: identity.roomId,
      epoch,
      identity: () => identity,
      ring,
      pictures,
      restartAgent: () => void end(),
      restartFile: options.restartFile,
      obey: (command) => authority.obey(command),
      isExpired: (beforeMs) => fleet.isExpired(beforeMs),
      clockOffMs: () => fleet.clockOffMs,
      report: (report) => fleet.publish('actionReport', report),
      sendLines: (lines) => void fleet.publish('logLines', lines),
    }),
    updatesPart({ dataDir, paths: options.updates, identity: () => identity }),
    lanPart(controllerDir),
  ],
  services: {
    logger,
    clock,
    settings,
    store,
    codes,
    projections,
    publish: (name, content) => projections.publish(name, content),
    publishFields: (name, fields) => projections.publishFields(name, fields),
    isFleetOnline: () => fleet.online,
    fleetOrigin: () => controllerUrl && new URL(controllerUrl).origin,
    fleetCa: () => identity.caPem,
    certificate: () => identity.certificatePem,
    fleetLine: () => ({ mqttUrl: identity.mqttUrl, clockOffMs: fleet.clockOffMs, roundTripMs: fleet.roundTripMs }),
    requestTestGrant: () => requests.requestTestGrant(),
    requestDocumentAccess: (callId) => requests.requestDocumentAccess(callId),
    requestViewing: (broadcastId) => requests.requestViewing(broadcastId),
    ask: (command) => authority.ask(command),
    onLanCommand: (order, reply) => authority.onLanCommand(order, reply),
    perform: (effect) => {
      if (effect.name === 'restart-screen') parts.notify('screen-restart-asked', null);
      return screens.perform(effect);
    },
    record: (draft) => events.record(draft),
  },
  onFault: (part, code) => health.report(part, code),
  onNotices: (part, notices) => health.reportNotices(part, notices),
});
const screens: ScreenServer = new ScreenServer({
  port: notEnrolled.port,
  pageDir,
  signageDir: idleShow.folder,
  key: screenKey,
  logger,
  projections,
  frame: () => ({
    language: settings.value('screen').language,
    pairing: pairing(),
    waiting: waitingOnTv(waiting, fleet.online),
    idle: idleShow.frame,
  }),
  resume: () => authority.resumeTicket,
  onConnected: (inCall) => {
    parts.notify('screen-connected', null);
    authority.handle({ type: 'screen-connected', inCall });
  },
  onScreen: (page) => parts.notify('screen', page),
  onAlive: (page) => parts.notify('screen-alive', page),
  onGone: () => authority.handle({ type: 'screen-gone' }),
  onReport: (report) => {
    if (isPartReport(report)) parts.onReport(report);
    else authority.handle({ type: 'screen', report });
  },
  onPicture: (pictureId, picture) => pictures.bring(pictureId, picture),
});

projections.publish('equipment', NO_EQUIPMENT);
let shownLanUrl: string | null = null;
projections.follow('tv', (name, value) => {
  if (name !== 'equipment' || (value as RoomEquipment).lanUrl === shownLanUrl) return;
  shownLanUrl = (value as RoomEquipment).lanUrl;
  screens.showFrame();
});

store.start();
events.record({ name: 'agent-started', epoch });
authority.start();
authority.remember(true);
const tvUrl = await screens.start();
idleShow.start();
service.ready();
codes.start();
parts.start(authority.state);
isStarted = true;
parts.notify('media-nodes', delegation.signalingUrls);
fleet.start();
clock.onJump((byMs) => {
  logger.warn({ byMs }, 'the wall clock jumped');
  // the call is remembered by the time at which it was saved
  authority.remember(true);
});
const remembering = setInterval(() => authority.remember(true), REMEMBERED_EACH_MS);
const renewing = setInterval(() => void renewIfDue(), RENEWAL_LOOK_MS);
void renewIfDue();
// Node keeps what it compiled at its end; who is killed or loses power has none
setTimeout(flushCompileCache, COMPILED_KEPT_AFTER_MS).unref();
// the supervisor learns the port at once, for a TV that must show something though no fleet answers
process.send?.({ screenPort: Number(new URL(tvUrl).port) });

let ending = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
// ended with whoever started it
if (process.send) process.on('disconnect', () => void end());

/** So that the TV knows it after a restart without the fleet. */
function keepName(roomName: string): void {
  if (roomName === identity.roomName) return;
  identity = { ...identity, roomName };
  try {
    enrolment.write(identity);
  } catch (error) {
    logger.error({ err: error }, "the room's new name could not be kept");
  }
}

/** The fleet has said that this box is not its room's any more: the TV says so at once, and after the next start too. */
async function leaveRoom(): Promise<void> {
  if (ending) return;
  logger.warn({ roomId: identity.roomId }, 'the fleet has ended the enrolment of this box');
  screens.showNotEnrolled('enrolment-ended');
  try {
    enrolment.write({ ...identity, endedAtMs: Date.now() });
  } catch (error) {
    logger.error({ err: error }, 'the end of the enrolment could not be kept');
  }
  await end();
}

function pairing(): ReturnType<typeof pairingOf> {
  return pairingOf({ code: codes.shown, fleetOnline: fleet.online, controllerUrl, lanUrl: shownLanUrl });
}

/** Once: the address holds a code that the fleet already knows. */
async function tellReady(): Promise<void> {
  await fleet.publishProjection('pairing');
  const url = pairing()?.url;
  if (url === undefined || toldReady) return;
  toldReady = true;
  const openUrl = `${tvUrl}#${SCREEN_KEY_FRAGMENT}=${screenKey}`;
  process.send?.({ ready: 'kiosk', roomId: identity.roomId, tvUrl: openUrl, controllerUrl: url } satisfies KioskReady);
}

async function renewIfDue(): Promise<void> {
  if (!renewalDue(identity, Date.now())) return;
  try {
    identity = await renew(identity);
    enrolment.write(identity);
    fleet.use(identity);
    if (authority.state.phase.name === 'idle') shellFolder.leaveCa(identity.caPem);
    logger.info('certificate renewed');
  } catch (error) {
    if (error instanceof MaruError && error.code === 'enrolment-ended') return leaveRoom();
    logger.warn({ err: error }, 'the certificate could not be renewed, trying again later');
  }
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  clearInterval(remembering);
  clearInterval(renewing);
  clock.stop();
  codes.stop();
  idleShow.stop();
  authority.stop();
  events.stop();
  await Promise.all([service.stop(), parts.stop()]);
  await fleet.stop();
  await screens.stop();
  store.stop();
  process.exit(0);
}
