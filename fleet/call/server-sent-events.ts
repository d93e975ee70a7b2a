/** Reads an event stream (HTML standard, server-sent events) from a fetched body: EventSource sends no headers. */

export type ServerSentEvent = { name: string; data: string };
/** Longer than any message of ours; beyond it the stream is broken. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Ends with the body; rejects as the body does. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let name = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      if (text.length > MAX_CHARACTERS) throw new RangeError('an event that does not end');
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines.map((each) => each.replace(/\r$/, ''))) {
        if (line === '') {
          if (data.length > 0) yield { name: name || 'message', data: data.join('\n') };
          name = '';
          data = [];
        } else if (line.startsWith('event:')) name = fieldOf(line);
        else if (line.startsWith('data:')) data.push(fieldOf(line));
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const fieldOf = (line: string): string => line.slice(line.indexOf(':') + 1).replace(/^ /, '');
