/** Ranges of addresses that people may come from: IPv4 and IPv6 in CIDR. Which address a caller has: `#edge/who-is-calling.ts`. */
import { z } from './schema.ts';

/** `203.0.113.0/24`, `2001:db8::/32`, or one address. Checked in full where it is stored: `#edge/address-ranges.ts`. */
export const AddressRange = z
  .string()
  .max(64)
  .regex(/^[0-9a-f:.]+(?:\/\d{1,3})?$/i);
export type AddressRange = z.infer<typeof AddressRange>;
