/** The pairing code as a person reads it off the TV. */
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { eventually } from '../simulators/eventually.ts';
import type { Tv } from './personas/roles.ts';

const code = new RegExp(`Code\\s+([${PAIRING_CODE_ALPHABET}]{4} [${PAIRING_CODE_ALPHABET}]{4})`);

/** @param used codes that were just used: the TV may still show one for the instant that the fleet's word takes */
export async function readTvCode(tv: Tv, used: readonly string[]): Promise<string> {
  const spent = new Set(used.map(letters));
  const read = async () => code.exec((await tv.page.locator('body').textContent()) ?? '')?.[1] ?? '';
  return eventually('a fresh code on the TV', read, (found) => found !== '' && !spent.has(letters(found)), {
    timeoutMs: 10_000,
  });
}

const letters = (shown: string): string => shown.replaceAll(/[\s-]/g, '');
