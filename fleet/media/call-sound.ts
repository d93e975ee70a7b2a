/**
 * Who is heard in a call: merges the observers of its routers into levels, one active speaker and the ranking of
 * voices. Tells by callbacks; whom it is told to is the call's.
 */
import type { types } from 'mediasoup';
import type { CallProducer } from './call-producer.ts';
import type { CallRouter } from './call-routers.ts';
import { type Level, Loudness } from './loudness.ts';

export type CallSoundOptions = {
  producers: ReadonlyMap<string, CallProducer>;
  audibleCount: number;
  audibleHoldMs: number;
  /** empty once, when nobody is heard any more */
  onLevels: (levels: Level[]) => void;
  onSpeaker: (peerId: string | null) => void;
  /** another choice of voices is to be forwarded */
  onAudibleChanged: () => void;
};

/** Levels of several routers that come within this time are told as one. */
const MERGE_MS = 20;
/** A smaller change is not seen, and a message to everyone for it costs more than the packets that it is about. */
const LEVEL_STEP_DB = 3;
/** For who came in meanwhile. */
const TOLD_AGAIN_MS = 2_000;

export class CallSound {
  readonly #options: CallSoundOptions;
  readonly #loudness: Loudness;
  readonly #levels = new Map<CallRouter, Level[]>();
  readonly #dominant = new Map<CallRouter, string>();
  #audible: string[] = [];
  #audiblePeers: ReadonlySet<string> = new Set();
  #activeSpeaker: string | null = null;
  #flush: NodeJS.Timeout | null = null;
  #told = { text: '', atMs: 0 };

  constructor(options: CallSoundOptions) {
    this.#options = options;
    this.#loudness = new Loudness({ holdMs: options.audibleHoldMs });
  }

  get activeSpeakerPeerId(): string | null {
    return this.#activeSpeaker;
  }
  get speakers(): readonly string[] {
    return this.#loudness.speakers;
  }
  /** Producers of microphones, the first to be forwarded first. */
  get audible(): readonly string[] {
    return this.#audible;
  }

  listenTo(callRouter: CallRouter): void {
    const { levels, speaker, router } = callRouter;
    levels.on('volumes', (volumes) => this.#hear(callRouter, volumes));
    levels.on('silence', () => this.#hear(callRouter, []));
    speaker.on('dominantspeaker', ({ producer }) => {
      const peerId = this.#options.producers.get(producer.id)?.peerId;
      if (peerId === undefined) return;
      this.#dominant.set(callRouter, peerId);
      this.#loudness.spoke(peerId);
      this.#chooseSpeaker();
    });
    router.observer.once('close', () => {
      this.#levels.delete(callRouter);
      this.#dominant.delete(callRouter);
    });
  }

  /** A microphone came or went. */
  async watch(callProducer: CallProducer): Promise<void> {
    const { levels, speaker } = callProducer.callRouter;
    this.#rank();
    await Promise.all(
      [levels, speaker].map((observer) => observer.addProducer({ producerId: callProducer.producerId })),
    );
  }
  unwatch(): void {
    this.#rank();
  }

  forget(peerId: string): void {
    this.#loudness.forget(peerId);
    for (const [callRouter, dominant] of this.#dominant) if (dominant === peerId) this.#dominant.delete(callRouter);
    if (this.#activeSpeaker === peerId) this.#setSpeaker(null);
  }

  close(): void {
    if (this.#flush) clearTimeout(this.#flush);
    this.#flush = null;
  }

  #hear(callRouter: CallRouter, volumes: types.AudioLevelObserverVolume[]): void {
    const { producers } = this.#options;
    const levels = volumes.flatMap(({ producer, volume }) => {
      const peerId = producers.get(producer.id)?.peerId;
      return peerId === undefined ? [] : [{ peerId, dBov: volume }];
    });
    const before = this.#levels.get(callRouter);
    this.#levels.set(callRouter, levels);
    if (levels.length === 0 && !before?.length) return;
    this.#loudness.hear(levels, performance.now());
    this.#flush ??= setTimeout(() => this.#tell(), this.#levels.size > 1 ? MERGE_MS : 0);
  }

  #tell(): void {
    this.#flush = null;
    const levels = [...this.#levels.values()]
      .flat()
      .sort((a, b) => b.dBov - a.dBov)
      .map(({ peerId, dBov }) => ({ peerId, dBov: Math.max(-127, Math.round(dBov / LEVEL_STEP_DB) * LEVEL_STEP_DB) }));
    const told = { text: JSON.stringify(levels), atMs: performance.now() };
    if (told.text !== this.#told.text || told.atMs - this.#told.atMs >= TOLD_AGAIN_MS) {
      this.#told = told;
      this.#options.onLevels(levels);
    }
    this.#chooseSpeaker();
    this.#rank();
  }

  #chooseSpeaker(): void {
    const nowMs = performance.now();
    let best: { peerId: string; dBov: number } | null = null;
    for (const peerId of this.#dominant.values()) {
      const dBov = this.#loudness.levelOf(peerId, nowMs);
      if (!best || dBov > best.dBov || (dBov === best.dBov && peerId === this.#activeSpeaker)) best = { peerId, dBov };
    }
    if (best) this.#setSpeaker(best.peerId);
  }

  #setSpeaker(peerId: string | null): void {
    if (peerId === this.#activeSpeaker) return;
    this.#activeSpeaker = peerId;
    this.#options.onSpeaker(peerId);
  }

  #rank(): void {
    const { producers, audibleCount, onAudibleChanged } = this.#options;
    const byPeer = new Map<string, string>();
    for (const { source, peerId, producerId } of producers.values())
      if (source === 'microphone') byPeer.set(peerId, producerId);
    const ranked = this.#loudness.rank([...byPeer.keys()], this.#audiblePeers, performance.now());
    this.#audible = ranked.map((peerId) => byPeer.get(peerId)!);
    // one more than is forwarded: nobody is sent the own voice
    const chosen = new Set(ranked.slice(0, audibleCount + 1));
    const changed =
      byPeer.size > audibleCount &&
      (chosen.size !== this.#audiblePeers.size || [...chosen].some((peerId) => !this.#audiblePeers.has(peerId)));
    this.#audiblePeers = chosen;
    if (changed) onAudibleChanged();
  }
}
