/**
 * Requests over MQTT that wait for the reply with their id. By id, and not by a response topic: that needs MQTT 5, and any
 * broker of 3.1.1 has to serve.
 */
type Waiting<Reply> = { onReply: (reply: Reply) => void; timer: NodeJS.Timeout | undefined };

export class OpenRequests<Reply> {
  readonly #waiting = new Map<string, Waiting<Reply>>();

  /**
   * Calls `onReply` once, unless the request is forgotten before.
   * @param late stands for the reply where none has come in time; absent: the request waits without a limit
   */
  add(id: string, onReply: (reply: Reply) => void, late?: { afterMs: number; reply: Reply }): void {
    this.forget(id);
    const timer = late && setTimeout(() => this.settle(id, late.reply), late.afterMs);
    this.#waiting.set(id, { onReply, timer });
  }

  /** @returns false where nobody waits for it: too late, the second one, or to another's request */
  settle(id: string, reply: Reply): boolean {
    const waiting = this.#waiting.get(id);
    this.forget(id);
    waiting?.onReply(reply);
    return waiting !== undefined;
  }

  forget(id: string): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
  }
}
