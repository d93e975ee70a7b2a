/** What a message on a topic must be: JSON of its schema, and small where the contract limits it. */
import { ProtocolError } from '#contract/error-codes.ts';
import { type ProtocolRefusal, negotiate, protocolOf } from '#contract/protocol-version.ts';
import { ruleOf, type TopicName } from '#contract/topics.ts';

/** `raw` has what the schema of this release does not know, too. */
export type Payload = { message: unknown; raw: unknown };

/** The writer speaks a protocol that we do not serve: nothing else of the message was read. */
export class ProtocolRefused extends ProtocolError {
  readonly protocol: number;
  declare readonly code: ProtocolRefusal;
  constructor(refusal: ProtocolRefusal, protocol: number) {
    super(refusal, `protocol ${protocol}`);
    this.protocol = protocol;
  }
}

/** @throws ProtocolRefused; ProtocolError too-large; SyntaxError, ZodError */
export function parsePayload(name: TopicName, payload: string | Buffer): Payload {
  const { maxBytes, schema } = ruleOf(name);
  if (maxBytes !== undefined && Buffer.byteLength(payload) > maxBytes)
    throw new ProtocolError('too-large', `${name} above ${maxBytes} bytes`);
  const raw: unknown = JSON.parse(payload.toString());
  const protocol = protocolOf(raw);
  const negotiated = protocol === null ? 'accepted' : negotiate(protocol);
  if (protocol !== null && negotiated !== 'accepted') throw new ProtocolRefused(negotiated, protocol);
  return { message: schema.parse(raw), raw };
}
