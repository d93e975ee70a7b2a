/** What a message on a topic must be: JSON of its schema, and small where the contract limits it. */
import { ProtocolError } from '#contract/error-codes.ts';
import { ruleOf, type TopicName } from '#contract/topics.ts';

/** `raw` has what the schema of this release does not know, too. */
export type Payload = { message: unknown; raw: unknown };

/** @throws ProtocolError too-large; SyntaxError, ZodError */
export function parsePayload(name: TopicName, payload: string | Buffer): Payload {
  const { maxBytes, schema } = ruleOf(name);
  if (maxBytes !== undefined && Buffer.byteLength(payload) > maxBytes)
    throw new ProtocolError('too-large', `${name} above ${maxBytes} bytes`);
  const raw: unknown = JSON.parse(payload.toString());
  return { message: schema.parse(raw), raw };
}
