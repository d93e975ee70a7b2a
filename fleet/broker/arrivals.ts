/**
 * Connections that wait for their handshake. When thousands of rooms come at once, as after a restart, a server that shakes hands
 * in the order of arrival answers only those that have given up meanwhile, for ever. Here the newest go first, a few in each turn of
 * the event loop, and who has waited as long as a room does is closed without the cost of a handshake: it comes again. While there
 * is nothing else to do, a turn is short, and nobody waits.
 */
/** In a turn; each needs a few turns until it is served. */
const ADMITTED_IN_A_TURN = 8;
/** shorter than a room waits for its connection */
const WAITS_AT_MOST_MS = 4_000;

export class Arrivals<S extends { readonly destroyed: boolean; destroy: () => unknown }> {
  readonly #admit: (socket: S) => void;
  /** the newest at the end */
  readonly #waiting: { socket: S; cameAtMs: number }[] = [];
  #isTurnDue = false;

  constructor(admit: (socket: S) => void) {
    this.#admit = admit;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(socket: S): void {
    this.#waiting.push({ socket, cameAtMs: performance.now() });
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => this.#turn());
  }

  /** Nobody is admitted any more. */
  close(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
  }

  #turn(): void {
    this.#isTurnDue = false;
    this.#closeOld();
    for (let left = ADMITTED_IN_A_TURN; left > 0; ) {
      const newest = this.#waiting.pop();
      if (newest === undefined) return;
      if (newest.socket.destroyed) continue;
      left -= 1;
      this.#admit(newest.socket);
    }
    this.#isTurnDue = true;
    setImmediate(() => this.#turn());
  }

  #closeOld(): void {
    const before = performance.now() - WAITS_AT_MOST_MS;
    const firstYoung = this.#waiting.findIndex(({ cameAtMs }) => cameAtMs > before);
    const old = firstYoung < 0 ? this.#waiting.splice(0) : this.#waiting.splice(0, firstYoung);
    for (const { socket } of old) socket.destroy();
  }
}
