/** What the checks of a room look at, gathered from what page, room and other parts report. Opens nothing by itself. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { DeviceSight } from '#contract/kiosk-health.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import { z } from '#contract/schema.ts';
import { ReleaseId } from '#contract/update-feed.ts';
import type { Host } from '../parts/part.ts';
import type { RunningRelease } from './box-facts.ts';
import type { RoomSenses } from './room-checks.ts';

/** Signs of life in a row, of a page with something on it. */
const PAINTED_SIGNS = 3;
const SIGN_WITHIN_MS = 4_000;
const CALL_WITHIN_MS = 20_000;
const UPDATER_WITHIN_MS = 20_000;
const UPDATER = 'dist/kiosk-updater-main.js';
const UpdaterLook = z.object({ releaseId: ReleaseId, ok: z.literal(true) });

type SensesOptions = {
  host: Pick<Host, 'projections' | 'notify' | 'isFleetOnline' | 'perform'>;
  running: RunningRelease;
  room: () => RoomState | null;
};
type Sights = { camera: DeviceSight; microphone: DeviceSight };

export class SensesOfRoom {
  readonly #options: SensesOptions;
  #page: { signs: number; isBlack: boolean; atMs: number; heapBytes: number | null } | null = null;
  #sights: Sights = { camera: 'not-open', microphone: 'not-open' };
  readonly #calls = new Map<string, (fault: string | null) => void>();

  constructor(options: SensesOptions) {
    this.#options = options;
  }

  onScreen(isThere: boolean): void {
    this.#page = isThere ? { signs: 0, isBlack: false, atMs: performance.now(), heapBytes: null } : null;
  }

  onAlive({ showsNothing, heapBytes }: { showsNothing: boolean; heapBytes: number | null }): void {
    const signs = showsNothing ? 0 : (this.#page?.signs ?? 0) + 1;
    this.#page = { signs, isBlack: showsNothing, atMs: performance.now(), heapBytes };
  }

  onSights(sights: Sights): void {
    this.#sights = { camera: sights.camera, microphone: sights.microphone };
  }

  onCalledItself(proofId: string, fault: string | null): void {
    this.#calls.get(proofId)?.(fault);
  }

  readonly senses: RoomSenses = {
    screen: () => {
      const page = this.#page;
      if (page === null || performance.now() - page.atMs > SIGN_WITHIN_MS) return 'missing';
      if (page.isBlack) return 'black';
      return page.signs >= PAINTED_SIGNS ? 'painted' : 'missing';
    },
    selfTest: () => this.#options.host.projections.valueOf('equipment')?.selfTest ?? null,
    askSelfTest: () => this.#options.host.notify('check-up-due', null),
    isOnline: () => this.#options.host.isFleetOnline(),
    inCall: () => this.#inCall(),
    callItself: (signal) => this.#callItself(signal),
    memory: () => ({ agentBytes: process.memoryUsage.rss(), pageBytes: this.#page?.heapBytes ?? null }),
    lookAtUpdater: (signal) => lookAtUpdater(this.#options.running, signal),
  };

  #inCall(): ReturnType<RoomSenses['inCall']> {
    const room = this.#options.room();
    if (room?.phase.name === 'starting') return { isConnected: false, camera: 'not-open', microphone: 'not-open' };
    if (room?.phase.name !== 'in-call') return null;
    const isConnected = room.phase.connection === 'connected' && !room.notices.includes('media-blocked');
    // muted and off are a person's wish
    const camera = room.camera === 'off' ? 'well' : this.#sights.camera;
    const microphone = room.microphone === 'muted' ? 'well' : this.#sights.microphone;
    return { isConnected, camera, microphone };
  }

  async #callItself(signal: AbortSignal): Promise<string | null> {
    const proofId = v7();
    const ends = AbortSignal.any([signal, AbortSignal.timeout(CALL_WITHIN_MS)]);
    const answer = new Promise<string | null>((resolve) => {
      this.#calls.set(proofId, resolve);
      ends.addEventListener('abort', () => resolve('the page did not answer'), { once: true });
    });
    try {
      const effect: ScreenEffect = { name: 'call-itself', proofId };
      if (!this.#options.host.perform(effect)) return 'no page is there';
      return await answer;
    } finally {
      this.#calls.delete(proofId);
    }
  }
}

/** The new release's own updater: from now on it is the one that brings the next. */
export function lookAtUpdater({ folder, releaseId }: RunningRelease, signal: AbortSignal): Promise<string | null> {
  if (folder === null) return Promise.resolve('there is no release');
  const ends = AbortSignal.any([signal, AbortSignal.timeout(UPDATER_WITHIN_MS)]);
  return new Promise((resolve) => {
    const options = { cwd: folder, signal: ends, maxBuffer: 64 * 1024, env: { PATH: process.env.PATH } };
    execFile(process.execPath, [join(folder, UPDATER), '--look'], options, (error, stdout, stderr) => {
      if (error !== null) return resolve(`it ended badly: ${firstLine(stderr || error.message)}`);
      try {
        const look = UpdaterLook.parse(JSON.parse(stdout));
        resolve(look.releaseId === releaseId ? null : `it is of another release: ${look.releaseId}`);
      } catch {
        resolve('its answer cannot be read');
      }
    });
  });
}

const firstLine = (text: string): string => text.split('\n')[0]!.slice(0, 120);
