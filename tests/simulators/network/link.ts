/** What all ports of one proxy share: the impairment in force, whether the cable is pulled, and the delay line. */
import { seededRandom, type Random } from '../seeded-random.ts';
import { DelayLine } from './delay-line.ts';
import { type Impairment, unimpaired } from './impairment.ts';

export type LinkCounters = {
  datagramsPassed: number;
  datagramsLost: number;
  streamBytesPassed: number;
  connections: number;
};

export class Link {
  readonly line = new DelayLine();
  readonly random: Random;
  readonly counters: LinkCounters = { datagramsPassed: 0, datagramsLost: 0, streamBytesPassed: 0, connections: 0 };
  impairment: Impairment;
  #cut = false;
  readonly #onCut = new Set<(resetStreams: boolean) => void>();
  readonly #onRestore = new Set<() => void>();

  constructor({ seed, impairment }: { seed: number; impairment: Partial<Impairment> }) {
    this.random = seededRandom(seed);
    this.impairment = { ...unimpaired, ...impairment };
  }

  get isCut(): boolean {
    return this.#cut;
  }

  cut(resetStreams: boolean): void {
    this.#cut = true;
    for (const told of [...this.#onCut]) told(resetStreams);
  }

  restore(): void {
    this.#cut = false;
    for (const told of [...this.#onRestore]) told();
  }

  /** Returns what ends the watching. */
  watch(onCut: (resetStreams: boolean) => void, onRestore: () => void): () => void {
    this.#onCut.add(onCut);
    this.#onRestore.add(onRestore);
    return () => {
      this.#onCut.delete(onCut);
      this.#onRestore.delete(onRestore);
    };
  }
}
