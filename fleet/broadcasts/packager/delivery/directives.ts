/** What a request for a playlist asks for: the delivery directives of 6.2.5, as they stand in its query. */
import { ProtocolError } from '#contract/error-codes.ts';

export type Directives = {
  /** held until this segment is there; null: not held */
  segment: number | null;
  /** held until this part of it is there; null: until it is whole */
  part: number | null;
  isDelta: boolean;
};

const NUMBER = /^\d{1,15}$/;

/** @throws ProtocolError bad-message */
export function parseDirectives(query: string): Directives {
  const directives: Directives = { segment: null, part: null, isDelta: false };
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (seen.has(name)) throw new ProtocolError('bad-message', `${name} stands there twice`);
    seen.add(name);
    if (name === '_HLS_msn') directives.segment = number(name, value);
    else if (name === '_HLS_part') directives.part = number(name, value);
    else if (name === '_HLS_skip') directives.isDelta = readSkip(value);
    // what other names ask for is nothing of ours
  }
  // 6.2.5.2
  if (directives.part !== null && directives.segment === null)
    throw new ProtocolError('bad-message', '_HLS_part without _HLS_msn');
  return directives;
}

function number(name: string, value: string): number {
  if (!NUMBER.test(value)) throw new ProtocolError('bad-message', `${name} is no number`);
  return Number(value);
}

/** `v2` may skip date ranges too, where a server offers that: we do not. */
function readSkip(value: string): boolean {
  if (value === 'YES' || value === 'v2') return true;
  throw new ProtocolError('bad-message', '_HLS_skip is YES or v2');
}
