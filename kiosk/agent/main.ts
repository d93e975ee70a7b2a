/**
 * The agent, the room's authority on the box: identity, line to the fleet, screen server, room machine. Reads top to
 * bottom as the start order; started by kiosk/main.ts here, by its systemd unit in a real room.
 */
import { mkdirSync, readFileSync } from 'node:fs';
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
import { FleetLink } from './fleet-link.ts';
import { enrol, Identity, renew, renewalDue } from './identity.ts';
import { KeptFile } from './kept-file.ts';
import { PairingCodes } from './pairing-codes.ts';
import { RoomAuthority } from './room-authority.ts';
import { isEquipmentReport } from '../room/room.ts';
import { ScreenServer } from './screen-server.ts';

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

const codes = new PairingCodes({ roomId: identity.roomId, onChange: () => onPairing() });
const fleet = new FleetLink({
  identity,
  epoch,
  logger,
  onOnline: (online) => {
    authority.onFleet(online);
    if (online) onPairing();
  },
  onDesired: (desired) => {
    language = desired.language;
    controllerUrl = desired.controllerUrl;
    authority.onDesired(desired);
    screens.showView();
    void tellReady();
  },
  onCommand: (envelope) => authority.onCommand(envelope),
  onResponse: (response) => {
    if (response.name === 'pairing-code-used') codes.use(response.sha256);
    else authority.onResponse(response);
  },
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
        ? { name: 'in-call', ...before.inCall, connection: 'reconnecting', participants: [], awaitsGrant: false }
        : null,
  },
  perform: (effect) => screens.perform(effect),
  onChange: () => {},
  // calendar and devices come with the appliance's parts
  obeyAgenda: async () => 'not-possible-now',
  obeyEquipment: async () => 'not-possible-now',
  bookingOf: () => null,
  onView: () => screens.showView(),
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
const screens: ScreenServer = new ScreenServer({
  port: Number(options['screen-port']),
  pageDir: join(import.meta.dirname, '../screen/dist'),
  logger,
  view: () => ({ state: authority.state, language, pairing: pairing(), fleetOnline: authority.fleetOnline }),
  resume: () => authority.resumeTicket,
  onConnected: (inCall) => authority.take({ type: 'screen-connected', inCall }),
  onGone: () => authority.take({ type: 'screen-gone' }),
  onReport: (report) => {
    if (!isEquipmentReport(report)) authority.take({ type: 'screen', report });
  },
});

authority.remember(true);
const tvUrl = await screens.start();
codes.start();
fleet.start();
const remembering = setInterval(() => authority.remember(true), REMEMBERED_EACH_MS);
const renewing = setInterval(() => void renewIfDue(), RENEWAL_LOOK_MS);
void renewIfDue();
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

function pairing(): { code: string; url: string } | null {
  if (controllerUrl === null || !fleet.online) return null;
  return { code: codes.shown, url: `${controllerUrl}#code=${codes.shown}` };
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
  await fleet.stop();
  await screens.stop();
  process.exit(0);
}
