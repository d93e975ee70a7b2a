/** Devices that failed, why, and when each is tried again: later each time, never given up, forgotten with its cable. */
import type { ErrorCode } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { FoundDevice } from './transport.ts';

type Plugged = Pick<FoundDevice, 'instance' | 'name'>;

const FIRST_RETRY_MS: Partial<Record<ErrorCode, number>> = { 'device-malformed': 1_000, 'device-unsupported': 5_000 };
/** A node that has just appeared may not be ours yet: udev sets its owner a moment later. */
const FIRST_RETRY_OTHERWISE_MS = 200;
const LONGEST_RETRY_MS = 60_000;

export type Fault = { name: string; code: ErrorCode; count: number; retryAtMs: number };

export class FaultBook {
  /** by instance */
  readonly #faults = new Map<string, Fault>();

  note(device: Plugged, code: ErrorCode, nowMs: number): Fault {
    const count = (this.#faults.get(device.instance)?.count ?? 0) + 1;
    const firstMs = FIRST_RETRY_MS[code] ?? FIRST_RETRY_OTHERWISE_MS;
    const retryAtMs = nowMs + retryAfterMs(count - 1, { firstMs, longestMs: LONGEST_RETRY_MS });
    const fault = { name: device.name, code, count, retryAtMs };
    this.#faults.set(device.instance, fault);
    return fault;
  }

  mayTry(device: Plugged, nowMs: number): boolean {
    return (this.#faults.get(device.instance)?.retryAtMs ?? 0) <= nowMs;
  }

  forget(device: Plugged): void {
    this.#faults.delete(device.instance);
  }

  /** Whoever was unplugged starts afresh. */
  keepOnly(devices: readonly Plugged[]): void {
    const present = new Set(devices.map(({ instance }) => instance));
    for (const key of this.#faults.keys()) if (!present.has(key)) this.#faults.delete(key);
  }

  get first(): Fault | null {
    return this.#faults.values().next().value ?? null;
  }

  get nextRetryAtMs(): number {
    return Math.min(...[...this.#faults.values()].map(({ retryAtMs }) => retryAtMs));
  }
}
