/**
 * What each action does on this kiosk. A microphone or a camera is never opened from afar: a call that IT joins is joined with
 * both off, and nobody but a person in the room turns them on.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ErrorCode, MaruError, OperationalError } from '#contract/error-codes.ts';
import { ACTION_FILES, type LogLines } from '#contract/room-action.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { RoomIdentity } from '../room-identity.ts';
import { sendActionFile } from './action-file.ts';
import type { ItPresences } from './it-presences.ts';
import type { KioskLogs } from './kiosk-logs.ts';
import { batchedLines } from './batched-lines.ts';
import { type NetworkTestOptions, testNetwork } from './network-test.ts';
import type { Performers } from './kiosk-actions.ts';
import type { ScreenPictures } from './screen-pictures.ts';

export type PerformersOptions = {
  identity: () => RoomIdentity;
  logs: KioskLogs;
  pictures: Pick<ScreenPictures, 'take'>;
  presences: ItPresences;
  room: () => RoomState;
  /** the idle TV shows a broadcast */
  showsBroadcast: () => boolean;
  mayBeSeen: () => boolean;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** by the room's own rules; a code where it can't be done */
  obey: (command: RoomCommand) => Promise<ErrorCode | null>;
  /** settles when a page has connected; rejects with the signal */
  screenConnected: (signal: AbortSignal) => Promise<void>;
  selfTestDone: (signal: AbortSignal) => Promise<void>;
  /** settles when the room is in a call; @throws MaruError where it will not be */
  inCall: (signal: AbortSignal) => Promise<void>;
  /** this process ends and is started again */
  restartAgent: () => void;
  /** what starts the box anew when it is there; null: nobody looks for it, as in a checkout */
  restartFile: string | null;
  sendLines: (lines: LogLines) => void;
  networkTest: () => Omit<NetworkTestOptions, 'identity' | 'signal'>;
};

/** the report is on its way, and the TV shows why */
const BEFORE_AGENT_RESTART_MS = 300;
export const RESTART_NOTICE_MS = 10_000;
const PICTURE_EACH_MS = 2_000;
const LOGS_OF_MS = 3_600_000;
const compressed = promisify(gzip);

export function performers(options: PerformersOptions): Performers {
  const { identity, logs, pictures, presences, room, perform, obey } = options;
  /** @throws MaruError by the room's own rules */
  const obeyed = async (command: RoomCommand): Promise<null> => {
    const code = await obey(command);
    if (code !== null) throw new MaruError(code);
    return null;
  };
  const isBusy = (): boolean =>
    room().phase.name === 'in-call' || room().phase.name === 'starting' || options.showsBroadcast();
  return {
    'restart-screen': {
      async perform(_, { signal }) {
        const connected = options.screenConnected(signal);
        connected.catch(() => {});
        if (!perform({ name: 'restart-screen' })) throw new OperationalError('no-screen');
        await connected;
        return null;
      },
    },
    'restart-agent': {
      async perform(_, { signal }) {
        await sleep(BEFORE_AGENT_RESTART_MS, undefined, { signal });
        options.restartAgent();
        // the next start reports that it is done
        return new Promise(() => {});
      },
    },
    'restart-kiosk': {
      refusal: ({ evenInCall }) => {
        if (options.restartFile === null) return 'not-possible-now';
        return isBusy() && !evenInCall ? 'room-in-call' : null;
      },
      async perform({ evenInCall }, { askedBy, signal }) {
        const leave = presences.enter('restarts-soon', askedBy);
        try {
          await sleep(RESTART_NOTICE_MS, undefined, { signal });
          // a person started a call meanwhile
          if (isBusy() && !evenInCall) throw new MaruError('room-in-call');
          writeFileSync(options.restartFile!, '', { mode: 0o640 });
        } catch (error) {
          leave();
          throw error;
        }
        return new Promise(() => {});
      },
    },
    'collect-logs': {
      async perform(_, { actionId, signal }) {
        const { contentType, maxBytes } = ACTION_FILES['collect-logs'];
        const lines = await logs.since(Date.now() - LOGS_OF_MS, signal);
        const content = await compressed(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        if (content.length > maxBytes) throw new OperationalError('too-large', 'more logs than fit');
        await sendActionFile(identity(), { actionId, contentType, content }, signal);
        return { of: 'collect-logs', sizeBytes: content.length, lineCount: lines.length };
      },
    },
    'follow-logs': {
      lasts: true,
      async perform(_, { actionId, signal }) {
        const batch = batchedLines({ actionId, send: options.sendLines, signal });
        logs.follow(batch, signal);
        await until(signal);
        return null;
      },
    },
    'test-network': {
      async perform(_, { signal }) {
        return {
          of: 'test-network',
          checks: await testNetwork({ ...options.networkTest(), identity: identity(), signal }),
        };
      },
    },
    'run-self-test': {
      async perform(_, { signal }) {
        const done = options.selfTestDone(signal);
        done.catch(() => {});
        await obeyed({ name: 'run-self-test' });
        await done;
        return null;
      },
    },
    'look-at-screen': {
      lasts: true,
      refusal: () => (options.mayBeSeen() ? null : 'seeing-not-allowed'),
      async perform(_, { actionId, askedBy, signal }) {
        const { contentType, maxBytes } = ACTION_FILES['look-at-screen'];
        const leave = presences.enter('looks-at-screen', askedBy);
        let pictureCount = 0;
        try {
          while (!signal.aborted) {
            // IT's right may end while it looks
            if (!options.mayBeSeen()) throw new MaruError('seeing-not-allowed');
            const content = await pictures.take(signal);
            if (content.length > maxBytes) throw new OperationalError('too-large', 'the picture is too large');
            await sendActionFile(identity(), { actionId, contentType, content }, signal);
            pictureCount += 1;
            await sleep(PICTURE_EACH_MS, undefined, { signal });
          }
        } catch (error) {
          if (!signal.aborted) throw error;
        } finally {
          leave();
        }
        return { of: 'look-at-screen', pictureCount };
      },
    },
    'join-call': {
      async perform(_, { signal }) {
        const { phase } = room();
        if (phase.name !== 'in-call' && phase.name !== 'starting') {
          perform({ name: 'set-microphone', on: false });
          perform({ name: 'set-camera', on: false });
        }
        await obeyed({ name: 'join-call' });
        await options.inCall(signal);
        return null;
      },
    },
    'leave-call': { perform: () => obeyed({ name: 'leave-call' }) },
    'set-volume': { perform: ({ percent }) => obeyed({ name: 'set-volume', percent }) },
    'mute-microphone': { perform: () => obeyed({ name: 'set-microphone', on: false }) },
  };
}

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
