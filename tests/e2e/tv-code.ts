/** The pairing code as a person reads it off the TV. */
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { eventually } from '../simulators/eventually.ts';
import type { Tv } from './personas/roles.ts';

const code = new RegExp(`Code\\s+([${PAIRING_CODE_ALPHABET}]{4} [${PAIRING_CODE_ALPHABET}]{4})`);

/** @param former another than this one */
export async function readTvCode(tv: Tv, former: string | null = null): Promise<string> {
  const read = async () => code.exec((await tv.page.locator('body').textContent()) ?? '')?.[1] ?? '';
  return eventually('a code on the TV', read, (found) => found !== '' && found !== former, { timeoutMs: 10_000 });
}
