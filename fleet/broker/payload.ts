/** What a message on a topic must be: JSON of its schema, and small where the contract says so. */
import { ProtocolError } from '#contract/error-codes.ts';
import { MAX_ROOM_STATE_BYTES } from '#contract/limits.ts';
import { type TopicName, topicRules } from '#contract/topics.ts';

/** @throws ProtocolError too-large; SyntaxError, ZodError */
export function parsePayload(name: TopicName, payload: string | Buffer): unknown {
  if (name === 'state' && Buffer.byteLength(payload) > MAX_ROOM_STATE_BYTES) {
    throw new ProtocolError('too-large', `state above ${MAX_ROOM_STATE_BYTES} bytes`);
  }
  return topicRules[name].schema.parse(JSON.parse(payload.toString()));
}
