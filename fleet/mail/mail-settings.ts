/** The file in which IT names the mail server that sends our mails. */
import { z } from '#contract/schema.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

export const MailSettings = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535),
    /** `none-on-loopback`: a relay on this machine, to which nothing crosses a network */
    security: z.enum(['starttls', 'tls', 'none-on-loopback']),
    /** null: the server asks for none */
    user: z.string().min(1).max(320).nullable().default(null),
    password: z.string().min(1).max(500).nullable().default(null),
    /** the address that mails come from; calendars send their answers to it */
    from: z.email().max(254),
  })
  .refine(({ security, host }) => security !== 'none-on-loopback' || LOOPBACK.includes(host), {
    path: ['security'],
    error: 'none-on-loopback is for a host of this machine',
  })
  .refine(({ user, password }) => (user === null) === (password === null), {
    path: ['password'],
    error: 'user and password go together',
  });
export type MailSettings = z.infer<typeof MailSettings>;

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export const readMailSettings = (path: string): MailSettings => readSecretSettings(path, MailSettings);
