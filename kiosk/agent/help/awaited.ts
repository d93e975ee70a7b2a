/** Something that happens now and then, for those who wait for its next time. */
export class Awaited<T> {
  readonly #waiting = new Set<{
    wants: (value: T) => boolean;
    resolve: (value: T) => void;
    reject: (why: unknown) => void;
  }>();

  /** Rejects with the signal's reason. */
  next(signal: AbortSignal, wants: (value: T) => boolean = () => true): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiting = { wants, resolve, reject };
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else {
      this.#waiting.add(waiting);
      signal.addEventListener('abort', onAbort, { once: true });
    }
    const forget = (): void => {
      this.#waiting.delete(waiting);
      signal.removeEventListener('abort', onAbort);
    };
    promise.then(forget, forget);
    return promise;
  }

  resolve(value: T): void {
    for (const each of this.#waiting) if (each.wants(value)) each.resolve(value);
  }
  reject(why: unknown): void {
    for (const each of this.#waiting) each.reject(why);
  }
}
