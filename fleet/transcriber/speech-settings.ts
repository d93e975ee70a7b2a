/** The file in which IT names the speech engine that writes what is spoken. */
import { readFileSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';
import { StartRefused } from '#edge/start-refused.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** OpenAI's `POST /v1/audio/transcriptions`, which many engines serve. */
export const SpeechSettings = z
  .strictObject({
    kind: z.literal('openai', { error: 'openai is the kind that this release knows' }),
    /** of the engine, without the path of the route */
    url: z.url({ protocol: /^https?$/ }).refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return `${username}${password}${search}${hash}` === '';
    }, 'no user, password, query or fragment: a log may keep an address'),
    path: z
      .string()
      .regex(/^\/[\w./~-]{0,200}$/, 'letters, digits and / . _ ~ - after a /')
      .default('/v1/audio/transcriptions'),
    model: z.string().min(1).max(200),
    /** sent as a bearer token; null: the engine asks for none */
    key: z
      .string()
      .max(500)
      .regex(/^[\x21-\x7e]+$/, 'no space, no line end')
      .nullable()
      .default(null),
    /** null: that of the meeting */
    language: z
      .string()
      .regex(/^[a-z]{2,3}$/, 'a code such as ko')
      .nullable()
      .default(null),
    /** one answer may need so long */
    timeoutMs: z.number().int().min(1_000).max(120_000).default(30_000),
    /** requests at once */
    atOnce: z.number().int().min(1).max(32).default(4),
    /** PEM, trusted beside nothing else; null: what Debian trusts */
    caFile: z.string().min(1).nullable().default(null),
    /** speech and key cross a network without encryption */
    plainHttp: z.boolean().default(false),
  })
  .refine(({ url, plainHttp }) => plainHttp || /^https:/i.test(url) || LOOPBACK.includes(new URL(url).hostname), {
    path: ['url'],
    error: 'not https; "plainHttp": true allows it',
  });
export type SpeechSettings = z.infer<typeof SpeechSettings>;

/** `ca`: the content of `caFile`. */
export type SpeechEngineSettings = SpeechSettings & { ca: string | null };

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export function readSpeechSettings(path: string): SpeechEngineSettings {
  const settings = readSecretSettings(path, SpeechSettings);
  return { ...settings, ca: settings.caFile === null ? null : readCertificates(settings.caFile) };
}

function readCertificates(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartRefused(`caFile ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new StartRefused(`caFile ${path}: no certificate in PEM`);
  return text;
}
