/** What an engine answered, parsed once: `json` and `verbose_json` of OpenAI's transcriptions. */
import { z } from '#contract/schema.ts';
import { EngineFault } from './engine-fault.ts';

/** Its segments, where it has any: with how sure it is that nobody spoke. */
export type EngineAnswer = { text: string; segments: readonly { text: string; noSpeech: number }[] };

const RawAnswer = z.object({
  text: z.string(),
  segments: z
    .array(z.object({ text: z.string(), no_speech_prob: z.number().nullish() }))
    .nullish()
    // some engines fill them in their own way: the text counts
    .catch(null),
});

/** @throws EngineFault */
export function parseEngineAnswer(body: string): EngineAnswer {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    const isPage = /^\s*</.test(body);
    throw new EngineFault(
      body.trim() === '' ? 'answers nothing' : `answers no JSON${isPage ? ', but a page: is the address right?' : ''}`,
    );
  }
  const answer = RawAnswer.safeParse(raw);
  if (!answer.success) throw new EngineFault('answers JSON without "text"');
  const segments = (answer.data.segments ?? []).map(({ text, no_speech_prob }) => ({
    text,
    noSpeech: no_speech_prob ?? 0,
  }));
  return { text: answer.data.text, segments };
}
