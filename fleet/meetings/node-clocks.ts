/**
 * How far each media node's clock is from ours: asked and answered over its line, a few times as it comes and then again each ten
 * seconds. The quickest answer is the best one: its error is half of its way there and back. It is kept against a clock that only goes
 * forward, so that a clock of ours that is set moves nothing.
 */
import type { ClockAnswer } from '#contract/node-link.ts';

/** `aheadMs`: of the node's clock, of ours; `errorMs`: by how much that may be wrong, either way. */
export type NodeClock = { aheadMs: number; errorMs: number };
export type WrongClock = { nodeId: string; aheadMs: number };

/** A clock that nobody measured counts as off by so much at most. A node of an earlier release answers nothing. */
export const UNMEASURED_MS = 5_000;
/** An error below this is none: no word is so short. */
const EXACT_MS = 100;
/** IT gets an alert; it closes well below */
const WRONG_MS = 5_000;
const RIGHT_AGAIN_MS = 2_500;
/** by less than this none is another one, nor worse: where all are off, as by a clock of ours, each measurement would change the alert */
const OTHERWISE_MS = 1_000;
const ASKED_EACH_MS = 10_000;
export const CLOCK_ASKED_AT_ONCE = 5;
const ONE_WAY_KEPT_MS = 60_000;
/** two clocks part by no more than this while both are corrected slowly */
const DRIFT = 0.0005;
/** times on the wire are whole milliseconds */
const ROUNDING_MS = 1;

/**
 * @param beyondMs by how much one of them is then from after it was reported: beyond the error its clock was set since it was measured
 * @returns by how much times of this node may be wrong after they were converted; 0: by less than a word
 */
export const mayBeOffMs = (clock: NodeClock | null, beyondMs = 0): number => {
  const measuredMs = clock?.errorMs ?? UNMEASURED_MS;
  const errorMs = beyondMs > Math.max(measuredMs, EXACT_MS) ? Math.max(measuredMs, UNMEASURED_MS) : measuredMs;
  return errorMs < EXACT_MS ? 0 : Math.ceil(errorMs);
};

/** `isOneWay`: by the node's report alone, which took nobody knows how long: its clock is not further behind than that. */
type Measured = { nodeLessSteadyMs: number; errorMs: number; atMs: number; isOneWay: boolean };
type Known = {
  instanceId: string;
  best: Measured | null;
  isWrong: boolean;
  isHere: boolean;
  /** it does not answer: of an earlier release */
  isSilent: boolean;
  /** by our steady clock */
  askedAtMs: number;
  waiting: { sentAtMs: number; steadyMs: number } | null;
  left: number;
};
type NodeClocksOptions = { wallNowMs?: () => number; steadyNowMs?: () => number };

export class NodeClocks {
  readonly #nodes = new Map<string, Known>();
  readonly #wallNowMs: () => number;
  readonly #steadyNowMs: () => number;
  #ask: (nodeId: string, sentAtMs: number) => void = () => {};
  #wrongHandler: ((wrong: WrongClock | null) => void) | null = null;
  /** undefined: nothing */
  #notified: WrongClock | null | undefined;

  constructor({ wallNowMs = Date.now, steadyNowMs = () => performance.now() }: NodeClocksOptions = {}) {
    this.#wallNowMs = wallNowMs;
    this.#steadyNowMs = steadyNowMs;
  }

  /** Sends the question: the node answers it with `sentAtMs`. */
  onAsk(ask: (nodeId: string, sentAtMs: number) => void): void {
    this.#ask = ask;
  }

  /** Once a clock was compared, and whenever another one, or none, is wrong, or one by another second. null: none is. */
  onWrong(handler: (wrong: WrongClock | null) => void): void {
    this.#wrongHandler = handler;
    this.#notified = undefined;
    if ([...this.#nodes.values()].some(({ best }) => best !== null)) this.#notify();
  }

  /** It is there, and has just sent this time of its clock. One that went is asked again when it is back. */
  registered(nodeId: string, { instanceId, asOfMs }: { instanceId: string; asOfMs: number }): void {
    const steadyMs = this.#steadyNowMs();
    let known = this.#nodes.get(nodeId);
    if (known?.instanceId !== instanceId) {
      known = {
        instanceId,
        best: null,
        isWrong: false,
        isHere: true,
        isSilent: false,
        askedAtMs: Number.NEGATIVE_INFINITY,
        waiting: null,
        left: 0,
      };
      this.#nodes.set(nodeId, known);
    }
    known.isHere = true;
    const isAskedAgain = steadyMs - known.askedAtMs >= ASKED_EACH_MS;
    if (isAskedAgain) known.isSilent = known.waiting !== null;
    this.#keepOneWay(known, {
      nodeLessSteadyMs: asOfMs - steadyMs,
      errorMs: UNMEASURED_MS,
      atMs: steadyMs,
      isOneWay: true,
    });
    if (!isAskedAgain) return;
    known.askedAtMs = steadyMs;
    known.left = CLOCK_ASKED_AT_ONCE;
    this.#askOnce(nodeId, known);
  }

  gone(nodeId: string): void {
    const known = this.#nodes.get(nodeId);
    if (!known) return;
    known.isHere = false;
    known.waiting = null;
    known.askedAtMs = Number.NEGATIVE_INFINITY;
    // its machine may sleep, and its clock be set before it answers: what it has gathered comes first
    if (known.best) known.best = { ...known.best, errorMs: Math.max(known.best.errorMs, UNMEASURED_MS) };
    this.#notify();
  }

  answered(nodeId: string, { sentAtMs, receivedAtMs }: ClockAnswer, atMs: number): void {
    const known = this.#nodes.get(nodeId);
    const asked = known?.waiting;
    if (!known || !asked || asked.sentAtMs !== sentAtMs) return;
    known.waiting = null;
    known.isSilent = false;
    const steadyMs = this.#steadyNowMs();
    const wayMs = steadyMs - asked.steadyMs - (atMs - receivedAtMs);
    // a clock that was set in between says nothing
    if (atMs >= receivedAtMs && wayMs >= -ROUNDING_MS)
      this.#keep(known, {
        nodeLessSteadyMs: (receivedAtMs - asked.steadyMs + (atMs - steadyMs)) / 2,
        errorMs: Math.max(0, wayMs) / 2 + ROUNDING_MS,
        atMs: steadyMs,
        isOneWay: false,
      });
    if (known.left > 0) this.#askOnce(nodeId, known);
  }

  /** null: nobody knows */
  of(nodeId: string): NodeClock | null {
    const best = this.#nodes.get(nodeId)?.best;
    return best ? this.#nowOf(best) : null;
  }

  /** Those of nodes that are here and off by more than five seconds, the worst first. */
  get allWrong(): WrongClock[] {
    return [...this.#nodes]
      .flatMap(([nodeId, { best, isWrong, isHere }]) =>
        best && isWrong && isHere ? { nodeId, aheadMs: this.#nowOf(best).aheadMs } : [],
      )
      .toSorted((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs));
  }

  #askOnce(nodeId: string, known: Known): void {
    known.left -= 1;
    const sentAtMs = Math.round(this.#wallNowMs());
    known.waiting = { sentAtMs, steadyMs: this.#steadyNowMs() };
    this.#ask(nodeId, sentAtMs);
  }

  #keep(known: Known, measured: Measured): void {
    const former = known.best;
    const formerErrorMs = former ? this.#errorNowOf(former) : Number.POSITIVE_INFINITY;
    const movedMs = former ? Math.abs(measured.nodeLessSteadyMs - former.nodeLessSteadyMs) : 0;
    // beyond both errors: the node's clock was set
    const wasSet = movedMs > measured.errorMs + formerErrorMs;
    this.#use(known, wasSet || former === null || measured.errorMs <= formerErrorMs ? measured : former);
  }

  #keepOneWay(known: Known, measured: Measured): void {
    const former = known.best;
    const aheadMs = former ? measured.nodeLessSteadyMs - former.nodeLessSteadyMs : Number.POSITIVE_INFINITY;
    const isBetter =
      former === null ||
      // no way is shorter than none: its clock was set forward
      (!former.isOneWay && aheadMs > this.#errorNowOf(former) + ROUNDING_MS) ||
      (former.isOneWay && (aheadMs > 0 || measured.atMs - former.atMs > ONE_WAY_KEPT_MS));
    this.#use(known, isBetter ? measured : former);
  }

  #use(known: Known, measured: Measured): void {
    known.best = measured;
    const offMs = Math.abs(this.#nowOf(measured).aheadMs);
    const isKnown = !measured.isOneWay || known.isSilent;
    if (!isKnown) return;
    known.isWrong = offMs > (known.isWrong ? RIGHT_AGAIN_MS : WRONG_MS);
    this.#notify();
  }

  #errorNowOf({ errorMs, atMs }: Measured): number {
    return errorMs + (this.#steadyNowMs() - atMs) * DRIFT;
  }

  /**
   * Within an error that is none they are the same clock: nothing is moved by it. A larger error is counted from what was measured,
   * and so is the time of a report that seems to be from ahead; one from before may only have been long under way.
   */
  #nowOf(measured: Measured): NodeClock {
    const aheadMs = Math.round(measured.nodeLessSteadyMs - (this.#wallNowMs() - this.#steadyNowMs()));
    const errorMs = this.#errorNowOf(measured);
    const isSame = Math.abs(aheadMs) <= errorMs && (measured.isOneWay ? aheadMs < 0 : errorMs < EXACT_MS);
    return { aheadMs: isSame ? 0 : aheadMs, errorMs };
  }

  #notify(): void {
    if (this.#wrongHandler === null) return;
    const { allWrong } = this;
    const former = this.#notified;
    const worst = allWrong[0] ?? null;
    const same = allWrong.find(({ nodeId }) => nodeId === former?.nodeId);
    const wrong = worst && same && Math.abs(worst.aheadMs) - Math.abs(same.aheadMs) < OTHERWISE_MS ? same : worst;
    const isSame =
      wrong === null ? former === null : wrong === same && Math.abs(wrong.aheadMs - former!.aheadMs) < OTHERWISE_MS;
    if (isSame) return;
    this.#notified = wrong;
    this.#wrongHandler(wrong);
  }
}
