/** For unit tests: stands for the broker, keeps what is published, and plays what clients do. */
import type { TopicName } from '#contract/topics.ts';
import type { ClientIdentity } from '../broker/topic-access.ts';

type OnMessage = (id: string, message: never, raw: unknown) => void;
type OnPresence = (who: ClientIdentity, connected: boolean) => void;
type OnSubscribed = (who: ClientIdentity, topic: TopicName) => void;

export class BrokerUnderTest {
  readonly published: { name: TopicName; id: string; message: unknown }[] = [];
  readonly #handlers: { name: TopicName; handler: OnMessage }[] = [];
  readonly #presenceHandlers: OnPresence[] = [];
  readonly #subscribedHandlers: OnSubscribed[] = [];
  readonly #subscribed = new Set<string>();

  on(name: TopicName, handler: OnMessage): void {
    this.#handlers.push({ name, handler });
  }
  onPresence(handler: OnPresence): void {
    this.#presenceHandlers.push(handler);
  }
  onSubscribed(handler: OnSubscribed): void {
    this.#subscribedHandlers.push(handler);
  }
  publish(name: TopicName, id: string, message: unknown): void {
    this.published.push({ name, id, message });
  }
  isHeard(name: TopicName, { id }: ClientIdentity): boolean {
    return this.#subscribed.has(`${name} ${id}`);
  }

  receive(name: TopicName, id: string, message: object): void {
    for (const each of this.#handlers) if (each.name === name) each.handler(id, message as never, message);
  }
  connect(id: string, party: ClientIdentity['party'] = 'room'): void {
    for (const handler of this.#presenceHandlers) handler({ party, id }, true);
  }
  disconnect(id: string): void {
    for (const key of [...this.#subscribed]) if (key.endsWith(` ${id}`)) this.#subscribed.delete(key);
    for (const handler of this.#presenceHandlers) handler({ party: 'room', id }, false);
  }
  subscribe(name: TopicName, id: string): void {
    this.#subscribed.add(`${name} ${id}`);
    for (const handler of this.#subscribedHandlers) handler({ party: 'room', id }, name);
  }
}
