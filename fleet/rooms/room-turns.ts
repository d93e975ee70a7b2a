/** Work of each room, one after the other: what is read later is published later. */
export class RoomTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Rejects as `work` does; the next work of the room is done all the same. */
  run(roomId: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#last.get(roomId) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (this.#last.get(roomId) === ended) this.#last.delete(roomId);
      });
    this.#last.set(roomId, ended);
    return turn;
  }
}
