/** What a message on a topic must be: JSON of its schema, and small where the contract says so. */
import { ProtocolError } from '#contract/error-codes.ts';
import { type ProtocolRefusal, negotiate, protocolOf } from '#contract/protocol-version.ts';
import { MAX_ROOM_AGENDA_BYTES, MAX_ROOM_EQUIPMENT_BYTES, MAX_ROOM_STATE_BYTES } from '#contract/limits.ts';
import { type TopicName, topicRules } from '#contract/topics.ts';

const MOST_BYTES: Partial<Record<TopicName, number>> = {
  state: MAX_ROOM_STATE_BYTES,
  agenda: MAX_ROOM_AGENDA_BYTES,
  equipment: MAX_ROOM_EQUIPMENT_BYTES,
};

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
export function parsePayload(name: TopicName, payload: string | Buffer): unknown {
  const mostBytes = MOST_BYTES[name];
  if (mostBytes !== undefined && Buffer.byteLength(payload) > mostBytes)
    throw new ProtocolError('too-large', `${name} above ${mostBytes} bytes`);
  const raw: unknown = JSON.parse(payload.toString());
  const protocol = protocolOf(raw);
  const negotiated = protocol === null ? 'accepted' : negotiate(protocol);
  if (protocol !== null && negotiated !== 'accepted') throw new ProtocolRefused(negotiated, protocol);
  return topicRules[name].schema.parse(raw);
}
