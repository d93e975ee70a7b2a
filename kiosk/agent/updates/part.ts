/**
 * Updates as a part of the agent: publishes the projection `update`, owns the command `postpone-update`. On a box that is not from a
 * release, or has no root of trust, it shows what runs and does nothing.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RoomState } from '#contract/room-state.ts';
import { isWithinHours } from '#edge/update-hours.ts';
import { maruVersion } from '#edge/version.ts';
import { KeptFile } from '../kept-file.ts';
import type { PartDeclaration } from '../parts/part.ts';
import type { RoomIdentity } from '../room-identity.ts';
import { BoxFiles, runningRelease, type UpdatePaths } from './box-facts.ts';
import { KeptUpdates, RoomBefore } from './kept-updates.ts';
import { ownZone } from './own-zone.ts';
import { RoomChecks } from './room-checks.ts';
import { isBooked, isIdle } from './room-quiet.ts';
import { SensesOfRoom } from './room-senses.ts';
import { RoomUpdates } from './room-updates.ts';
import { lazyStaging } from './lazy-staging.ts';
import { UpdaterOrders } from './updater-orders.ts';

/** What main.ts gives to this part alone. */
export type UpdatesServices = {
  dataDir: string;
  /** null: a checkout */
  paths: UpdatePaths | null;
  identity: () => RoomIdentity;
  /** of tests: a clock that nobody sets, and how patient the part is */
  tickingMs?: () => number;
  provenWithinMs?: number;
  patience?: Parameters<typeof lazyStaging>[0]['patience'];
};

const LOOK_EACH_MS = 1_000;
/** What a meeting leaves of the network. */
const IN_CALL_MEGABITS = 5;
const NO_PATHS: UpdatePaths = { runDir: '', stateDir: '', reportFile: '', rootFile: '', releaseDir: '' };

export const updatesPart = (services: UpdatesServices): PartDeclaration => {
  // once for the process: the link moves, what runs does not
  const running = runningRelease(services.paths?.releaseDir ?? '');
  return {
    name: 'updates',
    make: (host) => {
      const { dataDir, identity } = services;
      const paths = services.paths ?? NO_PATHS;
      const folder = join(dataDir, 'updates');
      const settings = () => host.settings.value('updates');
      let room: RoomState | null = null;
      let showsDocument = false;
      let showsBroadcast = false;
      let timer: NodeJS.Timeout | undefined;
      const senses = new SensesOfRoom({ host, running, room: () => room });
      const fleetNowMs = (): number | null => {
        const { clockOffMs } = host.fleetLine();
        return clockOffMs === null ? null : Date.now() - clockOffMs;
      };
      const updates = new RoomUpdates({
        running: { ...running, version: running.version ?? maruVersion() },
        box: new BoxFiles(paths, running),
        orders: new UpdaterOrders(paths.runDir),
        kept: new KeptFile(join(folder, 'state.json'), KeptUpdates),
        before: new KeptFile(join(folder, 'before.json'), RoomBefore),
        staging: lazyStaging({
          folder,
          rootFile: paths.rootFile,
          runningFolder: running.folder,
          identity,
          megabitsPerSecond: () => rateOf(settings().fetchMegabitsPerSecond, !isIdle(room)),
          fleetNowMs,
          logger: host.logger,
          ...(services.patience && { patience: services.patience }),
        }),
        room: () => ({
          isIdle: isIdle(room),
          isTvInUse: showsDocument || showsBroadcast,
          isBooked: isBooked(host.projections.valueOf('agenda'), Date.now()),
          isWithinHours: isWithinHours(settings().windowHours, ownZone(), Date.now()),
        }),
        offersNotNow: () => settings().offersNotNow,
        checks: (patience) => new RoomChecks(senses.senses, patience),
        record: host.record,
        publish: (shown) => host.publish('update', shown),
        fleetNowMs,
        logger: host.logger,
        ...(services.tickingMs && { tickingMs: services.tickingMs }),
        ...(services.provenWithinMs !== undefined && { provenWithinMs: services.provenWithinMs }),
      });
      const look = (): void => updates.look();
      return {
        start: () => {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          look();
          timer = setInterval(look, LOOK_EACH_MS);
        },
        stop: () => {
          clearInterval(timer);
          updates.stop();
        },
        follow: (now) => {
          const before = room?.phase.name;
          room = now;
          // a call that begins ends the countdown at once
          if (timer !== undefined && before !== now.phase.name) look();
        },
        commands: {
          'postpone-update': async () => (updates.postpone() ? null : 'not-possible-now'),
        },
        settings: { updates: look },
        reports: {
          'device-sights': (sights) => senses.onSights(sights),
          'called-itself': ({ proofId, fault }) => senses.onCalledItself(proofId, fault),
        },
        occasions: {
          'desired-update': (desired) => updates.receive(desired),
          screen: (page) => senses.onScreen(page !== null),
          'screen-alive': (page) => senses.onAlive(page),
          'document-on-tv': (isShown) => {
            showsDocument = isShown;
          },
          'broadcast-on-tv': (shown) => {
            showsBroadcast = shown !== null;
          },
        },
      };
    },
  };
};

/** 0: without a limit, which a meeting does not bear. */
function rateOf(megabits: number, isInCall: boolean): number {
  if (!isInCall) return megabits;
  return megabits === 0 ? IN_CALL_MEGABITS : Math.min(megabits, IN_CALL_MEGABITS);
}
