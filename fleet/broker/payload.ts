/** What a message on a topic must be: JSON of its schema, and small where the contract says so. */
import { ProtocolError } from '#contract/error-codes.ts';
import { MAX_ROOM_AGENDA_BYTES, MAX_ROOM_EQUIPMENT_BYTES, MAX_ROOM_STATE_BYTES } from '#contract/limits.ts';
import { type TopicName, topicRules } from '#contract/topics.ts';

const MOST_BYTES: Partial<Record<TopicName, number>> = {
  state: MAX_ROOM_STATE_BYTES,
  agenda: MAX_ROOM_AGENDA_BYTES,
  equipment: MAX_ROOM_EQUIPMENT_BYTES,
};

/** @throws ProtocolError too-large; SyntaxError, ZodError */
export function parsePayload(name: TopicName, payload: string | Buffer): unknown {
  const mostBytes = MOST_BYTES[name];
  if (mostBytes !== undefined && Buffer.byteLength(payload) > mostBytes)
    throw new ProtocolError('too-large', `${name} above ${mostBytes} bytes`);
  return topicRules[name].schema.parse(JSON.parse(payload.toString()));
}
