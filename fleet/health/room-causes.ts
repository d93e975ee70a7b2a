/** What is wrong in a room: pure, from what the fleet knows of it to a finding for each signal. */
import type { SectionValues } from '#contract/settings/all-settings.ts';
import type { RefusedSettings } from '#contract/settings/room-settings.ts';
import type { DeviceWatch, KioskHealth } from '#contract/kiosk-health.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomEquipment, SelfTestCheckName } from '#contract/room-equipment.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { RoomUpdate } from '#contract/room-update.ts';
import type { SignalName } from '#contract/signals.ts';
import type { z } from '#contract/schema.ts';
import type { AlertFacts, SignalFinding } from './signal-machine.ts';

/** Those that follow from a room's facts; sites, calls for help and rollouts are raised by others. */
export type RoomSignal = Exclude<
  SignalName,
  | 'site-offline'
  | 'help-called'
  | 'rollout-halted'
  | 'feed-refused'
  | 'audit-broken'
  | 'node-clock-off'
  | 'erasures-unreadable'
>;

export type WatchedRoom = {
  /** fleet's clock */
  nowMs: number;
  enrolled: boolean;
  /** null: the server has just started, and the room may be about to return */
  online: boolean | null;
  lastSeenMs: number | null;
  /** of a kiosk that is connected, and whose protocol this server does not serve */
  unservedProtocol: number | null;
  state: RoomState | null;
  equipment: RoomEquipment | null;
  /** null: its box measures nothing; `stale`: what came is too old to be true */
  health: KioskHealth | null | 'stale';
  /** of its software; null: it has reported none */
  update: Pick<RoomUpdate, 'failed'> | null;
  refusedSettings: readonly z.output<typeof RefusedSettings>[];
  /** of agent and page, that nobody had asked for, within RESTARTS_WITHIN_MS */
  startCount: number;
  watch: SectionValues<'watch'>;
  /** what is raised now: a number has to get well beyond its limit before it counts as mended */
  raised: ReadonlyMap<SignalName, AlertFacts>;
};

export const RESTARTS_WITHIN_MS = 600_000;
const RESTARTS = 3;
/** certificates live for 365 days and are renewed after two thirds of that: here the renewal has failed for weeks */
const CERTIFICATE_ENDING_MS = 73 * 86_400_000;
const MEMORY_MIN_PERCENT = 5;
/** beyond the limit, in percent of the disk and of the memory, in degrees */
const MENDED_BY = 3;
const POOR = { lossPercent: 5, roundTripMs: 400 };

const SIGNAL_OF_NOTICE: Partial<Record<RoomNotice, RoomSignal>> = {
  'camera-missing': 'camera-failing',
  'camera-refused': 'camera-failing',
  'microphone-missing': 'microphone-failing',
  'microphone-refused': 'microphone-failing',
  'media-unreachable': 'media-blocked',
  'signaling-unreachable': 'media-blocked',
  'signaling-untrusted': 'media-blocked',
  'media-blocked': 'media-blocked',
  'screen-missing': 'screen-missing',
  'protocol-refused': 'protocol-refused',
  'speakerphone-faulty': 'speakerphone-failing',
  'tv-faulty': 'tv-failing',
  'calendar-faulty': 'calendar-failing',
  'storage-failing': 'storage-failing',
  'part-failing': 'part-failing',
};

const well: Record<RoomSignal, SignalFinding> = {
  'kiosk-offline': null,
  'protocol-refused': null,
  'screen-missing': null,
  'screen-frozen': null,
  'screen-black': null,
  'camera-failing': null,
  'microphone-failing': null,
  'speaker-failing': null,
  'speakerphone-failing': null,
  'tv-failing': null,
  'calendar-failing': null,
  'storage-failing': null,
  'part-failing': null,
  'media-blocked': null,
  'call-quality-poor': null,
  'call-fault': null,
  'disk-low': null,
  'memory-low': null,
  'temperature-high': null,
  'clock-off': null,
  'certificate-ending': null,
  'settings-refused': null,
  'kiosk-restarting': null,
  'update-failed': null,
};
export const ROOM_SIGNALS = Object.keys(well) as RoomSignal[];
const unknown = Object.fromEntries(ROOM_SIGNALS.map((name) => [name, 'unknown'])) as Record<RoomSignal, SignalFinding>;

export function findingsOf(room: WatchedRoom): Record<RoomSignal, SignalFinding> {
  const { enrolled, online, unservedProtocol, state, lastSeenMs, startCount } = room;
  // without a box nothing can fail
  if (!enrolled) return well;
  const restarting: SignalFinding = startCount >= RESTARTS ? { count: startCount } : null;
  const refused = unservedProtocol !== null;
  const unseen = {
    ...unknown,
    'kiosk-offline': refused || online ? null : online === null ? 'unknown' : { lastSeenMs },
    'protocol-refused': refused ? { kioskProtocol: unservedProtocol, serverProtocol: PROTOCOL_VERSION } : null,
    'kiosk-restarting': restarting,
  } satisfies Record<RoomSignal, SignalFinding>;
  if (refused || !online || state === null) return unseen;
  const found = { ...well, ...ofHealth(room), ...ofState(room, state), 'kiosk-restarting': restarting };
  // a page that stood still is gone while its shell starts it anew: the same trouble, under the alert that is open for it
  if (found['screen-missing'] && room.raised.has('screen-frozen'))
    return { ...found, 'screen-missing': null, 'screen-frozen': {} };
  return found;
}

/** What the room itself shows to everybody. */
function ofState(room: WatchedRoom, { notices, phase }: RoomState): Partial<Record<RoomSignal, SignalFinding>> {
  const found: Partial<Record<RoomSignal, SignalFinding>> = {};
  for (const notice of notices) {
    const signal = SIGNAL_OF_NOTICE[notice];
    if (signal) found[signal] ??= { reason: notice.replace(/^(camera|microphone)-/, '') };
  }
  const { speakerphone, tv } = room.equipment ?? {};
  if (speakerphone?.state === 'faulty')
    found['speakerphone-failing'] = { name: speakerphone.name, code: speakerphone.code };
  if (found['tv-failing'] && tv) found['tv-failing'] = { name: tv.name, code: tv.code };
  if (phase.name === 'fault') found['call-fault'] = { code: phase.code };
  return { ...found, ...ofRefusedSettings(room.refusedSettings), 'update-failed': failedUpdate(room.update) };
}

/** One that is held: what the box tries again by itself is no news. */
function failedUpdate(update: WatchedRoom['update']): SignalFinding {
  const failed = update?.failed;
  if (!failed?.isHeld) return null;
  const { releaseId, failure, refusal, check, detail } = failed;
  return { releaseId, failure, reason: refusal ?? check ?? failure, detail };
}

function ofRefusedSettings(refused: WatchedRoom['refusedSettings']): { 'settings-refused': SignalFinding } {
  const [first] = refused;
  return {
    'settings-refused': first
      ? { section: first.section, field: first.field, code: first.code, count: refused.length }
      : null,
  };
}

/** What the box measured, and what the page sees of its devices. */
function ofHealth(room: WatchedRoom): Partial<Record<RoomSignal, SignalFinding>> {
  const { health, equipment, watch, raised, nowMs } = room;
  if (health === 'stale') return { ...unknown, ...byNoticeAlone };
  const speaker = tested(equipment, 'speaker', 0);
  if (health === null) return { 'speaker-failing': speaker };
  const { screen, disk, memory, temperatureCelsius, clockOffMs, certificateEndsAtMs } = health;
  const freePercent = disk && percent(disk.freeBytes, disk.totalBytes);
  const diskMin = watch.diskFreeMinPercent + (raised.has('disk-low') ? MENDED_BY : 0);
  const availablePercent = memory && percent(memory.availableBytes, memory.totalBytes);
  const memoryMin = MEMORY_MIN_PERCENT + (raised.has('memory-low') ? MENDED_BY : 0);
  const hottest = watch.temperatureMaxCelsius - (raised.has('temperature-high') ? MENDED_BY : 0);
  const offMs = watch.clockOffMaxSeconds * (raised.has('clock-off') ? 500 : 1_000);
  return {
    'screen-missing': screen.state === 'missing' ? {} : null,
    'screen-frozen': screen.state === 'frozen' ? {} : null,
    'screen-black': screen.state === 'black' ? {} : null,
    'camera-failing': seen(room, health.camera, 'camera'),
    'microphone-failing': seen(room, health.microphone, 'microphone'),
    'speaker-failing': speaker,
    'call-quality-poor': poorQuality(health, raised.has('call-quality-poor')),
    'disk-low': below(freePercent, diskMin, { freePercent, minPercent: watch.diskFreeMinPercent }),
    'memory-low': below(availablePercent, memoryMin, { availablePercent, minPercent: MEMORY_MIN_PERCENT }),
    'temperature-high':
      temperatureCelsius === null
        ? 'unknown'
        : temperatureCelsius > hottest
          ? { celsius: Math.round(temperatureCelsius), maxCelsius: watch.temperatureMaxCelsius }
          : null,
    'clock-off':
      clockOffMs === null
        ? 'unknown'
        : Math.abs(clockOffMs) > offMs
          ? { seconds: Math.round(clockOffMs / 1_000), maxSeconds: watch.clockOffMaxSeconds }
          : null,
    'certificate-ending':
      certificateEndsAtMs === null
        ? 'unknown'
        : certificateEndsAtMs - nowMs < CERTIFICATE_ENDING_MS
          ? { endsAtMs: certificateEndsAtMs }
          : null,
  };
}

/** The notices are current wherever the state is. */
const byNoticeAlone = {
  'kiosk-offline': null,
  'protocol-refused': null,
  'screen-missing': null,
  'speakerphone-failing': null,
  'tv-failing': null,
  'calendar-failing': null,
  'storage-failing': null,
  'part-failing': null,
  'media-blocked': null,
  'call-fault': null,
  'settings-refused': null,
  'update-failed': null,
} as const satisfies Partial<Record<RoomSignal, SignalFinding>>;

/** A device that is open is judged by what comes from it, one that is not by the test that ran since it was closed. */
function seen(
  { equipment, raised }: WatchedRoom,
  { sight, sinceMs }: DeviceWatch,
  name: 'camera' | 'microphone',
): SignalFinding {
  if (sight === 'well') return null;
  if (sight !== 'not-open') return { reason: sight };
  const finding = tested(equipment, name, sinceMs);
  const reason = raised.get(`${name}-failing`)?.reason;
  // the notice that showed it is gone
  return finding === 'unknown' && (reason === 'missing' || reason === 'refused') ? null : finding;
}

function tested(equipment: RoomEquipment | null, name: SelfTestCheckName, afterMs: number): SignalFinding {
  const test = equipment?.selfTest;
  if (test?.state !== 'done' || test.startedAtMs < afterMs) return 'unknown';
  const check = test.checks.find((each) => each.name === name);
  if (!check || check.outcome === 'skipped') return 'unknown';
  return check.outcome === 'failed' ? { reason: check.reason } : null;
}

function poorQuality({ callQuality }: KioskHealth, isRaised: boolean): SignalFinding {
  if (callQuality === null) return null;
  const part = isRaised ? 0.6 : 1;
  const { sent, received, roundTripMs } = callQuality;
  const lossPercent = Math.max(sent.lossPercent ?? 0, received.lossPercent ?? 0);
  const isPoor = lossPercent > POOR.lossPercent * part || (roundTripMs ?? 0) > POOR.roundTripMs * part;
  // coarse, so that each measurement does not make news
  const facts = {
    lossPercent: coarse(lossPercent, 5),
    roundTripMs: roundTripMs === null ? null : coarse(roundTripMs, 100),
  };
  return isPoor ? facts : null;
}

const coarse = (value: number, step: number): number => Math.ceil(value / step) * step;
const percent = (part: number, whole: number): number | null => (whole > 0 ? Math.floor((100 * part) / whole) : null);
const below = (value: number | null, limit: number, facts: AlertFacts): SignalFinding =>
  value === null ? 'unknown' : value < limit ? facts : null;
