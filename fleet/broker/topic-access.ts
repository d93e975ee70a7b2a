/**
 * Who may do what on the broker, from the contract's table of topics alone. Denied by default; nobody subscribes to a
 * pattern, and nobody reaches another's topics.
 */
import { clientIdOf, ruleOfTopic, type TopicName, topicRules } from '#contract/topics.ts';
import { Id } from '#contract/schema.ts';

export type ClientIdentity = { party: 'room' | 'node'; id: string };

/** `room:<id>` or `node:<id>`, as it stands in a certificate's common name; null for anything else. */
export function parseClientIdentity(commonName: unknown): ClientIdentity | null {
  if (typeof commonName !== 'string') return null;
  for (const party of ['room', 'node'] as const) {
    const id = commonName.slice(party.length + 1);
    if (commonName === clientIdOf(party, id) && Id.safeParse(id).success) return { party, id };
  }
  return null;
}

/** The topic's name, when `who` may publish this there; null: denied. */
export function publishable(
  who: ClientIdentity,
  packet: { topic: string; qos: number; retain: boolean },
): TopicName | null {
  const found = ruleOfTopic(packet.topic);
  if (!found) return null;
  const rule = topicRules[found.name];
  const own = rule.writer === who.party && found.id === who.id;
  return own && packet.qos <= rule.qos && (rule.retained || !packet.retain) ? found.name : null;
}

/** The topic's name, when `who` may read it; null: denied. */
export function readable(who: ClientIdentity, topic: string): TopicName | null {
  const found = ruleOfTopic(topic);
  if (!found) return null;
  const readers: readonly string[] = topicRules[found.name].readers;
  return readers.includes(who.party) && (found.id === '' || found.id === who.id) ? found.name : null;
}
