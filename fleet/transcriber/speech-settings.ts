/** The file in which IT names the speech engine that writes what is spoken. */
import { readFileSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { engineFields, engineNetworkProblem, isEngineNetworkAllowed } from '#edge/engine-settings.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';
import { StartRefused } from '#edge/start-refused.ts';

/** null: that of the meeting */
const language = z
  .string()
  .regex(/^[a-z]{2,3}$/, 'a code such as ko')
  .nullable()
  .default(null);

/** OpenAI's `POST /v1/audio/transcriptions`, which many engines serve. */
const OpenAiSettings = z
  .strictObject({
    kind: z.literal('openai'),
    ...engineFields({ path: '/v1/audio/transcriptions', timeoutSeconds: 30 }),
    language,
    /** requests at once */
    atOnce: z.number().int().min(1).max(32).default(4),
    /** PEM, trusted beside nothing else; null: what Debian trusts */
    caFile: z.string().min(1).nullable().default(null),
  })
  .refine(isEngineNetworkAllowed, engineNetworkProblem);
export type OpenAiSettings = z.infer<typeof OpenAiSettings>;

/** sherpa-onnx on this machine, with a model that IT has laid there. */
const SherpaSettings = z.strictObject({
  kind: z.literal('sherpa'),
  modelDir: z.string().regex(/^\//, 'a path that begins with /'),
  language,
  /** of the processor, for one sentence */
  threads: z.number().int().min(1).max(32).default(2),
  /** one sentence may need so long */
  timeoutSeconds: z.number().int().min(1).max(600).default(30),
});
export type SherpaSettings = z.infer<typeof SherpaSettings>;

export const SpeechSettings = z.discriminatedUnion('kind', [OpenAiSettings, SherpaSettings], {
  error: ({ code }) =>
    code === 'invalid_union' ? 'openai and sherpa are the kinds that this release knows' : undefined,
});

/** `ca`: the content of `caFile`. */
export type SpeechEngineSettings = OpenAiSettings & { ca: string | null };

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export function readSpeechSettings(path: string): SpeechEngineSettings | SherpaSettings {
  const settings = readSecretSettings(path, SpeechSettings);
  if (settings.kind === 'sherpa') return settings;
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
