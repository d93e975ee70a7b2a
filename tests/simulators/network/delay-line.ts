/** Holds work until it is due, with one timer for all of it: a timer for each of 10,000 packets a second costs too much. */

type Entry = { dueMs: number; order: number; run: () => void };

export class DelayLine {
  /** a binary heap by due time, then by order of arrival */
  readonly #heap: Entry[] = [];
  #order = 0;
  #timer: NodeJS.Timeout | null = null;
  #timerDueMs = Infinity;

  /** At once where it is due already and nothing waits before it. */
  schedule(dueMs: number, run: () => void): void {
    if (this.#heap.length === 0 && dueMs <= performance.now()) {
      run();
      return;
    }
    this.#push({ dueMs, order: this.#order++, run });
    this.#arm();
  }

  clear(): void {
    this.#heap.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerDueMs = Infinity;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || (this.#timer !== null && this.#timerDueMs <= first.dueMs)) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerDueMs = first.dueMs;
    this.#timer = setTimeout(() => this.#release(), Math.max(0, Math.round(first.dueMs - performance.now())));
  }

  #release(): void {
    this.#timer = null;
    this.#timerDueMs = Infinity;
    // half a millisecond is below what a timer can tell
    const nowMs = performance.now() + 0.5;
    while (this.#heap.length > 0 && this.#heap[0]!.dueMs <= nowMs) this.#pop().run();
    this.#arm();
  }

  #before(a: Entry, b: Entry): boolean {
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!this.#before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
