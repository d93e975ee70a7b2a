/** What the address's fragment brought along, once: a one-time link's code, or why the organisation's sign-in did not work. */
import { ErrorCode } from '#contract/error-codes.ts';

export type Arrival = { kind: 'invited'; code: string } | { kind: 'refused'; code: ErrorCode } | { kind: 'plain' };

/** Reads it and removes it from the address, so that neither a copied link nor the history has the code. */
export function takeArrival(): Arrival {
  const [, name, value] = /^#(invite|sign-in)=(.{1,100})$/.exec(location.hash) ?? [];
  if (name === undefined || value === undefined) return { kind: 'plain' };
  history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  if (name === 'invite') return { kind: 'invited', code: decodeURIComponent(value) };
  return { kind: 'refused', code: ErrorCode.catch('openid-refused').parse(value) };
}
