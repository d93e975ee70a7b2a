/** How the kiosk is reached in the house: the room's own name, and the certificate that IT has given it for that name. */
import { z } from '#contract/schema.ts';

export const LanSettings = z.strictObject({
  /** as the certificate says it and the office's DNS resolves it */
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, 'a host name, without scheme and port')
    .transform((host) => host.toLowerCase()),
  port: z.number().int().min(1).max(65_535).default(7430),
  /** PEM, the chain behind it */
  certFile: z.string().min(1),
  keyFile: z.string().min(1),
});
export type LanSettings = z.output<typeof LanSettings>;
