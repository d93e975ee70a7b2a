/**
 * The voices of a call: merges the observers of its routers into one active speaker and the ranking of voices. It
 * reports by callbacks.
 */
import type { types } from 'mediasoup';
import type { CallProducer } from './call-producer.ts';
import type { CallRouter } from './call-routers.ts';
import { Loudness } from './loudness.ts';

export type CallSoundOptions = {
  producers: ReadonlyMap<string, CallProducer>;
  audibleCount: number;
  audibleHoldMs: number;
  onSpeaker: (peerId: string | null) => void;
  /** another choice of voices is to be forwarded */
  onAudibleChanged: () => void;
};

export class CallSound {
  readonly #options: CallSoundOptions;
  readonly #loudness: Loudness;
  readonly #routers = new Set<CallRouter>();
  readonly #dominant = new Map<CallRouter, string>();
  readonly #measured = new WeakSet<CallProducer>();
  #measures = false;
  #audible: string[] = [];
  #audiblePeers: ReadonlySet<string> = new Set();
  #activeSpeaker: string | null = null;

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
    this.#routers.add(callRouter);
    levels.on('volumes', (volumes) => this.#onVolumes(volumes));
    speaker.on('dominantspeaker', ({ producer }) => {
      const peerId = this.#options.producers.get(producer.id)?.peerId;
      if (peerId === undefined) return;
      this.#dominant.set(callRouter, peerId);
      this.#loudness.spoke(peerId);
      this.#chooseSpeaker();
    });
    router.observer.once('close', () => {
      this.#routers.delete(callRouter);
      this.#dominant.delete(callRouter);
    });
    this.#measure();
  }

  /** A microphone came or went. */
  async watch(callProducer: CallProducer): Promise<void> {
    this.#rank();
    this.#measure();
    await callProducer.callRouter.speaker.addProducer({ producerId: callProducer.producerId });
  }
  unwatch(): void {
    this.#rank();
  }

  forget(peerId: string): void {
    this.#loudness.forget(peerId);
    for (const [callRouter, dominant] of this.#dominant) if (dominant === peerId) this.#dominant.delete(callRouter);
    if (this.#activeSpeaker === peerId) this.#setSpeaker(null);
  }

  get #microphones(): CallProducer[] {
    return [...this.#options.producers.values()].filter(({ source }) => source === 'microphone');
  }

  /**
   * Levels decide among more voices than are forwarded, and among the speakers of several routers. Until then nobody
   * measures them: each report wakes this process, which costs as much as many packets.
   */
  #measure(): void {
    const microphones = this.#microphones;
    this.#measures ||= microphones.length > this.#options.audibleCount || this.#routers.size > 1;
    if (!this.#measures) return;
    for (const microphone of microphones) {
      if (this.#measured.has(microphone)) continue;
      this.#measured.add(microphone);
      // closed meanwhile
      microphone.callRouter.levels.addProducer({ producerId: microphone.producerId }).catch(() => {});
    }
  }

  #onVolumes(volumes: types.AudioLevelObserverVolume[]): void {
    const { producers } = this.#options;
    const levels = volumes.flatMap(({ producer, volume }) => {
      const peerId = producers.get(producer.id)?.peerId;
      return peerId === undefined ? [] : [{ peerId, dBov: volume }];
    });
    this.#loudness.addLevels(levels, performance.now());
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
    const { audibleCount, onAudibleChanged } = this.#options;
    const byPeer = new Map(this.#microphones.map(({ peerId, producerId }) => [peerId, producerId]));
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
