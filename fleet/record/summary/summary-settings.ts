/** The file in which IT names the engine that writes summaries of minutes: a chat endpoint shaped as OpenAI's. */
import { z } from '#contract/schema.ts';
import { engineFields, engineNetworkProblem, isEngineNetworkAllowed } from '#edge/engine-settings.ts';
import { readSecretSettings } from '#edge/secret-settings.ts';

export const SummarySettings = z
  .strictObject(engineFields({ path: '/v1/chat/completions', timeoutSeconds: 60 }))
  .refine(isEngineNetworkAllowed, engineNetworkProblem);
export type SummarySettings = z.infer<typeof SummarySettings>;

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export const readSummarySettings = (path: string): SummarySettings => readSecretSettings(path, SummarySettings);
