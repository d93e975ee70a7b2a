/** What any fleet does with the messages of rooms, a bare peer too: it acknowledges events. */
import { ruleOfTopic, topicOf } from '#contract/topics.ts';

export const isOfRoom = (topic: string): boolean => topic.startsWith('maru/1/rooms/');

/** The acknowledgement of a message with events; null: the message has none. */
export function ackOf(topic: string, payload: Buffer | string): { topic: string; payload: string } | null {
  if (!topic.endsWith('/events')) return null;
  const rule = ruleOfTopic(topic);
  if (rule?.name !== 'roomEvents') return null;
  const { events } = JSON.parse(String(payload)) as { events: { sequence: number }[] };
  return {
    topic: topicOf('roomEventsAck', rule.id),
    payload: JSON.stringify({ upToSequence: events.at(-1)!.sequence }),
  };
}
