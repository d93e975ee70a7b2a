/** Event streams of the API without a server: each says its first events at once and stays open, or cannot be opened. */
import type { Page } from 'playwright-core';

/** By a part of the stream's path. null: it cannot be opened */
export type PlayedStreams = Record<string, PlayedEvent | PlayedEvent[] | null>;
type PlayedEvent = { name: string; data: object };

export async function playStreams(page: Page, streams: PlayedStreams): Promise<void> {
  await page.addInitScript(playInPage, streams);
}

/** Runs in the page: a stream that a route answers ends at once, which a page would see as a broken line. */
function playInPage(streams: PlayedStreams): void {
  const played = (url: string) => {
    const found = Object.entries(streams).find(([part]) => url.includes(part))?.[1];
    return found && [found].flat();
  };
  class Stream extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    constructor(url: string | URL) {
      super();
      const first = played(String(url));
      setTimeout(() => {
        this.dispatchEvent(new Event(first === null ? 'error' : 'open'));
        for (const { name, data } of first ?? [])
          this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
      });
    }
    close() {}
  }
  window.EventSource = Stream as unknown as typeof EventSource;
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const first = played(input instanceof Request ? input.url : String(input));
    if (first === undefined) return fetch(input, init);
    if (first === null) throw new TypeError('Failed to fetch');
    const text = first.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');
    const body = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(new TextEncoder().encode(text)) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}
