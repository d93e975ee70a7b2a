/**
 * The agent, the room's authority on the box: identity, store, line to the fleet, screen server, its own server on the
 * LAN, room machine. Reads top to bottom as the start order; started by kiosk/main.ts here, by its systemd unit in a
 * real room.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { Claim } from '#contract/enrolment.ts';
import { toMaruError } from '#contract/error-codes.ts';
import type { KioskReady } from '#contract/process-ready.ts';
import { BookingId } from '#contract/room-agenda.ts';
import { ResumeTicket } from '#contract/screen-link.ts';
import { Layout } from '#contract/room-state.ts';
import { EpochMs, Language, z } from '#contract/schema.ts';
import { Box } from './box.ts';
import { Delegation } from './delegation.ts';
import { FleetLink } from './fleet-link.ts';
import { enrol, Identity, renew, renewalDue } from './identity.ts';
import { KeptFile } from './kept-file.ts';
import type { LanServer } from './lan/lan-server.ts';
import { PairingCodes } from './pairing-codes.ts';
import { pairingOf } from './pairing-of.ts';
import { RoomAuthority } from './room-authority.ts';
import { RoomEvents } from './room-events.ts';
import { happeningsOf } from './room-happenings.ts';
import { isEquipmentReport } from '../room/room.ts';
import { ScreenServer } from './screen-server.ts';
import { ServiceNotify } from './service-notify.ts';
import { readSettings } from './settings.ts';
import { RoomStore } from './store/room-store.ts';

const { values: options } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: '.maru/kiosk' },
    'claim-file': { type: 'string' },
    'screen-port': { type: 'string', default: '7420' },
  },
});
/** A call that ran when the box went is worth coming back to for so long after it was last seen to run. */
const CALL_REMEMBERED_MS = 5 * 60_000;
const REMEMBERED_EACH_MS = 60_000;
const RENEWAL_LOOK_MS = 6 * 3_600_000;
const COMPILED_KEPT_AFTER_MS = 5_000;

const KeptRoom = z.object({
  epoch: z.number().int(),
  language: Language,
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
    })
    .nullable(),
});

const logger = pino({ base: { process: 'agent' } }, pino.destination(2));
const service = new ServiceNotify({ env: process.env, log: (error) => logger.warn({ err: error }, 'systemd') });
service.start();
const dataDir = options['data-dir'];
mkdirSync(dataDir, { recursive: true, mode: 0o700 });

const identityFile = new KeptFile(join(dataDir, 'identity.json'), Identity);
let identity = identityFile.read() ?? (await enrolByClaim());
const kept = new KeptFile(join(dataDir, 'room.json'), KeptRoom);
const before = kept.read();
const epoch = (before?.epoch ?? 0) + 1;
let language: Language = before?.language ?? 'en';
let toldReady = false;
let controllerUrl = before?.controllerUrl ?? null;
const recent = before !== null && Math.abs(Date.now() - before.savedAtMs) < CALL_REMEMBERED_MS;

const settings = readSettings(join(dataDir, 'settings.json'), logger);
const store = new RoomStore({
  path: join(dataDir, 'room.sqlite'),
  logger,
  onStorage: (state) => box.onStorage(state),
  onDamaged: () => events.record({ name: 'device-faulty', device: 'storage', code: 'storage-failed' }),
});
const events: RoomEvents = new RoomEvents({
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
const codes = new PairingCodes({ roomId: identity.roomId, onChange: () => onPairing() });
const fleet: FleetLink = new FleetLink({
  identity,
  epoch,
  logger,
  onOnline: (online) => {
    authority.onFleet(online);
    events.onFleet(online);
    box.onFleet(online);
    if (online) onPairing();
  },
  onDesired: (desired) => {
    language = desired.language;
    controllerUrl = desired.controllerUrl;
    authority.onDesired(desired);
    delegation.take(desired);
    lan?.onDesired(desired);
    screens.showView();
    void tellReady();
  },
  onCommand: (envelope) => authority.onCommand(envelope),
  onResponse: (response) => {
    if (response.name === 'pairing-code-used') {
      codes.use(response.sha256);
      box.onPresence();
    } else if (!box.onResponse(response)) authority.onResponse(response);
  },
  onEventsAck: (ack) => events.acknowledged(ack),
});
const authority: RoomAuthority = new RoomAuthority({
  roomId: identity.roomId,
  roomName: identity.roomName,
  epoch,
  fleet,
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
            awaitsGrant: false,
          }
        : null,
  },
  perform: (effect) => screens.perform(effect),
  onChange: (was, now) => {
    for (const happening of happeningsOf(was, now, Date.now())) events.record(happening);
    box.follow(authority.state);
  },
  mintGrant: () => delegation.mint(),
  record: (happening) => events.record(happening),
  onRoster: (update) => lan?.tellRoster(update),
  obeyAgenda: (command) => box.obeyAgenda(command),
  obeyEquipment: (command) => box.obeyEquipment(command),
  bookingOf: (bookingId) => box.bookingOf(bookingId),
  onView: () => {
    screens.showView();
    lan?.stateChanged();
  },
  remember: ({ volumePercent, layout, inCall }) => {
    const call = inCall && {
      ticket: inCall.ticket,
      meetingTitle: inCall.meetingTitle,
      bookingId: inCall.bookingId,
      startedAtMs: inCall.startedAtMs,
    };
    try {
      kept.write({ epoch, language, controllerUrl, savedAtMs: Date.now(), volumePercent, layout, inCall: call });
    } catch (error) {
      // a full or read-only disk costs the memory of a restart, nothing else
      logger.error({ err: error }, 'the room could not be remembered');
    }
  },
});
const box: Box = new Box({
  roomId: identity.roomId,
  epoch,
  settings,
  store,
  logger,
  ask: (command) => authority.ask(command),
  perform: (effect) => screens.perform(effect),
  fleetOrigin: () => controllerUrl && new URL(controllerUrl).origin,
  isFleetOnline: () => fleet.online,
  publish: (request) => void fleet.publish('request', request),
  lanUrl: () => lan?.lanUrl ?? null,
  onView: () => screens.showView(),
  tellAgenda: (agenda) => {
    void fleet.publish('agenda', agenda);
    lan?.tellAgenda(agenda);
  },
  tellEquipment: (equipment) => {
    void fleet.publish('equipment', equipment);
    lan?.tellEquipment(equipment);
  },
  onNotices: (notices) => authority.take({ type: 'box-notices', notices }),
  record: (happening) => events.record(happening),
});
const screens: ScreenServer = new ScreenServer({
  port: Number(options['screen-port']),
  pageDir: join(import.meta.dirname, '../screen/dist'),
  logger,
  view: () => ({
    state: authority.state,
    language,
    pairing: pairing(),
    fleetOnline: authority.fleetOnline,
    agenda: box.agenda,
    equipment: box.equipment,
  }),
  resume: () => authority.resumeTicket,
  onConnected: (inCall) => {
    box.onScreenConnected();
    authority.take({ type: 'screen-connected', inCall });
  },
  onGone: () => authority.take({ type: 'screen-gone' }),
  onReport: (report) => {
    if (isEquipmentReport(report)) box.onReport(report);
    else authority.take({ type: 'screen', report });
  },
});

// loaded where there is one: a restart has five seconds, and each module is a part of them
const lan: LanServer | null =
  settings.lan === null
    ? null
    : new (await import('./lan/lan-server.ts')).LanServer({
        settings: settings.lan,
        pageDir: join(import.meta.dirname, '../../controller/dist'),
        store,
        codes,
        state: () => authority.state,
        agenda: () => box.agenda,
        equipment: () => box.equipment,
        onCommand: (order, reply) => authority.onLanCommand(order, reply),
        onPaired: () => box.onPresence(),
        onLanUrl: () => box.onLanUrl(),
        logger,
      });

store.start();
events.record({ name: 'agent-started', epoch });
authority.remember(true);
const tvUrl = await screens.start();
service.ready();
codes.start();
box.start(authority.state);
lan?.start();
fleet.start();
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

async function enrolByClaim(): Promise<Identity> {
  const claimFile = options['claim-file'];
  if (claimFile === undefined) {
    logger.fatal('this box belongs to no room yet: start it with --claim-file');
    process.exit(1);
  }
  try {
    const enrolled = await enrol(Claim.parse(JSON.parse(readFileSync(claimFile, 'utf8'))));
    identityFile.write(enrolled);
    return enrolled;
  } catch (error) {
    logger.fatal({ code: toMaruError(error).code, err: error }, 'the claim led nowhere');
    process.exit(1);
  }
}

function pairing(): ReturnType<typeof pairingOf> {
  return pairingOf({ code: codes.shown, fleetOnline: fleet.online, controllerUrl, lanUrl: lan?.lanUrl ?? null });
}

function onPairing(): void {
  void fleet.publish('pairing', codes.offer);
  screens.showView();
}

/** Once: the address holds a code that the fleet already knows. */
async function tellReady(): Promise<void> {
  await fleet.publish('pairing', codes.offer);
  const url = pairing()?.url;
  if (url === undefined || toldReady) return;
  toldReady = true;
  process.send?.({ ready: 'kiosk', roomId: identity.roomId, tvUrl, controllerUrl: url } satisfies KioskReady);
}

async function renewIfDue(): Promise<void> {
  if (!renewalDue(identity, Date.now())) return;
  try {
    identity = await renew(identity);
    identityFile.write(identity);
    fleet.use(identity);
    logger.info('certificate renewed');
  } catch (error) {
    logger.warn({ err: error }, 'the certificate could not be renewed, trying again later');
  }
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  clearInterval(remembering);
  clearInterval(renewing);
  codes.stop();
  authority.stop();
  events.stop();
  await Promise.all([service.stop(), box.stop()]);
  await lan?.stop();
  await fleet.stop();
  await screens.stop();
  store.stop();
  process.exit(0);
}
