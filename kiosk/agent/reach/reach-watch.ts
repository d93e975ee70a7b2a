/**
 * Whether this room's page reaches the media nodes: over signalling every few minutes, and with media seldom, because that
 * takes a place at the node for a moment. The page tries, since its browser decides whom to trust; the agent asks it, finds
 * the reason, and says so before a person waits for a meeting that can't come. In a call nothing is tried: while it begins or
 * reconnects the page's handshakes are the call's, because browsers let one per host wait.
 */
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import { diagnoseSignaling, type SignalingDiagnosis } from '../signaling-diagnosis.ts';

const EACH_MS = 3 * 60_000;
/** While something is wrong: it may have been mended. */
const AGAIN_MS = 20_000;
/** A node that only starts again is back by then: what is wrong once is looked at a second time. */
const SECOND_LOOK_MS = 3_000;
/** A page that has just come has other things to do. */
const FIRST_MS = 500;
/** A start that takes so long may have met what nobody has seen yet: the agent looks by itself. */
const SLOW_START_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;
const MEDIA_FIRST_MS = 20_000;
const MEDIA_EACH_MS = 30 * 60_000;
const MEDIA_AGAIN_MS = 60_000;

export type ReachFault = Extract<RoomNotice, 'signaling-unreachable' | 'signaling-untrusted' | 'media-blocked'>;
type Report = Extract<ScreenToAgent, { type: 'reach-probed' }>;

export type ReachWatchOptions = {
  logger: Logger;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** for the media ports; null: none is to be had */
  requestGrant: () => Promise<CallGrant | null>;
  /** PEM of the CA that the fleet's servers are signed by */
  caPem: () => string;
  /** `fault` is another */
  onChange: () => void;
  diagnose?: (signalingUrl: string, caPem: string) => Promise<SignalingDiagnosis>;
};

export class ReachWatch {
  readonly #options: ReachWatchOptions;
  #signalingUrls: readonly string[] = [];
  #phase: RoomState['phase'] = { name: 'idle' };
  #probeId: string | null = null;
  #fault: ReachFault | null = null;
  #failures = 0;
  /** by the monotonic clock */
  #mediaDueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ReachWatchOptions) {
    this.#options = options;
  }

  /** null: well, or not known yet */
  get fault(): ReachFault | null {
    return this.#fault;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Where calls of this room may run, as the fleet says it. */
  onNodes(signalingUrls: readonly string[]): void {
    if ([...signalingUrls].sort().join(' ') === [...this.#signalingUrls].sort().join(' ')) return;
    this.#signalingUrls = signalingUrls;
    this.#begin();
  }

  onScreenConnected(): void {
    this.#begin();
  }

  /** A booking comes up. */
  lookNow(): void {
    this.#in(0);
  }

  /** The room, after each of its changes. */
  follow({ phase }: RoomState): void {
    const before = this.#phase;
    this.#phase = phase;
    if (phase.name === 'in-call' && phase.connection === 'connected') {
      // of signalling alone: a call may run whose media does not come through
      this.#failures = 0;
      if (this.#fault !== 'media-blocked') this.#settle(null);
    }
    if (phase.name === before.name) return;
    clearTimeout(this.#timer);
    this.#probeId = null;
    if (before.name === 'in-call') this.#mediaDueMs = Math.max(this.#mediaDueMs, performance.now() + EACH_MS);
    if (phase.name === 'starting') this.#timer = setTimeout(() => void this.#lookByAgent(), SLOW_START_MS);
    else if (before.name === 'starting') this.#in(FIRST_MS);
    else this.#in(AGAIN_MS);
  }

  onReport({ probeId, unreachableUrls, media }: Report): void {
    if (probeId !== this.#probeId) return;
    this.#probeId = null;
    const nowMs = performance.now();
    if (media === 'reached') this.#mediaDueMs = nowMs + MEDIA_EACH_MS;
    // the fault of media stays known until media was tried again
    const isBlocked = media === 'blocked' || (media === null && this.#fault === 'media-blocked');
    if (unreachableUrls.length === 0 && !isBlocked) {
      this.#failures = 0;
      this.#settle(null);
      this.#in(EACH_MS);
      return;
    }
    this.#failures += 1;
    if (this.#failures === 1) {
      if (media === 'blocked') this.#mediaDueMs = nowMs;
      this.#in(SECOND_LOOK_MS);
      return;
    }
    this.#in(AGAIN_MS);
    if (unreachableUrls.length === 0) this.#settle('media-blocked');
    else void this.#explain(unreachableUrls);
  }

  get #isCalls(): boolean {
    return this.#phase.name === 'in-call' || this.#phase.name === 'starting';
  }

  #begin(): void {
    this.#probeId = null;
    this.#mediaDueMs = performance.now() + MEDIA_FIRST_MS;
    this.#in(FIRST_MS);
  }

  /** Media may be due sooner. */
  #in(forMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#isCalls) return;
    const untilMediaMs = Math.max(0, this.#mediaDueMs - performance.now());
    this.#timer = setTimeout(() => void this.#probe(), Math.min(forMs, Math.max(untilMediaMs, FIRST_MS)));
  }

  async #probe(): Promise<void> {
    if (this.#signalingUrls.length === 0) {
      this.#settle(null);
      return;
    }
    const probeId = uuidv7();
    this.#probeId = probeId;
    this.#timer = setTimeout(() => void this.#probe(), ANSWER_WITHIN_MS);
    const isMediaDue = this.#phase.name === 'idle' && performance.now() >= this.#mediaDueMs;
    if (isMediaDue) this.#mediaDueMs = performance.now() + MEDIA_AGAIN_MS;
    const grant = isMediaDue ? await this.#grant() : null;
    if (this.#probeId !== probeId || this.#stopped) return;
    this.#options.perform({ name: 'probe-reach', probeId, signalingUrls: [...this.#signalingUrls], grant });
  }

  async #grant(): Promise<CallGrant | null> {
    try {
      return await this.#options.requestGrant();
    } catch (error) {
      this.#options.logger.info({ code: toMaruError(error).code }, 'reach: no grant to try the media ports with');
      return null;
    }
  }

  /** The page does not reach these: where the agent gets through over TLS, it is the browser that does not trust the CA. */
  async #explain(signalingUrls: readonly string[]): Promise<void> {
    const found = await this.#diagnose(signalingUrls);
    if (this.#failures === 0) return;
    const isUntrusted = found.some(
      ({ outcome, signalingUrl }) => outcome === 'untrusted' || (outcome === 'reached' && /^wss:/.test(signalingUrl)),
    );
    this.#settle(isUntrusted ? 'signaling-untrusted' : 'signaling-unreachable', found);
  }

  async #lookByAgent(): Promise<void> {
    const found = await this.#diagnose(this.#signalingUrls);
    const failed = found.filter(({ outcome }) => outcome !== 'reached');
    if (this.#phase.name !== 'starting' || failed.length === 0) return;
    const isUntrusted = failed.some(({ outcome }) => outcome === 'untrusted');
    this.#settle(isUntrusted ? 'signaling-untrusted' : 'signaling-unreachable', found);
  }

  #diagnose(signalingUrls: readonly string[]): Promise<SignalingDiagnosis[]> {
    const { caPem, diagnose = diagnoseSignaling } = this.#options;
    return Promise.all(signalingUrls.map((url) => diagnose(url, caPem())));
  }

  #settle(fault: ReachFault | null, found: readonly SignalingDiagnosis[] = []): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    const { logger, onChange } = this.#options;
    if (fault === null) logger.info('reach: the page reaches the media nodes again');
    else logger.warn({ fault, found }, 'reach: the page does not reach the media nodes, no meeting is possible here');
    onChange();
  }
}
