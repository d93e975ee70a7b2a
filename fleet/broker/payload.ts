/** What a message on a topic must be: JSON of its schema, not nested deep, and small where the contract limits it. */
import { ProtocolError } from '#contract/error-codes.ts';
import { type ProtocolRefusal, negotiate, protocolOf } from '#contract/protocol-version.ts';
import { ruleOf, type TopicName } from '#contract/topics.ts';

/** What this release does not know is relayed and saved as it came, and a writer of JSON runs out of stack some thousand levels deep. */
const MAX_LEVELS = 32;

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

/** @throws ProtocolRefused; ProtocolError too-large, bad-message; SyntaxError, ZodError */
export function parsePayload(name: TopicName, payload: string | Buffer): Payload {
  const { maxBytes, schema } = ruleOf(name);
  if (maxBytes !== undefined && Buffer.byteLength(payload) > maxBytes)
    throw new ProtocolError('too-large', `${name} above ${maxBytes} bytes`);
  const text = payload.toString();
  if (levelsOf(text) > MAX_LEVELS) throw new ProtocolError('bad-message', `nested deeper than ${MAX_LEVELS} levels`);
  const raw: unknown = JSON.parse(text);
  const protocol = protocolOf(raw);
  const negotiated = protocol === null ? 'accepted' : negotiate(protocol);
  if (protocol !== null && negotiated !== 'accepted') throw new ProtocolRefused(negotiated, protocol);
  return { message: schema.parse(raw), raw };
}

/** How deep arrays and objects are nested, without parsing them. */
function levelsOf(json: string): number {
  let [levels, deepest] = [0, 0];
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (isInString) {
      if (letter === '\\') at += 1;
      else isInString = letter !== '"';
    } else if (letter === '"') {
      isInString = true;
    } else if (letter === '[' || letter === '{') {
      levels += 1;
      deepest = Math.max(deepest, levels);
    } else if (letter === ']' || letter === '}') {
      levels -= 1;
    }
  }
  return deepest;
}
