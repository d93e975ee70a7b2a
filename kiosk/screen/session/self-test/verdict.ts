/** A check's result, and how it follows from a browser's or a node's refusal. */
import { MaruError } from '#contract/error-codes.ts';
import type { SelfTestReason } from '#contract/room-equipment.ts';

/** `skipped`: it could not be determined here. */
export type Verdict = 'passed' | 'skipped' | SelfTestReason;

export function verdictOf(error: unknown): SelfTestReason {
  if (error instanceof MaruError) return error.kind === 'user' ? 'refused' : 'unreachable';
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'missing';
  }
}
