/**
 * A simulated room's software: it fetches what the fleet wants, waits while it is in a call, changes and proves it, or fails
 * where that was planted. Hours are not waited for: a rehearsal is about the fleet, and is to end.
 */
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomUpdate, RoomUpdateDesired } from '#contract/room-update.ts';
import type { Random } from '../seeded-random.ts';

const SECOND_MS = 1_000;
const FETCH_MS = [10 * SECOND_MS, 60 * SECOND_MS] as const;
const AWAY_MS = [3 * SECOND_MS, 10 * SECOND_MS] as const;
const PROVE_MS = 5 * SECOND_MS;
const LOOK_MS = 2 * SECOND_MS;
const RELEASE_BYTES = 300_000_000;
const FIRST: RoomUpdate['running'] = { releaseId: `0.0.1-${'0'.repeat(16)}`, version: '0.0.1', isConfirmed: true };

type UpdateBody = Omit<RoomUpdate, 'protocol' | 'roomId' | 'epoch' | 'revision' | 'asOfMs'>;
export type SimulatedUpdateHost = {
  roomId: string;
  epoch: () => number;
  isInCall: () => boolean;
  publish: (update: RoomUpdate) => void;
  /** its agent begins anew after so long */
  restart: (afterMs: number) => void;
  confirmed: (release: { releaseId: string; version: string }) => void;
  failed: (update: NonNullable<RoomUpdate['failed']>) => void;
};

export class SimulatedUpdate {
  readonly #host: SimulatedUpdateHost;
  readonly #random: Random;
  readonly #failingPercent: number;
  #desired: RoomUpdateDesired | null = null;
  #revision = 0;
  #timer: NodeJS.Timeout | undefined;
  #body: UpdateBody = {
    running: FIRST,
    wanted: null,
    step: 'none',
    stepSinceMs: Date.now(),
    progress: null,
    waitsFor: null,
    restartsAtMs: null,
    offersNotNow: false,
    notNowUntilMs: null,
    failed: null,
    confirmed: null,
  };

  /** @param failingPercent of the updates that do not prove themselves */
  constructor(host: SimulatedUpdateHost, { random, failingPercent }: { random: Random; failingPercent: number }) {
    this.#host = host;
    this.#random = random;
    this.#failingPercent = failingPercent;
  }

  /** Once more: its line is back. */
  report(): void {
    const { roomId, epoch, publish } = this.#host;
    this.#revision += 1;
    publish({
      protocol: PROTOCOL_VERSION,
      roomId,
      epoch: epoch(),
      revision: this.#revision,
      asOfMs: Date.now(),
      ...this.#body,
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  want(desired: RoomUpdateDesired): void {
    this.#desired = desired;
    const { step } = this.#body;
    if (step === 'none') this.#look();
    else if (desired.release === null && step !== 'switch' && step !== 'prove')
      this.#to({ step: 'none', wanted: null });
  }

  #look(): void {
    const { release, rolloutId, attempt } = this.#desired ?? {};
    const { running, failed } = this.#body;
    if (!release || release.releaseId === running.releaseId) return;
    if (failed?.releaseId === release.releaseId && failed.attempt >= attempt!) return;
    const { releaseId, version } = release;
    this.#to({ step: 'fetch', wanted: { releaseId, version, rolloutId: rolloutId ?? null, attempt: attempt! } });
    this.#fetch(this.#random.between(...FETCH_MS), 0);
  }

  #fetch(lengthMs: number, doneMs: number): void {
    this.#after(LOOK_MS, () => {
      if (this.#body.step !== 'fetch') return;
      const part = Math.min(1, (doneMs + LOOK_MS) / lengthMs);
      if (part < 1) {
        this.#to({ progress: { doneBytes: Math.floor(RELEASE_BYTES * part), totalBytes: RELEASE_BYTES } });
        this.#fetch(lengthMs, doneMs + LOOK_MS);
      } else {
        this.#to({ step: 'wait', progress: null });
        this.#wait();
      }
    });
  }

  #wait(): void {
    if (this.#body.step !== 'wait') return;
    const waitsFor = !this.#desired?.mayInstall ? 'go' : this.#host.isInCall() ? 'meeting' : null;
    if (waitsFor !== this.#body.waitsFor) this.#to({ waitsFor });
    if (waitsFor === null) this.#switch();
    else this.#after(LOOK_MS, () => this.#wait());
  }

  #switch(): void {
    const { wanted, running } = this.#body;
    if (!wanted) return;
    this.#to({ step: 'switch', waitsFor: null });
    const awayMs = this.#random.between(...AWAY_MS);
    this.#host.restart(awayMs);
    const { releaseId, version } = wanted;
    this.#after(awayMs, () => {
      this.#to({ step: 'prove', running: { releaseId, version, isConfirmed: false } });
      this.#after(PROVE_MS, () => this.#prove(running));
    });
  }

  #prove(former: RoomUpdate['running']): void {
    const { wanted } = this.#body;
    if (!wanted) return;
    const { releaseId, version, attempt } = wanted;
    const atMs = Date.now();
    if (this.#random.between(0, 100) < this.#failingPercent) {
      const planted = {
        failure: 'proof-failed',
        refusal: null,
        check: 'screen',
        detail: 'planted',
        isHeld: true,
      } as const;
      const failed = { releaseId, attempt, atMs, ...planted };
      this.#host.restart(this.#random.between(...AWAY_MS));
      this.#to({ step: 'none', running: former, wanted: null, failed });
      this.#host.failed(failed);
      return;
    }
    const running = { releaseId, version, isConfirmed: true };
    this.#to({ step: 'none', running, wanted: null, failed: null, confirmed: { releaseId, atMs } });
    this.#host.confirmed({ releaseId, version });
    // another one may be wanted since
    this.#look();
  }

  #to(change: Partial<UpdateBody>): void {
    const isNewStep = change.step !== undefined && change.step !== this.#body.step;
    this.#body = { ...this.#body, ...change, ...(isNewStep && { stepSinceMs: Date.now() }) };
    this.report();
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
