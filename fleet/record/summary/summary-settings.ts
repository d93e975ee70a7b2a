/** The file in which IT names the engine that writes summaries of minutes: a chat endpoint shaped as OpenAI's. */
import { z } from '#contract/schema.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const DEFAULT_PATH = '/v1/chat/completions';

export const SummarySettings = z
  .strictObject({
    /** where the engine is, as `https://engine.example.com` */
    url: z.url({ protocol: /^https?$/ }).refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return username + password + search + hash === '';
    }, 'no user, no query and no fragment'),
    path: z
      .string()
      .regex(/^\/[\w./-]{0,200}$/)
      .default(DEFAULT_PATH),
    model: z.string().min(1).max(200),
    /** null: the engine asks for none */
    key: z
      .string()
      .regex(/^[!-~]{1,2000}$/)
      .nullable()
      .default(null),
    /** from the question to the last byte of the answer */
    timeoutSeconds: z.number().int().min(1).max(600).default(60),
    /** what people wrote crosses this network without TLS: IT says that it is the organisation's own */
    isOwnNetwork: z.boolean().default(false),
  })
  .refine(
    ({ url, isOwnNetwork }) => {
      const { protocol, hostname } = new URL(url);
      return protocol === 'https:' || LOOPBACK.includes(hostname) || isOwnNetwork;
    },
    { path: ['url'], error: 'http is for this machine, or with isOwnNetwork for a network of your own' },
  );
export type SummarySettings = z.infer<typeof SummarySettings>;

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export const readSummarySettings = (path: string): SummarySettings => readSecretSettings(path, SummarySettings);
