/** For integration tests: one client of an event stream, with headers that a browser's own cannot send. */
import type { Json } from './fleet-under-test.ts';

export class EventsUnderTest {
  readonly heard: { name: string; data: Json }[] = [];
  readonly #abort = new AbortController();
  /** its status once the stream is open or refused */
  readonly status: Promise<number>;

  constructor(url: string, headers: Record<string, string>) {
    const response = fetch(url, { headers, signal: this.#abort.signal });
    this.status = response.then(({ status }) => status);
    this.status.catch(() => {});
    void response.then((answer) => this.#read(answer)).catch(() => {});
  }

  last(name: string): Json {
    return this.heard.findLast((each) => each.name === name)?.data;
  }
  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (name !== undefined && data !== undefined) this.heard.push({ name, data: JSON.parse(data) });
      }
    }
  }
}
