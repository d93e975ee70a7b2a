/** The code from the TV as a person types it. Pure. */
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH } from '#contract/limits.ts';
import { PairingCode } from '#contract/pairing-offer.ts';

/** As the TV writes it: K7PW-3MXD. Look-alikes and separators are dropped. */
export function formatTypedCode(typed: string): string {
  const code = [...typed.toUpperCase()]
    .filter((letter) => PAIRING_CODE_ALPHABET.includes(letter))
    .slice(0, PAIRING_CODE_LENGTH);
  const half = PAIRING_CODE_LENGTH / 2;
  return code.length > half ? `${code.slice(0, half).join('')}-${code.slice(half).join('')}` : code.join('');
}

export const isWholeCode = (typed: string): boolean => PairingCode.safeParse(typed).success;
