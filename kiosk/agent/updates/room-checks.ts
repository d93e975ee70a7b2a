/**
 * Looks at one thing of a room after the other, as a meeting needs them: the page on the TV, devices, network, a call with itself,
 * memory, the updater. In a call that people began meanwhile, nothing is opened: its own media are looked at instead.
 */
import type { SelfTest } from '#contract/room-equipment.ts';
import type { ProofCheck } from '#contract/room-update.ts';
import { growthOf, LEAST_SAMPLES } from './memory-judgement.ts';

/** What the checks see of the room; each is asked again and again. */
export type RoomSenses = {
  /** `painted`: it has drawn frames with something on them since it was asked first */
  screen: () => 'painted' | 'black' | 'missing';
  /** the devices' last self-test; null: none */
  selfTest: () => SelfTest | null;
  /** where none runs and nobody meets */
  askSelfTest: () => void;
  isOnline: () => boolean;
  /** null: nobody meets. What a call shows of its media; a device that is off on purpose counts as well */
  inCall: () => { isConnected: boolean; camera: string; microphone: string } | null;
  /** sound and picture between two ends in the page; a text: why not */
  callItself: (signal: AbortSignal) => Promise<string | null>;
  /** of agent and page, one a second; null: the page does not count its own */
  memory: () => { agentBytes: number; pageBytes: number | null };
  /** the new release's updater looks at itself; a text: why not */
  lookAtUpdater: (signal: AbortSignal) => Promise<string | null>;
};

type InCall = NonNullable<ReturnType<RoomSenses['inCall']>>;
type Device = 'camera' | 'microphone' | 'speaker';
/** A text: what is wrong, for IT. null: well. */
export type CheckOutcome = string | null;

/** How long a check is given a chance: a room that is asked what it can do now, and one that has just been started anew. */
export type Patience = { screenMs: number; networkMs: number; selfTests: number; calls: number };

const LOOK_EACH_MS = 500;
const SAMPLE_EACH_MS = 1_000;
/** The agent asks for a self-test again where the first wish found a room that was just busy. */
const ASK_AGAIN_MS = 5_000;
/** A call that holds so long carries media. */
const CALL_HOLDS_MS = 5_000;

export class RoomChecks {
  readonly #senses: RoomSenses;
  readonly #patience: Patience;
  readonly #nowMs: () => number;
  readonly #samples: { agentBytes: number; pageBytes: number | null }[] = [];

  /** @param nowMs a clock that nobody sets */
  constructor(senses: RoomSenses, patience: Patience, nowMs: () => number = () => performance.now()) {
    this.#senses = senses;
    this.#patience = patience;
    this.#nowMs = nowMs;
  }

  /** Until the signal ends it. */
  async sampleMemory(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#samples.push(this.#senses.memory());
      await pause(SAMPLE_EACH_MS, signal);
    }
  }

  /** Each ends by the signal, at the latest. @throws the signal's reason */
  check(name: ProofCheck, signal: AbortSignal): Promise<CheckOutcome> {
    switch (name) {
      case 'screen':
        return this.#until(
          signal,
          () => {
            const seen = this.#senses.screen();
            return seen === 'painted' ? null : `the page is ${seen}`;
          },
          this.#patience.screenMs,
        );
      case 'camera':
      case 'microphone':
      case 'speaker':
        return this.#device(name, signal);
      case 'network':
        return this.#until(
          signal,
          () => (this.#senses.isOnline() ? null : 'the fleet is not reached'),
          this.#patience.networkMs,
        );
      case 'call':
        return this.#call(signal);
      case 'memory':
        return this.#memory(signal);
      case 'updater':
        return this.#senses.lookAtUpdater(signal);
    }
  }

  /** Well at once when it is; at the end, what was wrong last. */
  async #until(
    signal: AbortSignal,
    look: () => CheckOutcome,
    withinMs = Number.POSITIVE_INFINITY,
  ): Promise<CheckOutcome> {
    const fromMs = this.#nowMs();
    for (;;) {
      const outcome = look();
      if (outcome === null || signal.aborted || this.#nowMs() - fromMs >= withinMs) return outcome;
      await pause(LOOK_EACH_MS, signal);
    }
  }

  /** By self-tests that begin from now on, or by a call's own media. */
  async #device(name: Device, signal: AbortSignal): Promise<CheckOutcome> {
    const { selfTest, askSelfTest, inCall } = this.#senses;
    const former = selfTest();
    const formerMs = former?.state === 'running' ? null : (former?.startedAtMs ?? null);
    const seen = new Map<number, CheckOutcome>();
    let askedAtMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const call = inCall();
      const test = selfTest();
      const check = test?.startedAtMs === formerMs ? undefined : test?.checks.find((each) => each.name === name);
      if (call !== null) {
        const sight = (now: InCall): CheckOutcome => sightOf(now, name);
        const outcome = await this.#whileInCall(signal, sight);
        if (outcome !== 'over') return outcome;
      } else if (test !== null && check !== undefined) {
        if (check.outcome === 'passed') return null;
        // the check of a test that a call has ended says nothing; the call itself does
        seen.set(test.startedAtMs, check.reason ?? check.outcome);
        if (seen.size >= this.#patience.selfTests && test.state === 'done') return [...seen.values()].at(-1)!;
      }
      if (signal.aborted) return [...seen.values()].at(-1) ?? 'no self-test ran';
      const isDue = test?.state !== 'running' && this.#nowMs() - askedAtMs >= ASK_AGAIN_MS;
      if (call === null && isDue) {
        askedAtMs = this.#nowMs();
        askSelfTest();
      }
      await pause(LOOK_EACH_MS, signal);
    }
  }

  async #call(signal: AbortSignal): Promise<CheckOutcome> {
    for (let calls = 1; ; calls += 1) {
      await this.#untilNoSelfTest(signal);
      const isInCall = this.#senses.inCall() !== null;
      const outcome = isInCall ? await this.#callHolds(signal) : await this.#senses.callItself(signal);
      if (outcome === null || signal.aborted) return outcome;
      // one that people's own call has ended says nothing
      if (calls >= this.#patience.calls && !isInCall && this.#senses.inCall() === null) return outcome;
      await pause(LOOK_EACH_MS, signal);
    }
  }

  /** It has the devices. One of its checks that failed, and is not required, takes the longest. */
  async #untilNoSelfTest(signal: AbortSignal): Promise<void> {
    const { selfTest, inCall } = this.#senses;
    while (!signal.aborted && inCall() === null && selfTest()?.state === 'running') await pause(LOOK_EACH_MS, signal);
  }

  async #callHolds(signal: AbortSignal): Promise<CheckOutcome> {
    const fromMs = this.#nowMs();
    return await this.#whileInCall(signal, ({ isConnected }) => {
      if (!isConnected) return 'the call is not connected';
      return this.#nowMs() - fromMs >= CALL_HOLDS_MS ? null : 'the call is young';
    });
  }

  /** Until it is well, or the signal ends it. `over`: the call ended before, and nothing is known. */
  async #whileInCall(signal: AbortSignal, look: (call: InCall) => CheckOutcome): Promise<CheckOutcome | 'over'> {
    for (;;) {
      const call = this.#senses.inCall();
      if (call === null) return 'over';
      const outcome = look(call);
      if (outcome === null || signal.aborted) return outcome;
      await pause(LOOK_EACH_MS, signal);
    }
  }

  async #memory(signal: AbortSignal): Promise<CheckOutcome> {
    const ofAgent = (): number[] => this.#samples.map(({ agentBytes }) => agentBytes);
    // the page counts from its first sign of life on, or not at all
    const ofPage = (): number[] => this.#samples.flatMap(({ pageBytes }) => pageBytes ?? []);
    const isKnown = (): boolean =>
      this.#samples.length >= LEAST_SAMPLES && (ofPage().length === 0 || ofPage().length >= LEAST_SAMPLES);
    const outcome = await this.#until(signal, () => (isKnown() ? null : 'too few samples'));
    if (outcome !== null) return outcome;
    const agent = growthOf(ofAgent());
    if (agent !== null) return `the agent grew by ${inMegabytes(agent)} MB`;
    const page = growthOf(ofPage());
    return page === null ? null : `the page grew by ${inMegabytes(page)} MB`;
  }
}

const inMegabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** Ends early, and well, by the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

function sightOf(call: InCall, name: Device): CheckOutcome {
  if (!call.isConnected) return 'the call is not connected';
  const sight = name === 'speaker' ? 'well' : call[name];
  return sight === 'well' ? null : `in the call it is ${sight}`;
}
