/**
 * Help as a part of the agent: what IT does here from afar, the room's call for help, and the projection `help` that shows both.
 * Owns the commands `call-for-help`, `write-to-it` and `withdraw-help`.
 */
import { readFileSync } from 'node:fs';
import { v7 } from 'uuid';
import { type ErrorCode, MaruError } from '#contract/error-codes.ts';
import type { ActionReport, LogLines } from '#contract/room-action.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { PartDeclaration } from '../parts/part.ts';
import type { RoomIdentity } from '../room-identity.ts';
import { keptValue } from '../store/kept-value.ts';
import { ActionRecord, KeptActions } from './action-record.ts';
import { HelpCall, KeptHelp } from './help-call.ts';
import { ItPresences } from './it-presences.ts';
import { kioskLogs } from './kiosk-logs.ts';
import type { LogRing } from './log-ring.ts';
import { performers } from './performers.ts';
import { KioskActions } from './kiosk-actions.ts';
import type { ScreenPictures } from './screen-pictures.ts';
import { Awaited } from './awaited.ts';

/** What main.ts gives to this part alone. */
export type HelpServices = {
  roomId: string;
  epoch: number;
  identity: () => RoomIdentity;
  ring: LogRing;
  pictures: ScreenPictures;
  restartAgent: () => void;
  restartFile: string | null;
  /** of IT: no person is in the room for it */
  obey: (command: RoomCommand) => Promise<ErrorCode | null>;
  isExpired: (beforeMs: number) => boolean;
  /** the kiosk's clock minus the fleet's; null: not known */
  clockOffMs: () => number | null;
  report: (report: ActionReport) => Promise<void>;
  sendLines: (lines: LogLines) => void;
};

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export const helpPart = (services: HelpServices): PartDeclaration => ({
  name: 'help',
  make: (host) => {
    let room: RoomState | null = null;
    let signalingUrls: readonly string[] = [];
    let broadcastOnTv = false;
    let isReported = false;
    const screens = new Awaited<void>();
    const selfTests = new Awaited<void>();
    const calls = new Awaited<void>();
    const probes = new Awaited<{ probeId: string; media: 'reached' | 'blocked' | null }>();
    const watch = () => host.settings.value('watch');
    const publish = (): void => {
      host.publish('help', {
        isOffered: watch().offersHelp,
        request: help.request,
        it: [...presences.shown],
      });
    };
    const presences = new ItPresences(publish);
    const help: HelpCall = new HelpCall({
      memory: keptValue(host.store, 'help', KeptHelp),
      isOffered: () => watch().offersHelp,
      record: host.record,
      onChange: publish,
    });

    /** By the page, in an idle room alone. */
    async function probeMedia(signal: AbortSignal): Promise<'reached' | 'blocked' | null> {
      if (room?.phase.name !== 'idle') return null;
      const grant = await host.requestTestGrant();
      const probeId = v7();
      const probed = probes.next(signal, (each) => each.probeId === probeId);
      probed.catch(() => {});
      const urls = [...signalingUrls].slice(0, 8);
      if (!host.perform({ name: 'probe-reach', probeId, signalingUrls: urls, grant })) return null;
      return (await probed).media;
    }

    const actions = new KioskActions({
      roomId: services.roomId,
      record: new ActionRecord(keptValue(host.store, 'room-actions', KeptActions)),
      performers: performers({
        ...services,
        logs: kioskLogs(services.ring, process.env),
        presences,
        room: () => room!,
        showsBroadcast: () => broadcastOnTv,
        mayBeSeen: () => watch().mayBeSeen,
        perform: host.perform,
        screenConnected: (signal) => screens.next(signal),
        selfTestDone: (signal) => selfTests.next(signal),
        inCall: (signal) => (room?.phase.name === 'in-call' ? Promise.resolve() : calls.next(signal)),
        networkTest: () => ({
          signalingUrls,
          probeMedia,
          clockOffMs: services.clockOffMs,
          clockOffMaxMs: watch().clockOffMaxSeconds * 1_000,
        }),
      }),
      epoch: services.epoch,
      bootId: bootIdOf(BOOT_ID),
      isExpired: services.isExpired,
      nowMs: () => Date.now(),
      report: services.report,
      logger: host.logger,
    });
    return {
      start: () => {
        publish();
        actions.start();
      },
      stop: () => actions.stop(),
      follow: (now) => {
        const before = room?.phase.name;
        room = now;
        const { phase } = now;
        if (phase.name === 'in-call') calls.resolve();
        else if (phase.name === 'fault') calls.reject(new MaruError(phase.code));
        else if (before === 'starting' && phase.name === 'idle') calls.reject(new MaruError('not-possible-now'));
      },
      commands: {
        'call-for-help': async (command) => help.call(command),
        'write-to-it': async (command) => help.write(command),
        'withdraw-help': async () => help.withdraw(),
      },
      reports: {
        'self-test-done': () => selfTests.resolve(),
        'reach-probed': ({ probeId, media }) => probes.resolve({ probeId, media }),
      },
      settings: { watch: publish },
      occasions: {
        'action-order': (order) => actions.receive(order),
        'help-of-room': (shown) => help.receive(shown),
        'fleet-online': (isOnline) => {
          if (isOnline && !isReported) actions.reportAgain();
          isReported = isOnline;
        },
        'screen-connected': () => screens.resolve(),
        'media-nodes': (urls) => {
          signalingUrls = urls;
        },
        'broadcast-on-tv': (shown) => {
          broadcastOnTv = shown !== null;
        },
      },
    };
  },
});

function bootIdOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
