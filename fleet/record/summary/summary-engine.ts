/**
 * Asks the engine of IT, which is not trusted: one question, one answer of JSON within a deadline and a size. Redirects are not
 * followed, as the key and what people wrote would go elsewhere.
 */
import { z } from '#contract/schema.ts';
import type { SummarySettings } from './summary-settings.ts';

export type EngineQuestion = { system: string; user: string };
/** Why there is no answer, for the log: nothing of question, answer or key. */
export class NoEngineAnswer extends Error {}

const MOST_ANSWER_BYTES = 1024 * 1024;
const Completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** @returns what the answer's text is as JSON. @throws NoEngineAnswer; the reason of `signal` where that ends it */
export async function askEngine(
  settings: SummarySettings,
  { system, user }: EngineQuestion,
  signal: AbortSignal,
): Promise<unknown> {
  const { url, path, model, key, timeoutSeconds } = settings;
  const deadline = AbortSignal.timeout(timeoutSeconds * 1_000);
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model,
        stream: false,
        response_format: { type: 'json_object' },
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
      }),
      signal: AbortSignal.any([signal, deadline]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new NoEngineAnswer(`HTTP ${response.status}`);
    }
    return contentOf(await boundedText(response));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoEngineAnswer) throw error;
    if (deadline.aborted) throw new NoEngineAnswer('no answer in time');
    // of the network: its code names no address
    const { cause } = error as { cause?: { code?: string } };
    throw new NoEngineAnswer(cause?.code ?? 'not reached, or it redirects');
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.byteLength;
    // leaving the loop ends the connection
    if (sizeBytes > MOST_ANSWER_BYTES) throw new NoEngineAnswer('too long an answer');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function contentOf(text: string): unknown {
  try {
    const { content } = Completion.parse(JSON.parse(text)).choices[0]!.message;
    // engines that cannot be held to JSON put it into a fence
    const [, fenced] = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(content) ?? [];
    return JSON.parse(fenced ?? content);
  } catch {
    throw new NoEngineAnswer('no answer of JSON');
  }
}
