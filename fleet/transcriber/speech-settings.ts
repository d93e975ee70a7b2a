/** The file in which IT names the speech engine that writes what is spoken. */
import { readFileSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { engineFields, engineNetworkProblem, isEngineNetworkAllowed } from '#edge/engine-settings.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';
import { StartRefused } from '#edge/start-refused.ts';

/** OpenAI's `POST /v1/audio/transcriptions`, which many engines serve. */
export const SpeechSettings = z
  .strictObject({
    kind: z.literal('openai', { error: 'openai is the kind that this release knows' }),
    ...engineFields({ path: '/v1/audio/transcriptions', timeoutSeconds: 30 }),
    /** null: that of the meeting */
    language: z
      .string()
      .regex(/^[a-z]{2,3}$/, 'a code such as ko')
      .nullable()
      .default(null),
    /** requests at once */
    atOnce: z.number().int().min(1).max(32).default(4),
    /** PEM, trusted beside nothing else; null: what Debian trusts */
    caFile: z.string().min(1).nullable().default(null),
  })
  .refine(isEngineNetworkAllowed, engineNetworkProblem);
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
