/** The codes that a room's TV shows, as the fleet learns them: hashes alone. */
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH } from './limits.ts';
import { EpochMs, z } from './schema.ts';

/** Each is the hex SHA-256 of `roomId:CODE`: the fleet compares what a phone types with them. */
export const PairingOffer = z.object({
  codes: z.array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), expiresAtMs: EpochMs })).max(4),
});
export type PairingOffer = z.infer<typeof PairingOffer>;

/** Typed by people: case, spaces and dashes do not matter. */
export const PairingCode = z
  .string()
  .max(20)
  .transform((typed) => typed.toUpperCase().replace(/[\s-]/g, ''))
  .refine((code) => code.length === PAIRING_CODE_LENGTH && [...code].every((c) => PAIRING_CODE_ALPHABET.includes(c)));
