/** The transcriber and its recogniser, a child process: Node's own channel between them (`serialization: 'advanced'`). */
import { z } from '#contract/schema.ts';

export const ToRecogniser = z.discriminatedUnion('name', [
  /** first, and once: what sherpa-onnx is started with */
  z.strictObject({ name: z.literal('open'), config: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    name: z.literal('sentence'),
    sentenceId: z.number().int(),
    /** -1 to 1 */
    samples: z.custom<Float32Array>((value) => value instanceof Float32Array),
    sampleRate: z.number().int(),
    /** instead of those before; null: the same */
    config: z.record(z.string(), z.unknown()).nullable(),
  }),
]);
export type ToRecogniser = z.infer<typeof ToRecogniser>;

export const FromRecogniser = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('opened') }),
  /** it ends after that; `reason` is for IT */
  z.strictObject({ name: z.literal('refused'), reason: z.string() }),
  z.strictObject({ name: z.literal('text'), sentenceId: z.number().int(), text: z.string() }),
  z.strictObject({ name: z.literal('fault'), sentenceId: z.number().int() }),
]);
export type FromRecogniser = z.infer<typeof FromRecogniser>;
