/**
 * Connections that have not identified themselves yet: so many of a network and so many in all. A newcomer always gets
 * in; the oldest silent one makes room, first of its own network. So silence locks out no client that identifies itself
 * at once.
 */
export type SilentConnectionsOptions = { mostOfNetwork: number; most: number };

export class SilentConnections {
  readonly #options: SilentConnectionsOptions;
  /** by network, in the order of coming: how each is ended */
  readonly #silent = new Map<string, Set<() => void>>();
  #count = 0;

  constructor(options: SilentConnectionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * @param end called when this one has to make room
   * @returns to be called when it has identified itself, or is gone; twice is harmless
   */
  add(network: string, end: () => void): () => void {
    const ofNetwork = this.#silent.get(network) ?? new Set();
    this.#silent.set(network, ofNetwork);
    // a function of its own for each, so that two connections never share an entry
    const entry = (): void => end();
    ofNetwork.add(entry);
    this.#count += 1;
    if (ofNetwork.size > this.#options.mostOfNetwork) this.#endOldestOf(network);
    else if (this.#count > this.#options.most) this.#endOldestOf(this.#fullest());
    return () => this.#forget(network, entry);
  }

  #fullest(): string {
    let fullest = '';
    for (const [network, { size }] of this.#silent)
      if (size > (this.#silent.get(fullest)?.size ?? 0)) fullest = network;
    return fullest;
  }

  #endOldestOf(network: string): void {
    const [oldest] = this.#silent.get(network) ?? [];
    if (!oldest) return;
    this.#forget(network, oldest);
    oldest();
  }

  #forget(network: string, entry: () => void): void {
    const ofNetwork = this.#silent.get(network);
    if (!ofNetwork?.delete(entry)) return;
    this.#count -= 1;
    if (ofNetwork.size === 0) this.#silent.delete(network);
  }
}
