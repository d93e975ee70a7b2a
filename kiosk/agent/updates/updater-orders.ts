/**
 * What the agent leaves for root and the guard, who read it as written by anybody: an order, and the proof of the release that
 * runs. Both by rename, in a folder that a restart of the box empties.
 */
import { join } from 'node:path';
import { removeDurably, writeDurably } from '#edge/durable-file.ts';
import { PROOF_FILE } from './box-facts.ts';
import type { OrderKept } from './kept-updates.ts';
import type { ProofResult } from './proof.ts';
import type { WantedRelease } from './update-steps.ts';

const ORDER_FILE = 'update-order.json';
/** Root and the guard are another user. */
const READABLE = 0o644;
const MAX_DETAIL = 200;

export class UpdaterOrders {
  readonly #runDir: string;

  constructor(runDir: string) {
    this.#runDir = runDir;
  }

  /** @throws Node's error */
  give(
    { orderId, order }: Pick<OrderKept, 'orderId' | 'order'>,
    { target, feed }: WantedRelease,
    attempt: number,
  ): void {
    // a proof of an earlier try at the same release would end this one at once
    if (order === 'switch') removeDurably(join(this.#runDir, PROOF_FILE));
    this.#write(ORDER_FILE, `${JSON.stringify({ orderId, order, target, feed, attempt })}\n`);
  }

  /** @throws Node's error */
  leaveProof(releaseId: string, result: ProofResult): void {
    const line = result.isPassed
      ? `passed ${releaseId}`
      : `failed ${releaseId} ${result.check} ${result.detail.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_DETAIL)}`;
    this.#write(PROOF_FILE, `${line}\n`);
  }

  #write(name: string, text: string): void {
    writeDurably(join(this.#runDir, name), text, READABLE);
  }
}
